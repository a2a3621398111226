import type { ModuleDescriptor } from "@octavo/descriptor";
import type { PoolClient } from "pg";
import type { Change } from "./change.ts";
import { digestOf } from "./descriptor-digest.ts";
import { writeIdentityEpochs, writeSigningKeys } from "./write-identity-rows.ts";
import type { ModuleInstance, Snapshot } from "./snapshot.ts";

/** Makes the rows of what the changes touched what they are in `after`. Each table in the same order in every writer, and
 * ids in order: two writers then wait for each other at the first common row instead of in a circle. */
export async function writeRows(
  client: PoolClient,
  before: Snapshot,
  after: Snapshot,
  changes: readonly Change[],
  storedName: (moduleId: string) => string,
): Promise<void> {
  const touched = touchedBy(changes);
  await writeModules(client, before, after, touched.modules);
  await writeTenants(client, before, after, touched.tenants, storedName);
  await writeInstances(client, before, after, touched.discovery);
  await writeEnv(client, before, after, touched.env);
  await writeOperators(client, before, after, touched.operators);
  await writeSigningKeys(client, before, after, touched.signingKeys);
  await writeIdentityEpochs(client, before, after, touched.identityEpochs);
}

interface Touched {
  readonly modules: readonly string[];
  readonly tenants: readonly string[];
  /** Module ids whose instances changed. */
  readonly discovery: readonly string[];
  readonly env: readonly string[];
  readonly operators: readonly string[];
  readonly signingKeys: readonly string[];
  /** Tenant ids. */
  readonly identityEpochs: readonly string[];
}

function touchedBy(changes: readonly Change[]): Touched {
  const sets = {
    modules: new Set<string>(),
    tenants: new Set<string>(),
    discovery: new Set<string>(),
    env: new Set<string>(),
    operators: new Set<string>(),
    signingKeys: new Set<string>(),
    identityEpochs: new Set<string>(),
  };
  for (const change of changes) {
    switch (change.kind) {
      case "module.added":
        sets.modules.add(change.module.id);
        break;
      case "module.removed":
        sets.modules.add(change.moduleId);
        break;
      case "tenant.put":
        sets.tenants.add(change.tenant.id);
        break;
      case "tenant.removed":
        sets.tenants.add(change.tenantId);
        sets.identityEpochs.add(change.tenantId);
        break;
      case "tenant.modules":
        sets.tenants.add(change.tenantId);
        break;
      case "instance.registered":
        sets.discovery.add(change.instance.moduleId);
        break;
      case "instance.deregistered":
        sets.discovery.add(change.moduleId);
        break;
      case "env.put":
        sets.env.add(change.entry.name);
        break;
      case "env.removed":
        sets.env.add(change.name);
        break;
      case "operator.put":
        sets.operators.add(change.operator.id);
        break;
      case "operator.removed":
        sets.operators.add(change.operatorId);
        break;
      case "signing-key.put":
        sets.signingKeys.add(change.key.kid);
        break;
      case "signing-key.removed":
        sets.signingKeys.add(change.kid);
        break;
      case "identity.changed":
        sets.identityEpochs.add(change.tenantId);
        break;
    }
  }
  return {
    modules: [...sets.modules].sort(),
    tenants: [...sets.tenants].sort(),
    discovery: [...sets.discovery].sort(),
    env: [...sets.env].sort(),
    operators: [...sets.operators].sort(),
    signingKeys: [...sets.signingKeys].sort(),
    identityEpochs: [...sets.identityEpochs].sort(),
  };
}

/** One statement carries so many descriptors: a large import stays under the time that a statement has. */
const modulesAtOnce = 200;

async function writeModules(
  client: PoolClient,
  before: Snapshot,
  after: Snapshot,
  ids: readonly string[],
): Promise<void> {
  const changed = ids.filter((id) => before.modules.get(id) !== after.modules.get(id));
  const gone = changed.filter((id) => before.modules.has(id));
  if (gone.length > 0) await client.query("delete from octavo.module where id = any($1)", [gone]);
  const added = changed.map((id) => after.modules.get(id)).filter(isPresent);
  for (let at = 0; at < added.length; at += modulesAtOnce) {
    const some = added.slice(at, at + modulesAtOnce);
    await client.query(
      `insert into octavo.module (id, product, descriptor, digest, revision)
       select *, $5 from unnest($1::text[], $2::text[], $3::text[], $4::text[])`,
      [
        some.map(idOf),
        some.map(({ product }) => product),
        some.map(({ source }) => source),
        some.map(digestOf),
        after.revision,
      ],
    );
  }
}

async function writeTenants(
  client: PoolClient,
  before: Snapshot,
  after: Snapshot,
  ids: readonly string[],
  storedName: (moduleId: string) => string,
): Promise<void> {
  for (const id of ids) {
    const old = before.tenants.get(id);
    const tenant = after.tenants.get(id);
    if (tenant === undefined) {
      await client.query("delete from octavo.tenant where id = $1", [id]);
      continue;
    }
    if (old === undefined || old.name !== tenant.name || old.description !== tenant.description) {
      await client.query(
        `insert into octavo.tenant (id, name, description, revision) values ($1, $2, $3, $4)
         on conflict (id) do update set name = $2, description = $3, revision = $4`,
        [id, tenant.name, tenant.description, after.revision],
      );
    }
    const was = new Set(old?.enabled);
    const is = new Set(tenant.enabled);
    const disabled = [...was].filter((moduleId) => !is.has(moduleId)).map(storedName);
    const enabled = [...is].filter((moduleId) => !was.has(moduleId)).map(storedName);
    if (disabled.length > 0) {
      await client.query("delete from octavo.tenant_module where tenant_id = $1 and module = any($2)", [
        id,
        disabled,
      ]);
    }
    if (enabled.length > 0) {
      await client.query(
        "insert into octavo.tenant_module (tenant_id, module, revision) select $1, unnest($2::text[]), $3",
        [id, enabled, after.revision],
      );
    }
  }
}

async function writeInstances(
  client: PoolClient,
  before: Snapshot,
  after: Snapshot,
  moduleIds: readonly string[],
): Promise<void> {
  for (const moduleId of moduleIds) {
    const was = new Map(instancesOf(before, moduleId));
    const is = new Map(instancesOf(after, moduleId));
    const gone = [...was].filter(([id, instance]) => is.get(id) !== instance).map(([id]) => id);
    if (gone.length > 0) {
      await client.query(
        "delete from octavo.module_instance where module_id = $1 and instance_id = any($2)",
        [moduleId, gone],
      );
    }
    for (const [id, instance] of is) {
      if (was.get(id) === instance) continue;
      await client.query(
        `insert into octavo.module_instance (module_id, instance_id, url, node_id, descriptor, revision)
         values ($1, $2, $3, $4, $5, $6)`,
        [moduleId, id, instance.url, instance.nodeId, instance.descriptor, after.revision],
      );
    }
  }
}

async function writeEnv(
  client: PoolClient,
  before: Snapshot,
  after: Snapshot,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const entry = after.env.get(name);
    if (entry === undefined) await client.query("delete from octavo.env where name = $1", [name]);
    else if (entry !== before.env.get(name)) {
      await client.query(
        `insert into octavo.env (name, value, description, required, revision) values ($1, $2, $3, $4, $5)
         on conflict (name) do update set value = $2, description = $3, required = $4, revision = $5`,
        [name, entry.value, entry.description, entry.required, after.revision],
      );
    }
  }
}

async function writeOperators(
  client: PoolClient,
  before: Snapshot,
  after: Snapshot,
  ids: readonly string[],
): Promise<void> {
  for (const id of ids) {
    const operator = after.operators.get(id);
    if (operator === undefined) await client.query("delete from octavo.operator where id = $1", [id]);
    else if (operator !== before.operators.get(id)) {
      await client.query(
        `insert into octavo.operator (id, name, roles, token_hash, created_at, revision) values ($1, $2, $3, $4, $5, $6)
         on conflict (id) do update set name = $2, roles = $3, token_hash = $4, created_at = $5, revision = $6`,
        [id, operator.name, operator.roles, operator.tokenHash, operator.createdAt, after.revision],
      );
    }
  }
}

function instancesOf(snapshot: Snapshot, moduleId: string): readonly (readonly [string, ModuleInstance])[] {
  return (snapshot.discovery.get(moduleId) ?? []).map((instance) => [instance.instanceId, instance]);
}

function idOf(module: ModuleDescriptor): string {
  return module.id;
}

function isPresent(module: ModuleDescriptor | undefined): module is ModuleDescriptor {
  return module !== undefined;
}
