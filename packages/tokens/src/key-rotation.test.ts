import fc from "fast-check";
import { printCompact } from "@octavo/json";
import { describe, expect, it } from "vitest";
import { jwks } from "./jwks.ts";
import { planRotation, stateOf } from "./key-rotation.ts";
import type { KeyRecord, RotationAction, RotationPolicy } from "./key-rotation.ts";

const policy: RotationPolicy = { rotateAfterMs: 10_000, cacheAgeMs: 300, longestLifeMs: 2000 };

/** What the gateway does with an action; `barrierMs` is how long the slowest instance needs to follow. */
function apply(
  keys: readonly KeyRecord[],
  action: RotationAction,
  now: number,
  barrierMs: number,
): KeyRecord[] {
  switch (action.do) {
    case "publish":
      return [...keys, keyOf(`k${keys.length}`, { publishedAt: now })];
    case "await-barrier":
      return keys.map((key) => (key.kid === action.kid ? { ...key, knownToAllAt: now + barrierMs } : key));
    case "sign":
      return keys.map((key) => {
        if (key.kid === action.kid) return { ...key, signingAt: now };
        return key.kid === action.supersedes ? { ...key, supersededAt: now } : key;
      });
    case "retire":
      return keys.map((key) => (key.kid === action.kid ? { ...key, retiredAt: now } : key));
  }
}

function keyOf(kid: string, dates: Partial<KeyRecord>): KeyRecord {
  const none = { knownToAllAt: null, signingAt: null, supersededAt: null, retiredAt: null };
  return { kid, x: `x-${kid}`, tenantId: null, publishedAt: 0, ...none, ...dates };
}

describe("the plan of a rotation", () => {
  const signing = keyOf("a", { knownToAllAt: 0, signingAt: 0 });
  const published = keyOf("b", { publishedAt: 9700 });
  const known = { ...published, knownToAllAt: 9750 };
  const superseded = { ...signing, supersededAt: 10_050 };

  it.each([
    ["makes the first key at once", [], 0, [{ do: "publish" }], 300],
    ["waits for every instance to have it", [keyOf("a", {})], 0, [{ do: "await-barrier", kid: "a" }], 300],
    [
      "signs by the first key as soon as all have it: nobody keeps an older list",
      [keyOf("a", { knownToAllAt: 5 })],
      5,
      [{ do: "sign", kid: "a", supersedes: null }],
      305,
    ],
    ["leaves a young key alone", [signing], 9000, [], 9700],
    ["publishes the next one a cache age before it is due", [signing], 9700, [{ do: "publish" }], 10_000],
    [
      "does not sign by a key that an instance may lack",
      [signing, published],
      99_999,
      [{ do: "await-barrier", kid: "b" }],
      100_299,
    ],
    ["does not sign by a key that a cache may lack", [signing, known], 10_049, [], 10_050],
    [
      "signs by it when both are over",
      [signing, known],
      10_050,
      [{ do: "sign", kid: "b", supersedes: "a" }],
      10_350,
    ],
    [
      "keeps the old one while a token of it may live",
      [superseded, { ...known, signingAt: 10_050 }],
      12_049,
      [],
      12_050,
    ],
    [
      "retires it then",
      [superseded, { ...known, signingAt: 10_050 }],
      12_050,
      [{ do: "retire", kid: "a" }],
      19_750,
    ],
    [
      "does not mind a retired one",
      [
        { ...superseded, retiredAt: 12_050 },
        { ...known, signingAt: 10_050 },
      ],
      12_051,
      [],
      19_750,
    ],
  ] as const)("%s", (_claim, keys, now, actions, lookAgainAt) => {
    expect(planRotation(keys, now, policy)).toEqual({ actions, lookAgainAt });
  });

  it("asserts that one key signs", () => {
    expect(() => planRotation([signing, { ...signing, kid: "c" }], 0, policy)).toThrow(
      "one key signs at a time",
    );
  });

  it("has nothing more to do when it was done", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 4000 }), { maxLength: 60 }), (steps) => {
        let keys: KeyRecord[] = [];
        let now = 0;
        for (const step of steps) {
          now += step;
          // A plan may uncover the next step (publish, then wait, then sign): at most so many times.
          for (let round = 0; round < 4; round++) {
            for (const action of planRotation(keys, now, policy).actions) keys = apply(keys, action, now, 0);
          }
          expect(planRotation(keys, now, policy).actions).toEqual([]);
          expect(keys.filter((key) => stateOf(key) === "signing").length).toBe(1);
        }
      }),
    );
  });
});

describe("through rotations, whenever somebody looks", () => {
  it("every token verifies at every instance and with every cached key set until it expires", () => {
    const events = fc.array(
      fc.record({ wait: fc.nat({ max: 700 }), life: fc.integer({ min: 1, max: policy.longestLifeMs }) }),
      { minLength: 20, maxLength: 120 },
    );
    // A key signs for less than a token may live, so that several are superseded at a time.
    const often = { ...policy, rotateAfterMs: 1500 };
    let rotations = 0;
    fc.assert(
      fc.property(
        events,
        fc.nat({ max: 200 }),
        fc.nat({ max: policy.cacheAgeMs }),
        (events, lagMs, cachedMs) => {
          const history: { at: number; keys: readonly KeyRecord[] }[] = [{ at: -1e6, keys: [] }];
          const seenAt = (time: number) => history.findLast(({ at }) => at <= time)?.keys ?? [];
          const tokens: { kid: string; exp: number }[] = [];
          let keys: KeyRecord[] = [];
          let now = 0;
          for (const { wait, life } of events) {
            now += wait;
            for (const action of planRotation(keys, now, often).actions)
              keys = apply(keys, action, now, lagMs);
            history.push({ at: now, keys });
            // The slowest instance signs by what it knows: the key that signed `lag` ago.
            const signer = seenAt(now - lagMs).find((key) => stateOf(key) === "signing");
            if (signer !== undefined) tokens.push({ kid: signer.kid, exp: now + Math.max(1, life - lagMs) });
            // Verified by the slowest instance, and by one that keeps a key set as old as allowed.
            for (const sight of [keys, seenAt(now - lagMs), seenAt(now - cachedMs)]) {
              const usable = new Set(sight.filter((key) => stateOf(key) !== "retired").map(({ kid }) => kid));
              const missing = tokens.filter(({ exp, kid }) => exp > now && !usable.has(kid));
              expect(sight.length === 0 ? [] : missing).toEqual([]);
            }
          }
          rotations = Math.max(rotations, keys.length);
        },
      ),
      { numRuns: 300 },
    );
    expect(rotations).toBeGreaterThan(3); // else the property has seen nothing
  });
});

describe("the published key set", () => {
  it("holds every key that does not sign yet, signs, or has signed, and no retired one", () => {
    const keys = [
      keyOf("next", {}),
      keyOf("now", { signingAt: 1 }),
      keyOf("old", { signingAt: 0, supersededAt: 1 }),
      keyOf("gone", { signingAt: 0, supersededAt: 1, retiredAt: 2 }),
    ];
    const member = (kid: string) =>
      `{"kty":"OKP","crv":"Ed25519","x":"x-${kid}","kid":"${kid}","use":"sig","alg":"EdDSA"}`;
    expect(printCompact(jwks(keys))).toBe(`{"keys":[${["next", "now", "old"].map(member).join(",")}]}`);
  });
});
