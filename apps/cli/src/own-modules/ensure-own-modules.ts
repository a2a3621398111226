import { randomUUID } from "node:crypto";
import { RawJson } from "@octavo/client";
import { ok, type Result } from "@octavo/result";
import type { CommandContext } from "../command.ts";
import { accept, type Connection } from "../connection.ts";
import type { Failure } from "../exit-codes.ts";
import { completeModules } from "./complete-modules.ts";
import { productOf } from "../product-of.ts";
import { tellInstance, type ToldInstance, toldInstances } from "../told-instance.ts";
import { type ModuleHostProcess, type SaidModule, startModuleHost } from "./module-host-process.ts";
import { moduleLogins } from "./module-logins.ts";

/** Before the product: a version that comes later is the same instance at another address. */
const INSTANCE_ID = "octavo-up.";

export interface OwnModulesInput {
  /** Entry files of modules. */
  readonly files: readonly string[];
  readonly tenantId: string;
  /** A superuser's URL of the database in which they have their schemas. */
  readonly databaseUrl: string;
}

export interface RunningOwnModules {
  readonly host: ModuleHostProcess;
  /** Some were enabled for the tenant at this start. */
  readonly hasEnabled: boolean;
}

/** Runs our modules, makes them known, says where they answer, and enables for the tenant those that were not known before or are
 * enabled in another version: only the version that is here runs here. Whoever has disabled one does not want it.
 * @returns null where they do not start: that is said, and everything else stands without them */
export async function ensureOwnModules(
  { files, tenantId, databaseUrl }: OwnModulesInput,
  connection: Connection,
  context: CommandContext,
): Promise<Result<RunningOwnModules | null, Failure>> {
  const { terminal } = context;
  const told = await toldInstances(INSTANCE_ID, connection);
  if (!told.ok) return told;
  const host = await startModuleHost({
    files,
    env: hostEnvironment(context.env, connection.url, databaseUrl),
    port: lastPort(told.value),
    onEnd: (code) =>
      terminal.say(
        `octavo: our modules have ended (${code ?? "by a signal"}); the next start brings them back`,
      ),
  });
  if (host === null) {
    terminal.say("octavo: our modules do not start; everything else stands without them");
    return ok(null);
  }
  const enabled = await enableAll(host.modules, told.value, tenantId, connection, context);
  if (enabled.ok) return ok({ host, hasEnabled: enabled.value });
  await host.stop();
  return enabled;
}

/** What the caller has set for modules stays; their database and whose tokens they trust are ours to say. */
function hostEnvironment(
  env: CommandContext["env"],
  gatewayUrl: string,
  databaseUrl: string,
): Readonly<Record<string, string | undefined>> {
  const { url, adminUrl } = moduleLogins(databaseUrl);
  const ours = new Set(["OCTAVO_OPERATOR_TOKEN", "OCTAVO_KEY", "DATABASE_URL"]);
  const others = Object.fromEntries(Object.entries(env).filter(([name]) => !ours.has(name)));
  return {
    ...others,
    OCTAVO_URL: gatewayUrl,
    OCTAVO_GATEWAY_JWKS: `${gatewayUrl}/_/octavo/keys`,
    OCTAVO_DB_URL: url,
    OCTAVO_DB_ADMIN_URL: adminUrl,
    OCTAVO_LOG_LEVEL: env["OCTAVO_LOG_LEVEL"] ?? "warn",
  };
}

/** The same addresses as at the last start change nothing at the gateway.
 * @returns of the first module, null where there was none */
function lastPort(told: readonly ToldInstance[]): number | null {
  const ports = told.map(({ url }) => Number(new URL(url).port));
  return ports.length === 0 ? null : Math.min(...ports);
}

/** @returns whether there was one to enable */
async function enableAll(
  modules: readonly SaidModule[],
  told: readonly ToldInstance[],
  tenantId: string,
  connection: Connection,
  { terminal }: CommandContext,
): Promise<Result<boolean, Failure>> {
  const { client } = connection;
  const enabled = await enabledIds(tenantId, connection);
  if (!enabled.ok) return enabled;
  const added = await makeKnown(modules, connection);
  if (!added.ok) return added;
  const { complete, lacking } = completeModules(modules);
  for (const { id, interfaces } of lacking) {
    terminal.say(`octavo: ${id} runs and is not enabled: nothing here provides ${interfaces.join(", ")}`);
  }
  const wanted: string[] = [];
  for (const { id, url } of modules) {
    const product = productOf(id);
    const instance = { moduleId: id, instanceId: `${INSTANCE_ID}${product}`, url };
    const last = told.find(({ instanceId }) => instanceId === instance.instanceId);
    const tells = await tellInstance(instance, last, connection);
    if (!tells.ok) return tells;
    const isOfProduct = enabled.value.some((other) => productOf(other) === product);
    const isWanted = added.value.has(id) || isOfProduct;
    if (isWanted && !enabled.value.includes(id) && complete.some((each) => each.id === id)) wanted.push(id);
  }
  if (wanted.length === 0) return ok(false);
  terminal.say(`octavo: enabling ${wanted.join(", ")} for ${tenantId} ...`);
  const body = wanted.map((id) => ({ id, action: "enable" as const }));
  const query = { tenantParameters: "loadReference=true" };
  const installed = accept(
    await client.tenants.install.start({ tenantId, body, query, idempotencyKey: randomUUID() }),
    connection,
  );
  return installed.ok ? ok(true) : installed;
}

/** All at once, since they require each other.
 * @returns the ids of those that were not known before */
async function makeKnown(
  modules: readonly SaidModule[],
  connection: Connection,
): Promise<Result<ReadonlySet<string>, Failure>> {
  const { client } = connection;
  const unknown: SaidModule[] = [];
  for (const module of modules) {
    if (!(await client.modules.get({ moduleId: module.id })).ok) unknown.push(module);
  }
  if (unknown.length > 0) {
    const body = new RawJson(JSON.stringify(unknown.map(({ descriptor }) => descriptor)));
    const imported = accept(await client.modules.import({ body, idempotencyKey: randomUUID() }), connection);
    if (!imported.ok) return imported;
  }
  return ok(new Set(unknown.map(({ id }) => id)));
}

async function enabledIds(
  tenantId: string,
  connection: Connection,
): Promise<Result<readonly string[], Failure>> {
  const listed = accept(await connection.client.tenants.modules.list({ tenantId }), connection);
  if (!listed.ok) return listed;
  const { value } = listed.value;
  return ok(typeof value === "string" ? [] : value.flatMap(({ id }) => (id === undefined ? [] : [id])));
}
