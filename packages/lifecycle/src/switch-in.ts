import type { Change, Snapshot } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import type { SwitchCall } from "./planned-call.ts";

/** Why a tenant cannot be switched any more. */
export interface SwitchRefusal {
  readonly kind: "refused";
  readonly because: string;
}

/** What is left to change for a switch: it may have been carried out in part by somebody else meanwhile. */
export function switchIn(
  snapshot: Snapshot,
  tenantId: string,
  planned: SwitchCall,
): Result<readonly Change[], SwitchRefusal> {
  const tenant = snapshot.tenants.get(tenantId);
  if (tenant === undefined) return err({ kind: "refused", because: `No such Tenant ${tenantId}` });
  const unknown = planned.enable.find((id) => snapshot.modules.get(id) === undefined);
  if (unknown !== undefined) return err({ kind: "refused", because: `Module ${unknown} is no longer known` });
  const enable = planned.enable.filter((id) => !tenant.enabled.includes(id));
  const disable = planned.disable.filter((id) => tenant.enabled.includes(id));
  const isChange = enable.length + disable.length > 0;
  return ok(isChange ? [{ kind: "tenant.modules", tenantId, enable, disable }] : []);
}
