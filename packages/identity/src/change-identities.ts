import type { Committed, IdentityChanged, Registry, WriteError, WriteIntent } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import { revokeSessionsOf } from "./session-store.ts";

/** Signs a user out everywhere: by his epoch every token that was signed until now, and all his sessions. One change row,
 * and the rows of the sessions in its transaction.
 * @returns as the error "no-tenant", or why it was not written */
export async function signOutEverywhere(
  registry: Registry,
  intent: WriteIntent,
  tenantId: string,
  userId: string,
): Promise<Result<Committed, "no-tenant" | WriteError>> {
  const at = Math.floor(registry.clock.now());
  const change: IdentityChanged = {
    kind: "identity.changed",
    tenantId,
    everybody: "untouched",
    changed: [],
    ended: [userId],
    at,
  };
  return registry.write<"no-tenant">(intent, ({ tenants }) =>
    tenants.has(tenantId)
      ? ok({
          changes: [change],
          answer: "{}",
          alsoWrite: (client) => revokeSessionsOf(client, tenantId, [userId], at),
        })
      : err("no-tenant"),
  );
}
