import type { Answer, ModuleDescriptor, ModuleSummary, RoutingEntry } from "@octavo/client";
import { ok, type Result } from "@octavo/result";
import { accept, type Connection } from "../connection.ts";
import type { Failure } from "../exit-codes.ts";
import { isGateway, type PlatformPicture, type TenantPicture } from "./platform-picture.ts";

/** Asks a gateway for all that it knows, changing nothing. */
export async function readPlatform(connection: Connection): Promise<Result<PlatformPicture, Failure>> {
  const { client } = connection;
  const version = accept(await client.version.get(), connection);
  if (!version.ok) return version;
  const modules = idsOf(await client.modules.list(), connection);
  if (!modules.ok) return modules;
  const tenants = await readTenants(connection);
  if (!tenants.ok) return tenants;
  const instances = accept(await client.discovery.modules.list(), connection);
  if (!instances.ok) return instances;
  const env = accept(await client.env.list(), connection);
  if (!env.ok) return env;
  return ok({
    version: version.value.text,
    modules: new Set(modules.value),
    tenants: tenants.value,
    instances: new Map(instances.value.value.map((instance) => [instance.instId ?? "", instance])),
    env: new Map(env.value.value.map((entry) => [entry.name ?? "", entry])),
  });
}

async function readTenants(
  connection: Connection,
): Promise<Result<ReadonlyMap<string, TenantPicture>, Failure>> {
  const { client } = connection;
  const listed = accept(await client.tenants.list(), connection);
  if (!listed.ok) return listed;
  const tenants = new Map<string, TenantPicture>();
  for (const tenant of listed.value.value) {
    const tenantId = tenant.id ?? "";
    const enabled = idsOf(await client.tenants.modules.list({ tenantId }), connection);
    if (!enabled.ok) return enabled;
    const timers = await readTimers(tenantId, connection);
    if (!timers.ok) return timers;
    tenants.set(tenantId, { tenant, enabled: enabled.value, timers: timers.value });
  }
  return ok(tenants);
}

async function readTimers(
  tenantId: string,
  connection: Connection,
): Promise<Result<ReadonlyMap<string, RoutingEntry>, Failure>> {
  const answer = await connection.client.tenants.timers.list({ tenantId });
  // An Okapi of before version 4.6 has no such list, and nobody could change a timer there.
  if (!answer.ok && answer.status === 404) return ok(new Map());
  const listed = accept(answer, connection);
  if (!listed.ok) return listed;
  const changed = listed.value.value.filter(({ modified }) => modified === true);
  return ok(new Map(changed.map(({ id, routingEntry = {} }) => [id, routingEntry])));
}

/** In the order of the answer, without the gateway's own module. */
function idsOf(
  answer: Answer<readonly ModuleSummary[] | readonly ModuleDescriptor[] | string>,
  connection: Connection,
): Result<readonly string[], Failure> {
  const listed = accept(answer, connection);
  if (!listed.ok) return listed;
  const { value } = listed.value;
  return ok(typeof value === "string" ? [] : value.map(({ id }) => id).filter((id) => !isGateway(id)));
}
