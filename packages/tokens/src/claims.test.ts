import fc from "fast-check";
import { parseJson, printCompact } from "@octavo/json";
import { describe, expect, it } from "vitest";
import { anyClaims } from "./claims.arbitraries.ts";
import { parseClaims, printClaims, typOf } from "./claims.ts";
import type { TokenType } from "./claims.ts";
import {
  accessClaims,
  anonymousClaims,
  dummyClaims,
  legacyAccessClaims,
  moduleClaims,
  refreshClaims,
  systemClaims,
} from "./issue-claims.ts";
import { readUnverified } from "./unverified-claims.ts";
import { createSigningKey } from "./signing-key.ts";
import { signToken } from "./sign-token.ts";

const by = {
  issuer: "https://octavo.example",
  tenantId: "diku",
  epoch: 3,
  nowMs: 1_700_000_000_900,
  tokenId: "t1",
  lifeMs: 600_000,
};
const ann = { userId: "7e9c", username: "ann", userEpoch: 2 };
const family = { familyId: "s1", generation: 4, issuedAt: by.nowMs, expiresAt: by.nowMs + 604_800_000 };
const caller = accessClaims(by, ann, "s1");
const ours = `"iat":1700000000,"exp":1700000600,"iss":"https://octavo.example","jti":"t1","epoch":3`;

describe("the payload that modules read", () => {
  it.each([
    [
      "access token",
      caller,
      `{"type":"access","tenant":"diku","sub":"ann","user_id":"7e9c","user_epoch":2,"sid":"s1",${ours}}`,
    ],
    [
      "legacy access token",
      legacyAccessClaims(by, ann),
      `{"type":"legacy-access","tenant":"diku","sub":"ann","user_id":"7e9c","user_epoch":2,${ours}}`,
    ],
    [
      "refresh token",
      refreshClaims(by, ann, family),
      `{"type":"refresh","tenant":"diku","sub":"ann","user_id":"7e9c","user_epoch":2,"sid":"s1","gen":4,"prn":"refresh","iat":1700000000,"exp":1700604800,"iss":"https://octavo.example","jti":"s1.4","epoch":3}`,
    ],
    [
      "module token for a user",
      moduleClaims(by, caller, "mod-x-1.0.0", ["a", "b"]),
      `{"type":"module","tenant":"diku","sub":"ann","module":"mod-x-1.0.0","user_id":"7e9c","user_epoch":2,"extra_permissions":["a","b"],${ours}}`,
    ],
    [
      "module token for nobody",
      moduleClaims(by, anonymousClaims(by), "mod-x-1.0.0", []),
      `{"type":"module","tenant":"diku","sub":"UNDEFINED_USER__t1","module":"mod-x-1.0.0","extra_permissions":[],${ours}}`,
    ],
    [
      "dummy token",
      dummyClaims(by, "dummy-expiring", "ann", ["users-bl.password-reset-link.reset"]),
      `{"type":"dummy-expiring","tenant":"diku","sub":"ann","dummy":true,"extra_permissions":["users-bl.password-reset-link.reset"],${ours}}`,
    ],
    [
      "anonymous token",
      anonymousClaims(by),
      `{"type":"anonymous","tenant":"diku","sub":"UNDEFINED_USER__t1","dummy":true,${ours}}`,
    ],
    [
      "system token",
      systemClaims(by, "operator:one", null),
      `{"type":"system","tenant":"diku","sub":"UNDEFINED_USER__system","act":{"sub":"operator:one"},${ours}}`,
    ],
    [
      "system token for a call to a module",
      systemClaims(by, "timer:mod-x_0", ["a"], "mod-x-1.0.0"),
      `{"type":"system","tenant":"diku","sub":"UNDEFINED_USER__system","act":{"sub":"timer:mod-x_0"},"module":"mod-x-1.0.0","extra_permissions":["a"],${ours}}`,
    ],
  ])("of a %s has mod-authtoken's names and ours", (_kind, claims, text) => {
    expect(printCompact(printClaims(claims))).toBe(text);
  });

  it("names just the user and the permissions of the module, however long the chain of modules is", () => {
    const first = moduleClaims(by, caller, "mod-x-1.0.0", ["a"]);
    const second = moduleClaims({ ...by, tokenId: "t2" }, first, "mod-y-1.0.0", ["b"]);
    expect(second).toEqual({ ...first, module: "mod-y-1.0.0", extra_permissions: ["b"], jti: "t2" });
  });
});

describe("claims", () => {
  it("survive print and parse, of every kind", () => {
    const seen = new Set<TokenType>();
    fc.assert(
      fc.property(anyClaims(), (claims) => {
        seen.add(claims.type);
        const json = parseJson(printCompact(printClaims(claims)));
        expect(json.ok && parseClaims(json.value as never)).toEqual({ ok: true, value: claims });
      }),
      { numRuns: 500 },
    );
    expect([...seen].sort()).toEqual(Object.keys(typOf).sort());
  });

  it("of the next version are accepted with what this version knows of them", () => {
    const payload = new Map([...printClaims(caller), ["next_version", true] as const]);
    expect(parseClaims(payload)).toEqual({ ok: true, value: caller });
  });

  it("are refused where one is missing, whichever it is, with its name", () => {
    const payload = printClaims(moduleClaims(by, caller, "mod-x-1.0.0", ["a"]));
    for (const name of [...payload.keys()].filter((each) => each !== "user_id")) {
      const without = new Map([...payload].filter(([each]) => each !== name));
      expect(parseClaims(without)).toEqual({ ok: false, error: expect.stringContaining(`claim ${name} `) });
    }
  });
});

describe("a token that nobody has checked", () => {
  const token = signToken(caller, createSigningKey(Buffer.alloc(32, 1)));
  const payload = (text: string) => `e30.${Buffer.from(text).toString("base64url")}.x`;

  it("tells its issuer, tenant and user", () => {
    const said = { issuer: "https://octavo.example", tenantId: "diku", userId: "7e9c" };
    expect(readUnverified(token)).toEqual({ ok: true, value: said });
  });

  it.each([
    ["of mod-authtoken", payload('{"tenant":"diku","user_id":"1"}'), { tenantId: "diku", userId: "1" }],
    ["without a tenant", payload('{"sub":"x"}'), { issuer: null, tenantId: null, userId: null }],
    ["with a tenant that is no text", payload('{"tenant":7}'), { tenantId: null }],
  ])("%s is read", (_claim, text, said) => {
    expect(readUnverified(text)).toMatchObject({ ok: true, value: said });
  });

  it.each([
    ["without a dot", "abc", "Missing . separator for token"],
    ["with one dot", "abc.def", "Missing . separator for token"],
    ["with two tenants", payload('{"tenant":"a","tenant":"b"}'), "Failed to decode:Duplicate key"],
    ["with a list", payload("[]"), "Failed to decode:"],
    ["with nothing", "a..b", "Failed to decode:"],
  ])("%s is refused in Okapi's words", (_claim, text, sentence) => {
    expect(readUnverified(text)).toEqual({ ok: false, error: expect.stringContaining(sentence) });
  });
});
