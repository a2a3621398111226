// find-tenant.ts runs for every request.
import { err, ok, type Result } from "@octavo/result";
import type { UnverifiedClaims } from "@octavo/tokens";

const SUPERTENANT = "supertenant";

/** Whose request it is: the tenant that header, token and path (of /_/invoke/tenant) name, which must be one and the same.
 * Nothing is decided on an unverified claim: the tenant's authority or auth filter checks the token before any module of
 * the tenant gets the request.
 * @param named X-Okapi-Tenant, or the tenant of the path
 * @param read what a token says of itself (UnverifiedTokens, which reads each once)
 * @returns or a sentence for status 400
 * @see okapi-eureka.md 2.1, reliability.md 6 rows 7 and 8 */
export function findTenantId(
  named: string | null,
  token: string | null,
  read: (token: string) => Result<UnverifiedClaims, string>,
): Result<string, string> {
  if (token === null) return ok(named ?? SUPERTENANT);
  const claims = read(token);
  if (named === null) {
    return claims.ok ? ok(claims.value.tenantId ?? SUPERTENANT) : err(`Invalid Token: ${claims.error}`);
  }
  // A token that says nothing is for whoever checks tokens of this tenant.
  const claimed = claims.ok ? claims.value.tenantId : null;
  return claimed === null || claimed === named
    ? ok(named)
    : err(`The token is of ${printable(claimed)}, the request of tenant ${named}. Use one of them`);
}

/** A claim is the client's own text: nothing of it may break out of a line, or of a page of text. */
function printable(claim: string): string {
  return /^[A-Za-z0-9_-]{1,64}$/.test(claim) ? `tenant ${claim}` : "another tenant";
}
