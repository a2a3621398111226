import { err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";
import { parseClaims, typOf } from "./claims.ts";
import type { Claims, TokenType } from "./claims.ts";
import { openJws } from "./jws.ts";
import type { VerificationKeys } from "./jws.ts";
import type { VerifyError, VerifyErrorKind } from "./verify-error.ts";

/** What a token must be at this place. */
export interface Expectations {
  readonly issuer: string;
  /** The kinds that this place takes; a token of any other kind is refused whatever else it says. */
  readonly types: readonly TokenType[];
  /** The tenant that the request names; null: the token says. */
  readonly tenantId: string | null;
  /** Milliseconds, of the one clock (DECISIONS 15). */
  readonly nowMs: number;
}

/** Kinds that may stand in X-Okapi-Token. A refresh token may not. */
export const CALLER_TYPES: readonly TokenType[] = [
  "access",
  "legacy-access",
  "module",
  "dummy",
  "dummy-expiring",
  "anonymous",
  "system",
];

/** Between the clocks of two instances. Towards expiry there is no leeway: whoever signs shortly before it says so. */
export const LEEWAY_SECONDS = 60;

/** Everything that a token says of itself is checked here; what has happened since (epochs, sessions) by token-cache.ts.
 * @see RFC 8725; each of its attacks is a line of testdata/attacks.json */
export function verifyToken(
  token: string,
  keys: VerificationKeys,
  expected: Expectations,
): Result<Claims, VerifyError> {
  const opened = openJws(token, keys);
  if (!opened.ok) return opened;
  const { typ, payload, key } = opened.value;
  const parsed = parseClaims(payload);
  if (!parsed.ok) return no("bad-claims", parsed.error);
  const claims = parsed.value;
  if (typ !== typOf[claims.type] || !expected.types.includes(claims.type)) {
    return no("wrong-type", `a token of type ${claims.type} is not accepted here`);
  }
  if (claims.iss !== expected.issuer) return no("wrong-issuer", "the token was issued elsewhere");
  if (key.tenantId !== null && claims.tenant !== key.tenantId) {
    return no("wrong-tenant", `the key signs for tenant ${key.tenantId} only`);
  }
  if (expected.tenantId !== null && claims.tenant !== expected.tenantId) {
    return no("wrong-tenant", "Tenant mismatch: tenant in header does not equal tenant in token");
  }
  if (claims.exp * 1000 <= expected.nowMs) return no("expired", "the token has expired");
  const notBefore = payload.get("nbf") ?? claims.iat;
  if (typeof notBefore !== "number") return no("bad-claims", "the claim nbf is not a number");
  if ((Math.max(notBefore, claims.iat) - LEEWAY_SECONDS) * 1000 > expected.nowMs) {
    return no("not-yet-valid", "the token is not valid yet");
  }
  return ok(claims);
}

function no(kind: VerifyErrorKind, message: string) {
  return err<VerifyError>({ kind, message });
}
