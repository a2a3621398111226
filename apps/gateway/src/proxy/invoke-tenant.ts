import type { CheckedHead } from "@octavo/http-wire";
import { err, ok, type Result } from "@octavo/result";

/** A call that names its tenant in the path, for those who cannot set a header (call-backs of sign-in services). */
export interface Invocation {
  readonly tenantId: string;
  /** What stands behind the tenant, with the query. */
  readonly target: string;
}

const PREFIX = "/_/invoke/tenant/";

export function isInvocation(path: string): boolean {
  return path.startsWith(PREFIX);
}

/** Okapi adds the tenant of the path to one that the header names, and takes any path behind it, its own API's too. Here the
 * two must be one, and the path a module's (reliability.md 6, row 21).
 * @returns or a sentence for status 400 */
export function readInvocation(head: CheckedHead): Result<Invocation, string> {
  const tenantEnd = head.path.indexOf("/", PREFIX.length);
  const tenantId = head.path.slice(PREFIX.length, tenantEnd === -1 ? undefined : tenantEnd);
  if (tenantEnd === -1 || tenantId === "") {
    return err("The path must be /_/invoke/tenant/{tenantId}/ and the path of a module");
  }
  const target = head.target.slice(tenantEnd);
  if (target.startsWith("/_/") || target.startsWith("//")) {
    return err(
      "The path behind /_/invoke/tenant/{tenantId} must be a module's: it must not begin with /_/ or //",
    );
  }
  const named = head.okapi.tenant;
  if (named !== null && named !== tenantId) {
    return err("X-Okapi-Tenant and the tenant of the path must be the same");
  }
  return ok({ tenantId, target });
}
