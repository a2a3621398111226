import { parseModuleDescriptor } from "@octavo/descriptor";
import type { RoutingEntry } from "@octavo/descriptor";
import { parseJson } from "@octavo/json";
import { hasFolioData, readDescriptors } from "@octavo/testing/folio-data";
import { describe, expect, it } from "vitest";
import { accessClaims, anonymousClaims } from "./issue-claims.ts";
import { checkPermissions } from "./permission-check.ts";
import { compilePermissionRule } from "./permission-rule.ts";
import { isPublic, shippedPublicRoutes } from "./public-routes.ts";
import { INVALID_TOKEN, statusOf } from "./refusal.ts";
import { createSigningKey, verifyWith } from "./signing-key.ts";
import { signToken } from "./sign-token.ts";
import { CALLER_TYPES, verifyToken } from "./verify-token.ts";

/** Who may call what in release A: every method of every route that clients reach, by every kind of caller, with tokens that
 * are signed and verified. What is expected is written down here by the descriptor's words alone. */

interface Call {
  readonly module: string;
  readonly method: string;
  readonly pattern: string;
  readonly entry: RoutingEntry;
  readonly required: readonly string[];
}

/** "allowed", or status and text. */
type Outcome = string;

const nowMs = 1_700_000_000_000;
const key = createSigningKey(Buffer.alloc(32, 1));
const published = verifyWith(key.kid, key.x, null);
const keys = new Map(published === null ? [] : [[key.kid, published]]);
const issuer = "https://octavo.example";
const none: ReadonlySet<string> = new Set();
const issuing = { issuer, epoch: 0, nowMs, tokenId: "t", lifeMs: 600_000 };
const ann = { userId: "7e9c", username: "ann", userEpoch: 0 };
const tokenOf = (tenantId: string) => signToken(accessClaims({ ...issuing, tenantId }, ann, "s"), key);
const ownToken = tokenOf("diku");
const othersToken = tokenOf("other");
const anonymousToken = signToken(anonymousClaims({ ...issuing, tenantId: "diku" }), key);

/** A call to tenant diku, as the gateway decides it. */
function outcomeOf(call: Call, token: string | null, held: readonly string[] = []): Outcome {
  const rule = compilePermissionRule(
    [call.entry],
    isPublic(call.method, call.pattern, { descriptors: none, operator: none }),
  );
  const expected = { issuer, types: CALLER_TYPES, tenantId: "diku", nowMs };
  const verified = token === null ? null : verifyToken(token, keys, expected);
  if (verified?.ok === false) return `${statusOf[verified.error.kind]} ${INVALID_TOKEN}`;
  const claims = verified?.value ?? null;
  const refused = checkPermissions(rule, { claims, ofUser: new Set(held), ofToken: none }, "diku");
  return refused === null ? "allowed" : `${refused.status} ${refused.message}`;
}

function callsOfReleaseA(): readonly Call[] {
  return readDescriptors("release-a").flatMap(({ text }) => {
    const json = parseJson(text);
    const parsed = json.ok ? parseModuleDescriptor(json.value) : null;
    if (parsed?.ok !== true) return [];
    return parsed.value.provides
      .filter(({ type }) => type !== "system")
      .flatMap(({ handlers }) => handlers)
      .flatMap((entry) =>
        entry.methods.map((method) => ({
          module: parsed.value.id,
          method,
          pattern: entry.pathPattern ?? entry.path ?? "",
          entry,
          required: entry.permissionsRequired ?? [],
        })),
      );
  });
}

/** Calls whose outcome differs from what is expected; a list that is compared with the empty one shows all of them. */
function wrong(
  calls: readonly Call[],
  outcome: (call: Call) => Outcome,
  expected: (call: Call) => Outcome,
): readonly string[] {
  return calls
    .filter((call) => outcome(call) !== expected(call))
    .map((call) => `${call.method} ${call.pattern}: ${outcome(call)}, not ${expected(call)}`);
}

const calls = hasFolioData ? callsOfReleaseA() : [];
const isListed = ({ method, pattern }: Call) =>
  shippedPublicRoutes.some((route) => route.method === method && route.pathPattern === pattern);

describe.skipIf(!hasFolioData)("every route of release A", () => {
  it("is there to be asked for", () => {
    expect(calls.length).toBe(1987);
    // DECISIONS 1 counts them: 28 that require nothing.
    expect(calls.filter(({ required }) => required.length === 0).length).toBe(28);
  });

  it.each([
    ["no token", null],
    ["an anonymous token", anonymousToken],
  ])("is closed to %s, except the shipped public routes", (_claim, token) => {
    const expected = (call: Call): Outcome => {
      const [first] = call.required;
      if (first !== undefined) return `400 Token missing, access requires permission: ${first}`;
      return isListed(call) ? "allowed" : "400 Token missing, access requires a token of tenant: diku";
    };
    expect(wrong(calls, (call) => outcomeOf(call, token), expected)).toEqual([]);
  });

  it("is closed to another tenant's token, public or not, whatever its user holds", () => {
    const outcome = (call: Call) => outcomeOf(call, othersToken, call.required);
    expect(wrong(calls, outcome, () => "403 Invalid token")).toEqual([]);
  });

  it("is closed to a user without permissions, except where none is required", () => {
    const expected = ({ required: [first] }: Call): Outcome =>
      first === undefined ? "allowed" : `403 Access for user 'ann' (7e9c) requires permission: ${first}`;
    expect(wrong(calls, (call) => outcomeOf(call, ownToken), expected)).toEqual([]);
  });

  it("is closed to a user who lacks one of its permissions, whichever", () => {
    const lacking = calls.flatMap((call) =>
      [...new Set(call.required)].map((missing) => ({ ...call, missing })),
    );
    const found = lacking.filter(({ missing, ...call }) => {
      const held = call.required.filter((each) => each !== missing);
      return (
        outcomeOf(call, ownToken, held) !== `403 Access for user 'ann' (7e9c) requires permission: ${missing}`
      );
    });
    expect(found).toEqual([]);
  });

  it("is open to a user with just its permissions", () => {
    const outcome = (call: Call) => outcomeOf(call, ownToken, call.required);
    expect(wrong(calls, outcome, () => "allowed")).toEqual([]);
  });
});

describe.skipIf(!hasFolioData)("the shipped public routes", () => {
  it("are routes of release A that require no permission", () => {
    const lines = calls
      .filter(({ required }) => required.length === 0)
      .map((call) => `${call.method} ${call.pattern}`);
    const unknown = shippedPublicRoutes.filter(
      ({ method, pathPattern }) => !lines.includes(`${method} ${pathPattern}`),
    );
    expect(unknown).toEqual([]);
  });

  it("are what nobody may call, of all routes", () => {
    const open = calls
      .filter((call) => outcomeOf(call, null) === "allowed")
      .map((call) => `${call.method} ${call.pattern}`);
    expect([...new Set(open)].sort()).toEqual([
      "GET /saml/check",
      "POST /authn/login",
      "POST /authn/login-with-expiry",
      "POST /authn/logout",
      "POST /authn/refresh",
      "POST /bl-users/forgotten/password",
      "POST /bl-users/forgotten/username",
      "POST /bl-users/login",
      "POST /bl-users/login-with-expiry",
      "POST /saml/callback",
      "POST /saml/callback-with-expiry",
      "POST /saml/login",
      "POST /token/invalidate",
    ]);
  });
});
