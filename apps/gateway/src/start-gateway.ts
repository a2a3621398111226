import { randomUUID } from "node:crypto";
import { type FirstOperator, type IdentityRows, identityRowsIn, keptIdentityRows } from "@octavo/identity";
import { ApplyGuard, type Registry, type RegistryEvent } from "@octavo/registry";
import { ok, type Result } from "@octavo/result";
import type { GatewayConfig } from "./config.ts";
import { prepareDataFolder } from "./data-folder.ts";
import { openFrontDoor } from "./front-door.ts";
import { type Database, startDatabase } from "./gateway-database.ts";
import { freePort } from "./free-port.ts";
import { instanceUrl } from "./instance-url.ts";
import { internalModule } from "./internal-module.ts";
import { keepState } from "./keep-state.ts";
import { startTimers } from "./lifecycle/start-timers.ts";
import type { Log } from "./log.ts";
import { GatewayMetrics } from "./metrics/gateway-metrics.ts";
import { keptFilesOf, openState, type OpenState } from "./open-state.ts";
import { logRegistryEvents } from "./registry-log.ts";
import { type Prepared, startServing } from "./start-serving.ts";
import { version } from "./version.ts";
import { WorkerPool } from "./workers/worker-pool.ts";
import { openWorkersDoor } from "./workers/workers-door.ts";

export interface RunningGateway {
  /** Where this machine reaches it, without a slash at the end. */
  readonly url: string;
  /** Who can sign in, and where the token is; null in open mode, where nobody needs one. */
  readonly firstOperator: FirstOperator | null;
  /** A superuser's URL of the embedded database; null where the configuration names another. */
  readonly embeddedDatabaseUrl: string | null;
  /** The file that holds an operator's token; null where there is none. */
  readonly operatorTokenFile: string | null;
  /** Readiness 503, drain delay, no new connections, what is in flight within its grace, registry, database.
   * @param hurry cuts every waiting short
   * @returns how many requests were cut */
  close(hurry?: AbortSignal): Promise<number>;
  /** Replaces the processes that serve connections, one after the other; null where this one does. */
  readonly replaceWorkers: (() => Promise<void>) | null;
}

export interface GatewaySurroundings {
  readonly log: Log;
  /** Where each request is told of; left out or null: nowhere. */
  readonly accessLog?: Log | null;
  /** Called by `close` when nothing is in flight any more and before the database stops: what uses it beside the gateway ends here. */
  readonly onDrained?: () => Promise<void>;
  /** One line of plain text per step that takes time. */
  readonly onProgress?: (line: string) => void;
  /** Somebody wants it to stop while it is starting. */
  readonly isGivenUp?: AbortSignal;
}

/** Starts one gateway instance: database, state, what answers, and only then the listener. What was started is stopped
 * again where a later step fails.
 * @returns in the error: what was tried, why it did not work and what to do */
export async function startGateway(
  config: GatewayConfig,
  surroundings: GatewaySurroundings,
): Promise<Result<RunningGateway, string>> {
  const octavoKey = prepareDataFolder(config);
  if (!octavoKey.ok) return octavoKey;
  const database = await startDatabase(
    config,
    surroundings.log,
    surroundings.onProgress ?? (() => undefined),
  );
  if (!database.ok) return database;
  const gateway = await startOnDatabase(config, octavoKey.value, surroundings, database.value);
  if (!gateway.ok) await database.value.stop();
  return gateway;
}

async function startOnDatabase(
  config: GatewayConfig,
  octavoKey: Uint8Array,
  { log, accessLog = null, onDrained, isGivenUp = new AbortController().signal }: GatewaySurroundings,
  database: Database,
): Promise<Result<RunningGateway, string>> {
  const port = config.port === 0 ? await freePort(config.host) : config.port;
  const instance = {
    id: randomUUID(),
    name: config.nodeName,
    url: config.url ?? instanceUrl(config.host, port),
    version,
  };
  const { workers: wanted, drainGraceMs: graceMs } = config;
  const workers = wanted === 1 ? null : new WorkerPool({ wanted, graceMs, log });
  const metrics = new GatewayMetrics(config.metrics);
  const logEvent = logRegistryEvents(log);
  const note = (event: RegistryEvent): void => {
    metrics.registry.note(event);
    logEvent(event);
  };
  const files = keptFilesOf(config, octavoKey);
  const guard = files === null ? null : new ApplyGuard(config.dataDir, version);
  const state = await openState(
    {
      connectionString: database.url,
      instance,
      internalModule: internalModule(),
      log: note,
      guard,
      logLimits: config.logLimits,
      ...(workers !== null && { followers: workers }),
    },
    { config, files, log, isGivenUp, machineNow: () => new Date().getTime() },
  );
  if (!state.ok) {
    guard?.end();
    return state;
  }
  if (workers !== null) metrics.join(() => workers.scrape());
  const { registry, kept } = state.value;
  const rows = rowsOf(state.value);
  const prepared = { config, octavoKey, log, instance, metrics, accessLog, workers, rows, kept };
  const ending = async (): Promise<void> => {
    await onDrained?.();
    await registry.close();
    await database.stop();
  };
  const gateway = await startOnRegistry(prepared, port, registry, ending);
  guard?.end(); // what it has loaded serves, or something else is wrong
  if (!gateway.ok) {
    await registry.close();
    return gateway;
  }
  const keeper = files === null ? null : keepState(prepared, registry, files, note);
  return ok({
    ...gateway.value,
    embeddedDatabaseUrl: config.databaseUrl === null ? database.url : null,
    close: async (hurry) => {
      const [cut] = await Promise.all([gateway.value.close(hurry), keeper?.close()]);
      return cut;
    },
  });
}

function rowsOf({ registry, kept }: OpenState): IdentityRows {
  const rows = identityRowsIn(registry);
  return kept === null ? rows : keptIdentityRows(rows, kept);
}

async function startOnRegistry(
  prepared: Prepared & { readonly workers: WorkerPool | null },
  port: number,
  registry: Registry,
  ending: () => Promise<void>,
): Promise<Result<Omit<RunningGateway, "embeddedDatabaseUrl">, string>> {
  const { config, log, instance, workers, metrics } = prepared;
  const serving = await startServing(prepared, registry);
  if (!serving.ok) return serving;
  const { serve, firstOperator, callSystemInterface } = serving.value;
  const door =
    workers === null
      ? await openFrontDoor(config, port, serve, prepared)
      : await openWorkersDoor(prepared, port, serve, registry, workers);
  if (!door.ok) {
    await serving.value.close();
    return door;
  }
  const instanceId = instance.id;
  const withinMs = config.timerTimeoutMs;
  // Modules that a timer calls call back: only once there is a door.
  const timers = startTimers({ registry, instanceId, callSystemInterface, withinMs, log, metrics });
  log.info({ host: config.host, port, managementAuth: config.managementAuth, instanceId }, "gateway listens");
  return ok({
    url: instanceUrl(config.host, port),
    firstOperator,
    operatorTokenFile: firstOperator?.kind === "in-file" ? firstOperator.path : null,
    close: async (hurry = new AbortController().signal) => {
      serving.value.startDraining();
      const [cut] = await Promise.all([door.value.close(hurry), timers.close(config.drainGraceMs, hurry)]);
      await serving.value.close();
      await ending();
      return cut;
    },
    replaceWorkers: workers === null ? null : () => workers.replaceAll(),
  });
}
