import type { EnvEntry, ModuleDescriptor } from "@octavo/descriptor";
import { indexModules, type ModuleIndex } from "@octavo/resolution";
import { err, ok, type Result } from "@octavo/result";
import type { Position } from "./apply-changes.ts";
import { DraftMap } from "./draft-map.ts";
import { inEnabledOrder } from "./enabled-order.ts";
import { parseStoredDescriptor } from "./parse-stored-descriptor.ts";
import type {
  IdentityEpochs,
  ModuleInstance,
  Operator,
  SigningKeyRow,
  Snapshot,
  Tenant,
  UserEpoch,
} from "./snapshot.ts";

/** How one snapshot becomes another: what is new or different, whole, and what is gone. Unlike a list of changes it can be
 * made of any two snapshots, also where everything was read anew; plain data, for a process that has no database. */
export interface SnapshotPatch {
  readonly position: Position;
  /** Added: id and descriptor as it is stored. */
  readonly modules: {
    readonly added: readonly (readonly [id: string, source: string])[];
    readonly removed: readonly string[];
  };
  readonly tenants: MapPatch<Tenant>;
  readonly discovery: MapPatch<readonly ModuleInstance[]>;
  readonly env: MapPatch<EnvEntry>;
  readonly operators: MapPatch<Operator>;
  readonly signingKeys: MapPatch<SigningKeyRow>;
  /** Users of a tenant are many, and a batch touches few. */
  readonly identityEpochs: MapPatch<Omit<IdentityEpochs, "users"> & { readonly users: MapPatch<UserEpoch> }>;
}

interface MapPatch<V> {
  readonly put: readonly (readonly [key: string, value: V])[];
  readonly removed: readonly string[];
}

/** What somebody has who has been told nothing yet. */
export const nothingYet: Snapshot = {
  revision: 0,
  history: "",
  hash: "",
  modules: indexModules([]),
  tenants: new Map(),
  discovery: new Map(),
  env: new Map(),
  operators: new Map(),
  signingKeys: new Map(),
  identityEpochs: new Map(),
};

/** What is the same object in both is the same: snapshots share what no change touched. */
export function diffSnapshots(base: Snapshot, next: Snapshot): SnapshotPatch {
  const { revision, history, hash } = next;
  return {
    position: { revision, history, hash },
    modules: diffModules(base, next),
    tenants: diffMaps(base.tenants, next.tenants),
    discovery: diffMaps(base.discovery, next.discovery),
    env: diffMaps(base.env, next.env),
    operators: diffMaps(base.operators, next.operators),
    signingKeys: diffMaps(base.signingKeys, next.signingKeys),
    identityEpochs: diffEpochs(base.identityEpochs, next.identityEpochs),
  };
}

/** @returns as the error, why `patch` was not made for `base` */
export function applyPatch(base: Snapshot, patch: SnapshotPatch): Result<Snapshot, string> {
  const patchedModules = patchModules(base.modules, patch.modules);
  if (!patchedModules.ok) return patchedModules;
  const modules = patchedModules.value;
  const tenants: (readonly [string, Tenant])[] = [];
  for (const [id, tenant] of patch.tenants.put) {
    // Also gives the ids the texts of the descriptors: a copy of each for every tenant is much.
    const enabled = inEnabledOrder(tenant.enabled, modules);
    if (!enabled.ok) return err(`tenant ${id} has ${enabled.error} enabled, which is not known`);
    tenants.push([id, { ...tenant, enabled: enabled.value }]);
  }
  return ok({
    ...patch.position,
    modules,
    tenants: patched(base.tenants, { put: tenants, removed: patch.tenants.removed }),
    discovery: patched(base.discovery, patch.discovery),
    env: patched(base.env, patch.env),
    operators: patched(base.operators, patch.operators),
    signingKeys: patched(base.signingKeys, patch.signingKeys),
    identityEpochs: patched(base.identityEpochs, {
      put: patch.identityEpochs.put.map(([tenantId, { users, ...rest }]) => {
        const before = base.identityEpochs.get(tenantId)?.users ?? new Map<string, UserEpoch>();
        return [tenantId, { ...rest, users: patched(before, users) }];
      }),
      removed: patch.identityEpochs.removed,
    }),
  });
}

/** Descriptors many at once would hold up whoever sends them and whoever reads them: the first of these patches bring
 * modules only, the last one the rest. Each may be applied by itself. */
export function* inSlices(
  base: Snapshot,
  patch: SnapshotPatch,
  modulesAtOnce: number,
): Generator<SnapshotPatch> {
  const { revision, history, hash } = base;
  const { added, removed } = patch.modules;
  let at = 0;
  for (; at + modulesAtOnce < added.length; at += modulesAtOnce) {
    const modules = { added: added.slice(at, at + modulesAtOnce), removed: [] };
    yield {
      position: { revision, history, hash },
      modules,
      tenants: NOTHING,
      discovery: NOTHING,
      env: NOTHING,
      operators: NOTHING,
      signingKeys: NOTHING,
      identityEpochs: NOTHING,
    };
  }
  yield { ...patch, modules: { added: added.slice(at), removed } };
}

function patchModules(
  base: ModuleIndex,
  { added, removed }: SnapshotPatch["modules"],
): Result<ModuleIndex, string> {
  if (added.length === 0 && removed.length === 0) return ok(base);
  const parsed: ModuleDescriptor[] = [];
  for (const [id, source] of added) {
    const module = parseStoredDescriptor(id, source);
    if (!module.ok) return module;
    parsed.push(module.value);
  }
  return ok(base.with(parsed, removed));
}

function diffModules(base: Snapshot, next: Snapshot): SnapshotPatch["modules"] {
  if (base.modules === next.modules) return { added: [], removed: [] };
  return {
    added: next.modules
      .all()
      .filter((module) => base.modules.get(module.id) !== module)
      .map(({ id, source }) => [id, source]),
    removed: base.modules
      .all()
      .filter(({ id }) => !next.modules.has(id))
      .map(({ id }) => id),
  };
}

function diffEpochs(
  base: Snapshot["identityEpochs"],
  next: Snapshot["identityEpochs"],
): SnapshotPatch["identityEpochs"] {
  const { put, removed } = diffMaps(base, next);
  return {
    put: put.map(([tenantId, { users, ...rest }]) => [
      tenantId,
      { ...rest, users: diffMaps(base.get(tenantId)?.users ?? new Map<string, UserEpoch>(), users) },
    ]),
    removed,
  };
}

function diffMaps<V>(base: ReadonlyMap<string, V>, next: ReadonlyMap<string, V>): MapPatch<V> {
  if (base === next) return NOTHING;
  return {
    put: [...next].filter(([key, value]) => base.get(key) !== value),
    removed: [...base.keys()].filter((key) => !next.has(key)),
  };
}

const NOTHING = { put: [], removed: [] };

function patched<V>(base: ReadonlyMap<string, V>, { put, removed }: MapPatch<V>): ReadonlyMap<string, V> {
  const draft = new DraftMap(base);
  for (const [key, value] of put) draft.set(key, value);
  for (const key of removed) draft.delete(key);
  return draft.finish();
}
