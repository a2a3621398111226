import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Candidate, chooseInstance, costOf, isPanic } from "./choose-instance.ts";
import { afterFailure, isHealthy, newHealth } from "./health.ts";
import { latencyAfter, latencyAt } from "./latency.ts";
import { defaultUpstreamLimits as limits } from "./limits.ts";
import { seededRandom } from "./testing/seeded-random.ts";

const NOW = 1_000_000;
const long = NOW - 600_000;

const anyCandidate = fc.record({
  health: fc.record({
    failuresInRow: fc.nat(9),
    ejections: fc.nat(9),
    ejectedUntil: fc.constantFrom(0, NOW - 1, NOW, NOW + 1, NOW + 30_000),
    inSince: fc.integer({ min: long, max: NOW + 30_000 }),
    isDown: fc.boolean(),
    checksAgainst: fc.nat(2),
  }),
  latency: fc.record({
    ms: fc.double({ min: 0, max: 1e5, noNaN: true }),
    at: fc.integer({ min: long, max: NOW + 10 }),
  }),
  inFlight: fc.nat(limits.inFlightPerInstance),
  silentSince: fc.constantFrom(Number.POSITIVE_INFINITY, NOW, NOW - 600),
});

describe("the choice of an instance", () => {
  it("is never one that is ejected, down or full, except that panic uses all that are not full", () => {
    fc.assert(
      fc.property(fc.array(anyCandidate, { maxLength: 8 }), fc.nat(), (candidates, seed) => {
        const chosen = chooseInstance(candidates, null, NOW, limits, seededRandom(seed));
        const takesAll = isPanic(candidates, NOW, limits.panicBelowShare);
        const usable = candidates.filter(
          (each) => each.inFlight < limits.inFlightPerInstance && (takesAll || isHealthy(each.health, NOW)),
        );
        expect(usable.length === 0 ? [null] : usable).toContain(chosen);
      }),
    );
  });

  it("is never the one to avoid", () => {
    fc.assert(
      fc.property(fc.array(anyCandidate, { minLength: 1, maxLength: 4 }), fc.nat(), (candidates, seed) => {
        const avoid = candidates[0] ?? null;
        expect(chooseInstance(candidates, avoid, NOW, limits, seededRandom(seed))).not.toBe(avoid);
      }),
    );
  });

  it("is the cheaper of two: latency times the requests in flight, over the weight", () => {
    fc.assert(
      fc.property(fc.array(anyCandidate, { minLength: 2, maxLength: 2 }), fc.nat(), (pair, seed) => {
        const chosen = chooseInstance(pair, null, NOW, limits, seededRandom(seed));
        const open = pair.filter(
          (each) => each.inFlight < limits.inFlightPerInstance && isHealthy(each.health, NOW),
        );
        fc.pre(chosen !== null && open.length === 2);
        for (const each of pair)
          expect(costOf(chosen, NOW, limits)).toBeLessThanOrEqual(costOf(each, NOW, limits));
      }),
    );
  });

  it("is panic only below half healthy", () => {
    const of = (healthy: number, ejected: number): Candidate[] => [
      ...Array.from({ length: healthy }, () => candidate({})),
      ...Array.from({ length: ejected }, () => candidate({ ejectedUntil: NOW + 1 })),
    ];
    expect(isPanic(of(2, 2), NOW, 0.5)).toBe(false);
    expect(isPanic(of(1, 2), NOW, 0.5)).toBe(true);
    expect(isPanic(of(1, 0), NOW, 0.5)).toBe(false);
    expect(isPanic(of(0, 1), NOW, 0.5)).toBe(true);
  });

  it.each([2, 3, 5, 8])("gives every one of %i instances traffic, the fast ones more", (count) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const served = simulate(count, seed, 6000);
        expect(Math.min(...served)).toBeGreaterThan(0);
        expect(served[0] ?? 0).toBeGreaterThan(served.at(-1) ?? 0);
      }),
      { numRuns: 20 },
    );
  });

  it("gives a newcomer less at first than later", () => {
    const random = seededRandom(7);
    const old = candidate({});
    const fresh = candidate({ inSince: NOW });
    const share = (now: number): number => {
      let count = 0;
      for (let round = 0; round < 300; round += 1) {
        // Requests stay for a while, so that what is in flight weighs.
        const pair = [old, fresh];
        const chosen = chooseInstance(pair, null, now, limits, random);
        if (chosen === fresh) count += 1;
        if (chosen !== null) chosen.inFlight += 1;
        if (round % 20 === 19) for (const each of pair) each.inFlight = 0;
      }
      return count;
    };
    const first = share(NOW + 1000);
    expect(first).toBeGreaterThan(0);
    expect(share(NOW + 10_000)).toBeGreaterThan(first * 2);
  });
});

describe("the latency of an instance", () => {
  const { latencyDecayMs } = limits;
  it("rises at once to a slow answer and falls slowly with fast ones", () => {
    const slow = latencyAfter({ ms: 10, at: NOW }, 500, NOW, latencyDecayMs);
    expect(slow.ms).toBe(500);
    const after = latencyAfter(slow, 10, NOW + 1000, latencyDecayMs);
    expect(after.ms).toBeGreaterThan(400);
    expect(after.ms).toBeLessThan(500);
  });

  it("is forgotten without news, and a clock that goes back changes nothing", () => {
    const slow = { ms: 1000, at: NOW };
    expect(latencyAt(slow, NOW + latencyDecayMs, latencyDecayMs)).toBeCloseTo(1000 / Math.E);
    expect(latencyAt(slow, NOW - 5000, latencyDecayMs)).toBe(1000);
    expect(latencyAfter(slow, 10, NOW - 5000, latencyDecayMs)).toEqual(slow);
  });

  it("stays between the least and the most that was seen", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5000), fc.nat(60_000)), { minLength: 1 }), (seen) => {
        let latency = { ms: seen[0]?.[1] ?? 0, at: NOW };
        let now = NOW;
        for (const [pause, ms] of seen) {
          now += pause;
          latency = latencyAfter(latency, ms, now, latencyDecayMs);
        }
        const values = seen.map(([, ms]) => ms);
        expect(latency.ms).toBeGreaterThanOrEqual(Math.min(...values) - 1e-6);
        expect(latency.ms).toBeLessThanOrEqual(Math.max(...values) + 1e-6);
      }),
    );
  });
});

describe("ejection and choice together", () => {
  it("never eject more than half, and end: whatever the order of failures", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.tuple(fc.nat(8), fc.nat(3000)), { maxLength: 400 }),
        (total, failures) => {
          let now = NOW;
          const healths = Array.from({ length: total }, () => newHealth(NOW));
          for (const [index, pause] of failures) {
            now += pause;
            const at = index % total;
            const one = healths[at];
            if (one === undefined) continue;
            const ejected = healths.filter((each, other) => other !== at && each.ejectedUntil > now).length;
            healths[at] = afterFailure(one, now, { ejected, total }, limits.ejection);
            const out = healths.filter((each) => each.ejectedUntil > now).length;
            expect(out).toBeLessThanOrEqual(total / 2);
          }
          for (const each of healths) expect(isHealthy(each, now + limits.ejection.maxMs)).toBe(true);
        },
      ),
    );
  });
});

interface MutableCandidate extends Candidate {
  inFlight: number;
  latency: Candidate["latency"];
}

function candidate(health: Partial<Candidate["health"]>): MutableCandidate {
  return {
    health: { ...newHealth(long), ...health },
    latency: { ms: 10, at: NOW },
    inFlight: 0,
    silentSince: Number.POSITIVE_INFINITY,
  };
}

/** Instances of which each is twice as slow as the one before, under ten requests a second.
 * @returns how many requests each has served */
function simulate(count: number, seed: number, requests: number): number[] {
  const random = seededRandom(seed);
  const instances = Array.from({ length: count }, () => candidate({}));
  const served = instances.map(() => 0);
  const running: { end: number; instance: MutableCandidate; ms: number }[] = [];
  for (let request = 0; request < requests; request += 1) {
    const now = NOW + request * 100;
    for (const each of running.splice(0)) {
      if (each.end > now) {
        running.push(each);
        continue;
      }
      each.instance.inFlight -= 1;
      each.instance.latency = latencyAfter(each.instance.latency, each.ms, now, limits.latencyDecayMs);
    }
    const chosen = chooseInstance(instances, null, now, limits, random);
    if (chosen === null) continue;
    const index = instances.indexOf(chosen);
    served[index] = (served[index] ?? 0) + 1;
    chosen.inFlight += 1;
    const ms = 20 * 2 ** index;
    running.push({ end: now + ms, instance: chosen, ms });
  }
  return served;
}
