import {
  CALLER_TYPES,
  type Claims,
  TenantEpochs,
  TokenCache,
  verifyToken,
  type VerifyError,
} from "@octavo/tokens";
import { type Caller, headerOf, permissionsOf, type RequestHeaders, type Trust } from "./caller.ts";
import type { GatewayKeys } from "./gateway-keys.ts";
import { badRequest, Refusal, unauthorised, unavailable } from "./refusal.ts";

const ISSUER = "octavo";
/** The gateway has judged by its own clock just now; this machine's may differ by as much. */
const SKEW_MS = 300_000;
const KEPT_TOKENS = 2_000;

/** Believes the gateway's signature and nothing else: tenant and user are the token's, and headers that say otherwise are refused.
 * @param wallMs milliseconds since the epoch */
export function trustToken(keys: GatewayKeys, wallMs: () => number): Trust {
  const cache = new TokenCache(KEPT_TOKENS);
  const epochs = new TenantEpochs(); // the gateway knows what has ended; here none does

  async function claimsOf(token: string): Promise<Claims | Refusal> {
    keys.refreshWhenOld();
    const nowMs = wallMs();
    const kept = cache.find(token, nowMs - SKEW_MS);
    if (kept !== null) return kept.claims;
    let verified = verifyWithinSkew(token, keys, nowMs);
    if (!verified.ok && verified.error.kind === "unknown-key") {
      await keys.refresh();
      verified = verifyWithinSkew(token, keys, nowMs);
    }
    if (verified.ok) {
      cache.add(token, verified.value, epochs);
      return verified.value;
    }
    return keys.isKnown ? refusalOf(verified.error) : unavailable(unknownKeys(keys), 5, "keys-unknown");
  }

  return {
    sentence: `callers are known by tokens of the gateway whose keys are at ${keys.place}`,
    problem: () => {
      keys.refreshWhenOld(); // a module that is not ready gets no requests which would look again
      return keys.isKnown ? null : unknownKeys(keys);
    },
    callerOf: async (headers) => {
      const token = headerOf(headers, "x-okapi-token");
      if (token === null)
        return unauthorised("X-Okapi-Token is missing: call this module through the gateway");
      const claims = await claimsOf(token);
      return claims instanceof Refusal ? claims : callerBy(token, claims, headers);
    },
  };
}

function callerBy(token: string, claims: Claims, headers: RequestHeaders): Caller | Refusal {
  const userId = "user_id" in claims ? claims.user_id : null;
  const tenantHeader = headerOf(headers, "x-okapi-tenant");
  if (tenantHeader !== null && tenantHeader !== claims.tenant) {
    return badRequest("X-Okapi-Tenant is not the tenant of X-Okapi-Token", "tenant-mismatch");
  }
  const userHeader = headerOf(headers, "x-okapi-user-id");
  if (userHeader !== null && userHeader !== userId) {
    return badRequest("X-Okapi-User-Id is not the user of X-Okapi-Token", "user-mismatch");
  }
  return { tenantId: claims.tenant, userId, token, permissions: permissionsOf(headers) };
}

function verifyWithinSkew(token: string, { keys }: GatewayKeys, nowMs: number) {
  const at = (nowMs: number) =>
    verifyToken(token, keys, { issuer: ISSUER, types: CALLER_TYPES, tenantId: null, nowMs });
  const now = at(nowMs);
  if (now.ok) return now;
  if (now.error.kind === "expired") return at(nowMs - SKEW_MS);
  if (now.error.kind === "not-yet-valid") return at(nowMs + SKEW_MS);
  return now;
}

/** What exactly is wrong stays here: it would help whoever forges one. */
function refusalOf({ kind }: VerifyError): Refusal {
  return unauthorised(kind === "expired" ? "The token has expired" : "The token is not valid");
}

function unknownKeys({ place }: GatewayKeys): string {
  return `the gateway's key set could not be read yet from ${place}`;
}
