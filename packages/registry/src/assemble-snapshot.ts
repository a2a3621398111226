import type { EnvEntry } from "@octavo/descriptor";
import type { ModuleIndex } from "@octavo/resolution";
import { err, ok, type Result } from "@octavo/result";
import { inInstanceOrder, type Position } from "./apply-changes.ts";
import { orderedByKey } from "./draft-map.ts";
import { inEnabledOrder } from "./enabled-order.ts";
import type {
  IdentityEpochs,
  ModuleInstance,
  Operator,
  SigningKeyRow,
  Snapshot,
  Tenant,
} from "./snapshot.ts";

/** What the tables hold, module bodies apart. */
export interface StoredState {
  readonly tenants: readonly Omit<Tenant, "enabled">[];
  readonly enablements: readonly { readonly tenantId: string; readonly moduleId: string }[];
  readonly instances: readonly ModuleInstance[];
  readonly env: readonly EnvEntry[];
  readonly operators: readonly Operator[];
  readonly signingKeys: readonly SigningKeyRow[];
  readonly identityEpochs: ReadonlyMap<string, IdentityEpochs>;
}

/** The snapshot that the tables describe, in whatever order their rows come. */
export function assembleSnapshot(
  state: StoredState,
  modules: ModuleIndex,
  position: Position,
): Result<Snapshot, string> {
  const enabledOf = Map.groupBy(state.enablements, ({ tenantId }) => tenantId);
  const tenants = new Map<string, Tenant>();
  for (const { id, name, description } of state.tenants) {
    const ids = (enabledOf.get(id) ?? []).map(({ moduleId }) => moduleId);
    const enabled = inEnabledOrder(ids, modules);
    if (!enabled.ok) return err(`tenant ${id} has ${enabled.error} enabled, which is not known`);
    tenants.set(id, { id, name, description, enabled: enabled.value });
  }
  const discovery = new Map(
    [...Map.groupBy(state.instances, ({ moduleId }) => moduleId)].map(([id, found]) => [
      id,
      inInstanceOrder(found),
    ]),
  );
  return ok({
    revision: position.revision,
    history: position.history,
    hash: position.hash,
    modules,
    tenants: orderedByKey(tenants),
    discovery: orderedByKey(discovery),
    env: orderedByKey(new Map(state.env.map((entry) => [entry.name, entry]))),
    operators: orderedByKey(new Map(state.operators.map((operator) => [operator.id, operator]))),
    signingKeys: orderedByKey(new Map(state.signingKeys.map((key) => [key.kid, key]))),
    identityEpochs: orderedByKey(state.identityEpochs),
  });
}
