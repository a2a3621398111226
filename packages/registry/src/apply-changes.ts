import type { EnvEntry, ModuleDescriptor } from "@octavo/descriptor";
import type { ModuleIndex } from "@octavo/resolution";
import { err, ok, type Result } from "@octavo/result";
import type { Change } from "./change.ts";
import { DraftMap } from "./draft-map.ts";
import { inEnabledOrder } from "./enabled-order.ts";
import { afterIdentityChanged, afterTenantRemoved } from "./identity-epochs.ts";
import type {
  IdentityEpochs,
  ModuleInstance,
  Operator,
  SigningKeyRow,
  Snapshot,
  Tenant,
} from "./snapshot.ts";

/** Where a snapshot stands in the log. */
export type Position = Pick<Snapshot, "revision" | "history" | "hash">;

/** The snapshot after these changes, in order. `base` stays as it was; what no change touches is shared with it.
 * Both a writer, before it commits, and every follower call this: what it refuses never becomes a revision.
 *
 * Enabling what is enabled and disabling what is not are no mistake: a list is what it should be afterwards.
 * An instance may belong to a module that is not known: Okapi lets a URL be registered first.
 * @returns the sentence that did not hold, as the error */
export function applyChanges(
  base: Snapshot,
  changes: readonly Change[],
  position: Position,
): Result<Snapshot, string> {
  const draft = new Draft(base);
  for (const change of changes) {
    const refusal = draft.apply(change);
    if (refusal !== null) return err(refusal);
  }
  return draft.finish(position);
}

class Draft {
  readonly #modules: DraftModules;
  readonly #tenants: DraftMap<Tenant>;
  readonly #discovery: DraftMap<readonly ModuleInstance[]>;
  readonly #env: DraftMap<EnvEntry>;
  readonly #operators: DraftMap<Operator>;
  readonly #signingKeys: DraftMap<SigningKeyRow>;
  readonly #identityEpochs: DraftMap<IdentityEpochs>;
  /** Tenants whose list must be put in order and checked at the end. */
  readonly #relisted = new Set<string>();

  constructor(base: Snapshot) {
    this.#modules = new DraftModules(base.modules);
    this.#tenants = new DraftMap(base.tenants);
    this.#discovery = new DraftMap(base.discovery);
    this.#env = new DraftMap(base.env);
    this.#operators = new DraftMap(base.operators);
    this.#signingKeys = new DraftMap(base.signingKeys);
    this.#identityEpochs = new DraftMap(base.identityEpochs);
  }

  /** @returns why it cannot be applied, or null */
  apply(change: Change): string | null {
    switch (change.kind) {
      case "module.added":
        return this.#modules.add(change.module) ? null : `module ${change.module.id} is known already`;
      case "module.removed":
        return this.#modules.remove(change.moduleId) ? null : `module ${change.moduleId} is not known`;
      case "tenant.put": {
        const enabled = this.#tenants.get(change.tenant.id)?.enabled ?? [];
        const { id, name, description } = change.tenant;
        this.#tenants.set(id, { id, name, description, enabled });
        break;
      }
      case "tenant.removed":
        return this.#removeTenant(change.tenantId);
      case "tenant.modules":
        return this.#relist(change.tenantId, change.enable, change.disable);
      case "instance.registered":
        return this.#register(change.instance);
      case "instance.deregistered":
        return this.#deregister(change.moduleId, change.instanceId);
      case "env.put":
        this.#env.set(change.entry.name, change.entry);
        break;
      case "env.removed":
        return this.#env.delete(change.name) ? null : `environment variable ${change.name} is not known`;
      case "operator.put":
        this.#operators.set(change.operator.id, change.operator);
        break;
      case "operator.removed":
        return this.#operators.delete(change.operatorId)
          ? null
          : `operator ${change.operatorId} is not known`;
      case "signing-key.put":
        this.#signingKeys.set(change.key.kid, change.key);
        break;
      case "signing-key.removed":
        return this.#signingKeys.delete(change.kid) ? null : `signing key ${change.kid} is not known`;
      case "identity.changed": {
        if (this.#tenants.get(change.tenantId) === undefined) return `tenant ${change.tenantId} is not known`;
        const epochs = afterIdentityChanged(this.#identityEpochs.get(change.tenantId), change);
        this.#identityEpochs.set(change.tenantId, epochs);
        break;
      }
    }
    return null;
  }

  finish(position: Position): Result<Snapshot, string> {
    const modules = this.#modules.finish();
    for (const tenantId of this.#relisted) {
      const tenant = this.#tenants.get(tenantId);
      if (tenant === undefined) continue;
      const ordered = inEnabledOrder(tenant.enabled, modules);
      if (!ordered.ok) return err(notKnown(tenantId, ordered.error));
      this.#tenants.set(tenantId, { ...tenant, enabled: ordered.value });
    }
    const tenants = this.#tenants.finish();
    if (this.#modules.hasRemoved) {
      for (const tenant of tenants.values()) {
        const lost = tenant.enabled.find((id) => !modules.has(id));
        if (lost !== undefined) return err(notKnown(tenant.id, lost));
      }
    }
    return ok({
      revision: position.revision,
      history: position.history,
      hash: position.hash,
      modules,
      tenants,
      discovery: this.#discovery.finish(),
      env: this.#env.finish(),
      operators: this.#operators.finish(),
      signingKeys: this.#signingKeys.finish(),
      identityEpochs: this.#identityEpochs.finish(),
    });
  }

  #removeTenant(tenantId: string): string | null {
    if (!this.#tenants.delete(tenantId)) return `tenant ${tenantId} is not known`;
    this.#identityEpochs.set(tenantId, afterTenantRemoved(this.#identityEpochs.get(tenantId)));
    return null;
  }

  #relist(tenantId: string, enable: readonly string[], disable: readonly string[]): string | null {
    const tenant = this.#tenants.get(tenantId);
    if (tenant === undefined) return `tenant ${tenantId} is not known`;
    const enabled = new Set(tenant.enabled);
    for (const id of disable) enabled.delete(id);
    for (const id of enable) enabled.add(id);
    this.#tenants.set(tenantId, { ...tenant, enabled: [...enabled] });
    this.#relisted.add(tenantId);
    return null;
  }

  #register(instance: ModuleInstance): string | null {
    const present = this.#discovery.get(instance.moduleId) ?? [];
    if (present.some(({ instanceId }) => instanceId === instance.instanceId)) {
      return `instance ${instance.instanceId} of ${instance.moduleId} is registered already`;
    }
    this.#discovery.set(instance.moduleId, inInstanceOrder([...present, instance]));
    return null;
  }

  #deregister(moduleId: string, instanceId: string): string | null {
    const present = this.#discovery.get(moduleId) ?? [];
    const left = present.filter((instance) => instance.instanceId !== instanceId);
    if (left.length === present.length) return `instance ${instanceId} of ${moduleId} is not registered`;
    if (left.length === 0) this.#discovery.delete(moduleId);
    else this.#discovery.set(moduleId, left);
    return null;
  }
}

function notKnown(tenantId: string, moduleId: string): string {
  return `tenant ${tenantId} would have ${moduleId} enabled, which is not known`;
}

export function inInstanceOrder(instances: readonly ModuleInstance[]): readonly ModuleInstance[] {
  return [...instances].sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
}

/** Modules being changed: the index takes all at once, one by one would copy it each time. */
class DraftModules {
  readonly #base: ModuleIndex;
  readonly #added = new Map<string, ModuleDescriptor>();
  readonly #removed = new Set<string>();

  constructor(base: ModuleIndex) {
    this.#base = base;
  }

  get hasRemoved(): boolean {
    return this.#removed.size > 0;
  }

  add(module: ModuleDescriptor): boolean {
    if (this.#has(module.id)) return false;
    this.#added.set(module.id, module);
    return true;
  }

  remove(id: string): boolean {
    if (!this.#has(id)) return false;
    if (this.#base.has(id)) this.#removed.add(id);
    this.#added.delete(id);
    return true;
  }

  finish(): ModuleIndex {
    if (this.#added.size === 0 && this.#removed.size === 0) return this.#base;
    return this.#base.with([...this.#added.values()], [...this.#removed]);
  }

  #has(id: string): boolean {
    return this.#added.has(id) || (this.#base.has(id) && !this.#removed.has(id));
  }
}
