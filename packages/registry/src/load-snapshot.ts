import type { EnvEntry, ModuleDescriptor } from "@octavo/descriptor";
import { indexModules, type ModuleIndex } from "@octavo/resolution";
import type { Result } from "@octavo/result";
import type { ClientBase } from "pg";
import type { Position } from "./apply-changes.ts";
import { assembleSnapshot, type StoredState } from "./assemble-snapshot.ts";
import { Breather } from "./breather.ts";
import { digestOf } from "./descriptor-digest.ts";
import type { OpCodec } from "./logged-change.ts";
import { readIdentityEpochs, readSigningKeys } from "./read-identity.ts";
import { readModuleKeys, readModules } from "./read-modules.ts";
import type { ModuleInstance, Operator, Snapshot } from "./snapshot.ts";

/** Reads the whole state, inside a repeatable-read transaction in which `position` was read.
 * @param known what is parsed already: an id whose digest is the same is not read again */
export async function loadSnapshot(
  client: ClientBase,
  position: Position,
  known: ModuleIndex,
  internal: ModuleDescriptor,
  codec: OpCodec,
): Promise<Result<Snapshot, string>> {
  const keys = await readModuleKeys(client);
  const kept: ModuleDescriptor[] = [];
  const missing: string[] = [];
  for (const { id, digest } of keys) {
    const module = known.get(id);
    if (module !== undefined && digestOf(module) === digest) kept.push(module);
    else missing.push(id);
  }
  const read = await readModules(client, missing);
  if (!read.ok) return read;
  const state = await readState(client, codec);
  return assembleSnapshot(state, await indexInSlices([internal, ...kept, ...read.value]), position);
}

/** Building an index of 10,000 at once took 100 to 240 ms; by 100 more each time, 17 ms at most and 600 ms in all. */
const indexedAtOnce = 100;

async function indexInSlices(modules: readonly ModuleDescriptor[]): Promise<ModuleIndex> {
  const breather = new Breather(0);
  let index = indexModules([]);
  for (let at = 0; at < modules.length; at += indexedAtOnce) {
    index = index.with(modules.slice(at, at + indexedAtOnce));
    await breather.rest();
  }
  return index;
}

async function readState(client: ClientBase, codec: OpCodec): Promise<StoredState> {
  const tenants = await client.query<StoredState["tenants"][number]>(
    "select id, name, description from octavo.tenant",
  );
  const enablements = await client.query<{ tenantId: string; module: string }>(
    'select tenant_id as "tenantId", module from octavo.tenant_module',
  );
  const instances = await client.query<ModuleInstance>(
    `select instance_id as "instanceId", module_id as "moduleId", url, node_id as "nodeId", descriptor
     from octavo.module_instance`,
  );
  const env = await client.query<EnvEntry>("select name, value, description, required from octavo.env");
  const operators = await client.query<Operator>(
    `select id, name, roles, token_hash as "tokenHash", created_at as "createdAt" from octavo.operator`,
  );
  return {
    tenants: tenants.rows,
    enablements: enablements.rows.map(({ tenantId, module }) => ({
      tenantId,
      moduleId: codec.known(module),
    })),
    instances: instances.rows,
    env: env.rows,
    operators: operators.rows,
    signingKeys: await readSigningKeys(client),
    identityEpochs: await readIdentityEpochs(client),
  };
}
