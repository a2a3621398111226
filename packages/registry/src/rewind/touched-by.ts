import { parseModuleId } from "@octavo/descriptor";
import type { Op } from "../logged-change.ts";

/** What an op is about, in words that name it: two ops that change the same have one in common. Nothing secret. */
export function touchedBy(op: Op): readonly string[] {
  switch (op.kind) {
    case "module.added":
    case "module.removed":
      return [`module ${op.moduleId}`];
    case "tenant.put":
      return [`tenant ${op.tenant.id}`];
    case "tenant.removed":
      return [`tenant ${op.tenantId}`];
    case "tenant.modules":
      return [...op.enable, ...op.disable].map((id) => `${productOf(id)} of tenant ${op.tenantId}`);
    case "instance.registered":
      return [`instance ${op.instance.instanceId} of ${op.instance.moduleId}`];
    case "instance.deregistered":
      return [`instance ${op.instanceId} of ${op.moduleId}`];
    case "env.put":
      return [`variable ${op.entry.name}`];
    case "env.removed":
      return [`variable ${op.name}`];
    case "operator.put":
      return [`operator ${op.operator.id}`];
    case "operator.removed":
      return [`operator ${op.operatorId}`];
    case "signing-key.put":
      return [`signing key ${op.key.kid}`];
    case "signing-key.removed":
      return [`signing key ${op.kid}`];
    case "identity.changed":
      return [`users of tenant ${op.tenantId}`];
    default:
      // Written by a program of another version.
      return [];
  }
}

/** The internal module is logged by its product alone. */
function productOf(moduleId: string): string {
  const parsed = parseModuleId(moduleId);
  return parsed.ok ? parsed.value.product : moduleId;
}
