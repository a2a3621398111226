import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accessClaims, anonymousClaims, dummyClaims, moduleClaims, systemClaims } from "./issue-claims.ts";
import { checkPermissions, permissionsHeader } from "./permission-check.ts";
import type { PermissionHolder } from "./permission-check.ts";
import { compileGlob, matchesGlob } from "./permission-glob.ts";
import { compilePermissionRule, tenantPermissions } from "./permission-rule.ts";
import type { PermissionEntry } from "./permission-rule.ts";

const by = {
  issuer: "https://octavo.example",
  tenantId: "diku",
  epoch: 0,
  nowMs: 0,
  tokenId: "t",
  lifeMs: 60_000,
};
const access = accessClaims(by, { userId: "7e9c", username: "ann", userEpoch: 0 }, "s");
const entry = (required: readonly string[] | null, desired: readonly string[] = []): PermissionEntry => ({
  pathPattern: "/x",
  permissionsRequired: required,
  permissionsRequiredTenant: null,
  permissionsDesired: desired,
});
const none: ReadonlySet<string> = new Set();
const holder = (
  claims: PermissionHolder["claims"],
  ofUser: readonly string[] = [],
  ofToken: readonly string[] = [],
): PermissionHolder => ({ claims, ofUser: new Set(ofUser), ofToken: new Set(ofToken) });

describe("a call", () => {
  const needsAB = compilePermissionRule([entry(["a", "b"])], false);
  const needsNothing = compilePermissionRule([entry([])], false);
  const isPublic = compilePermissionRule([entry([])], true);
  const publicButNeedsA = compilePermissionRule([entry(["a"])], true);
  const anonymous = anonymousClaims(by);
  const ofModule = moduleClaims(by, access, "mod-x-1.0.0", ["b"]);
  const forNobody = moduleClaims(by, anonymous, "mod-x-1.0.0", ["a", "b"]);
  const dummy = dummyClaims(by, "dummy", "reset", ["a", "b"]);
  const system = systemClaims(by, "timer:1", null);
  const systemCall = systemClaims(by, "timer:1", ["a", "b"]);

  it.each([
    ["by a user with every permission", needsAB, holder(access, ["b", "a", "c"])],
    ["by a module with some of the user's and some of its own", needsAB, holder(ofModule, ["a"], ["b"])],
    ["by a module for nobody with its own", needsAB, holder(forNobody, [], ["a", "b"])],
    ["by a token of permissions alone", needsAB, holder(dummy, [], ["a", "b"])],
    ["by the system", needsAB, holder(system)],
    ["by a module that the system called, with its own", needsAB, holder(systemCall, [], ["a", "b"])],
    ["by any token where nothing is required", needsNothing, holder(access)],
    ["by a module for nobody where nothing is required", needsNothing, holder(forNobody)],
    ["by nobody of a public route", isPublic, holder(null)],
    ["by our anonymous token of a public route", isPublic, holder(anonymous)],
    [
      "where the descriptor leaves the list out, by any token",
      compilePermissionRule([entry(null)], false),
      holder(access),
    ],
  ])("goes on: %s", (_claim, rule, caller) => {
    expect(checkPermissions(rule, caller, "diku")).toBe(null);
  });

  it.each([
    ["no token", needsAB, holder(null), 400, "Token missing, access requires permission: a"],
    ["an anonymous token", needsAB, holder(anonymous), 400, "Token missing, access requires permission: a"],
    [
      "no token of a public route that requires one",
      publicButNeedsA,
      holder(null),
      400,
      "Token missing, access requires permission: a",
    ],
    [
      "no token where nothing is required",
      needsNothing,
      holder(null),
      400,
      "Token missing, access requires a token of tenant: diku",
    ],
    [
      "an anonymous token where nothing is required",
      needsNothing,
      holder(anonymous),
      400,
      "Token missing, access requires a token of tenant: diku",
    ],
    ["no permission", needsAB, holder(access), 403, "Access for user 'ann' (7e9c) requires permission: a"],
    [
      "one of two",
      needsAB,
      holder(access, ["a"]),
      403,
      "Access for user 'ann' (7e9c) requires permission: b",
    ],
    [
      "a module's token that lacks one",
      needsAB,
      holder(forNobody, [], ["a"]),
      403,
      "Access for user 'UNDEFINED_USER__t' (null) requires permission: b",
    ],
    [
      "a permission that only begins alike",
      needsAB,
      holder(access, ["a", "b.item", "B", "*"]),
      403,
      "Access for user 'ann' (7e9c) requires permission: b",
    ],
  ])("is refused for %s, in mod-authtoken's words", (_claim, rule, caller, status, message) => {
    expect(checkPermissions(rule, caller, "diku")).toMatchObject({ status, message });
  });

  it("needs what every stage of its pipeline requires", () => {
    const rule = compilePermissionRule([entry(["a"]), entry(["b", "a"]), entry(null)], false);
    expect(rule.required).toEqual(["a", "b"]);
  });
});

describe("X-Okapi-Permissions", () => {
  const rule = compilePermissionRule([entry(["r"], ["d", "global.read.*", "e"])], false);

  it.each([
    ["required and desired ones that are held", holder(access, ["d", "r", "z"]), '["r","d"]'],
    ["those of user and token, each once", holder(access, ["d", "r"], ["d", "e"]), '["r","d","e"]'],
    [
      "those that a pattern takes",
      holder(access, ["global.read.a", "global.write.a", "xglobal.read.a", "global.read"]),
      '["global.read.a"]',
    ],
    ["nothing for nobody", holder(null), "[]"],
    [
      "all of the tenant's for the system",
      holder(systemClaims(by, "job:1", null)),
      '["r","d","e","global.read.all"]',
    ],
  ])("holds %s", (_claim, caller, value) => {
    expect(permissionsHeader(rule, caller, new Set(["global.read.all", "z"]))).toBe(value);
  });

  it("escapes what JSON has to", () => {
    const odd = compilePermissionRule([entry([], ['a"b'])], false);
    expect(permissionsHeader(odd, holder(access, ['a"b']), none)).toBe('["a\\"b"]');
  });
});

describe("a desired permission with stars", () => {
  it("takes what the same regular expression takes", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 8 });
    const globs = fc.array(
      letters.map((text) => text.slice(0, 3)),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(globs, letters, (pieces, permission) => {
        const plain = new RegExp(`^${pieces.map((piece) => piece.replaceAll(".", "\\.")).join(".*")}$`);
        expect(matchesGlob(compileGlob(pieces.join("*")), permission)).toBe(plain.test(permission));
      }),
      { numRuns: 2000 },
    );
  });

  it("takes no character for its beginning and its end at once", () => {
    expect(["aba", "abba"].map((permission) => matchesGlob(compileGlob("ab*ba"), permission))).toEqual([
      false,
      true,
    ]);
  });

  it("takes no longer where a regular expression would try every way", () => {
    const glob = compileGlob(`${"a*".repeat(40)}b`);
    expect(matchesGlob(glob, "a".repeat(20_000))).toBe(false); // a backtracking matcher does not come back
  });
});

describe("permissions of a tenant's own paths", () => {
  const of = (pathPattern: string | null, path: string, required: readonly string[] | null = ["p"]) =>
    tenantPermissions({ ...entry([]), pathPattern, permissionsRequiredTenant: required }, path, "diku");

  it.each([
    // Okapi: RoutingEntryTest.testMatchUriTenant
    [null, "/y/b", false],
    ["/{x}/b", "/y/b", true],
    ["/{tenantId}/b", "/testlib/b", false],
    ["/{tenantId}/b", "/diku/b", true],
    ["/{tenantId}/b/{tenantId}", "/diku/b/other", false],
    ["/{tenantId}/b/{tenantId}", "/diku/b/diku", true],
    ["/{tenantId}/b/{moduleId}", "/diku/b/other", true],
    // and what follows
    ["/_/version", "/_/version", true],
    ["/_/proxy/tenants/{tenantId}/timers", "/_/proxy/tenants/diku/timers", true],
    ["/_/proxy/tenants/{tenantId}/timers", "/_/proxy/tenants/%64iku/timers", false],
    ["/_/proxy/tenants/{tenantId}/timers", "/_/proxy/tenants/DIKU/timers", false],
    ["/_/proxy/tenants/{tenantId}/timers", "/_/proxy/tenants/diku2/timers", false],
    ["/_/proxy/tenants/{tenantId}", "/_/proxy/tenants/", false],
    ["/{tenantId}/*", "/diku/a/b", true],
    ["/*/{tenantId}", "/a/diku", false],
    ["/*/{tenantId}", "/a/diku/other", false],
  ] as const)("count for tenant diku: %s on %s is %s", (pattern, path, counts) => {
    expect(of(pattern, path)).toEqual(counts ? ["p"] : null);
  });

  it("may be none at all, which is not the same as no such list", () => {
    expect([of("/{tenantId}", "/diku", []), of("/{tenantId}", "/diku", null)]).toEqual([[], null]);
  });

  it("take the place of those required", () => {
    const own = { ...entry(["okapi.all"]), pathPattern: "/{tenantId}", permissionsRequiredTenant: ["own"] };
    const required = (path: string) =>
      compilePermissionRule(
        [own],
        false,
        (entry) => tenantPermissions(entry, path, "diku") ?? entry.permissionsRequired ?? [],
      ).required;
    expect([required("/diku"), required("/other")]).toEqual([["own"], ["okapi.all"]]);
  });
});
