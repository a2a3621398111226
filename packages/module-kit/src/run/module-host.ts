import { type Databases, openDatabases } from "@octavo/database";
import { openObjectStore } from "@octavo/object-store";
import { Registry } from "prom-client";
import { gatewayCalls } from "../calls/gateway-calls.ts";
import type { ModuleDefinition } from "../definition/module.ts";
import type { RunningModule, Stop } from "../definition/part.ts";
import type { Trust } from "../http/caller.ts";
import { GatewayKeys } from "../http/gateway-keys.ts";
import { ModuleLog } from "../http/module-log.ts";
import { createModuleServer, type ModuleServer } from "../http/module-server.ts";
import { readinessFacts } from "../http/readiness.ts";
import { trustNetwork } from "../http/trust-network.ts";
import { trustToken } from "../http/trust-token.ts";
import { cacheMetrics } from "../cache/cache-metrics.ts";
import { databaseFact } from "./database-fact.ts";
import { databaseMetrics } from "./database-metrics.ts";
import type { DatabaseConfig, HostConfig } from "./host-config.ts";
import { noDatabase } from "./no-database.ts";
import { whenReady } from "./when-ready.ts";

/** Modules that one process hosts, each on a listener of its own and all on one budget of connections (DECISIONS 21). */
export interface ModuleHost {
  readonly modules: readonly HostedModule[];
  /** Not ready, then no new connections, then the loops, then the database: each request that came is answered within the grace.
   * Calling it again waits for the same end. */
  drain(): Promise<void>;
}

export interface HostedModule {
  readonly id: string;
  readonly url: string;
  readonly definition: ModuleDefinition;
  /** Resolves when nothing says any longer that it cannot serve; tells the log what does.
   * @throws the signal's reason */
  whenReady(signal: AbortSignal): Promise<void>;
}

export interface HostSurroundings {
  /** Takes whole lines of the log. */
  readonly write: (line: string) => void;
  /** Milliseconds since the epoch, by which tokens expire and deadlines come. */
  readonly wallMs?: () => number;
}

/** @throws Error where a module cannot start; what was started before is ended */
export async function startModules(
  modules: readonly ModuleDefinition[],
  config: HostConfig,
  { write, wallMs = () => performance.timeOrigin + performance.now() }: HostSurroundings,
): Promise<ModuleHost> {
  const log = ModuleLog.open("host", config.logLevel, write);
  const trust = await openTrust(config.trust, log, wallMs);
  if (config.trust.kind === "network") log.warn({ trust: trust.sentence }, "callers are believed");
  else log.info({ trust: trust.sentence }, "callers are known");
  const databases =
    config.database === null ? null : await openDatabases(databasesOptions(config.database, modules, log));
  const objects =
    config.objects === null ? null : await openObjectStore(config.objects, () => new Date(wallMs()));
  const draining = new AbortController();
  const started: Started[] = [];
  const end = async (): Promise<void> => {
    draining.abort();
    if (config.drainDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, config.drainDelayMs));
    await Promise.all(started.map(({ server }) => server.drain(config.drainGraceMs)));
    await Promise.all(started.flatMap(({ stops }) => stops.map((stop) => stop())));
    await databases?.close();
    objects?.close();
  };
  try {
    for (const [at, module] of modules.entries()) {
      const moduleLog = ModuleLog.open(module.id, config.logLevel, write);
      const running = runningModule(module, {
        databases,
        objects,
        gatewayUrl: config.gatewayUrl,
        kafka: config.kafka,
        retention: config.retention,
        log: moduleLog,
        draining: draining.signal,
      });
      const port = config.port === 0 ? 0 : config.port + at;
      await start(module, { config, running, trust, log: moduleLog, port, started, wallMs });
    }
  } catch (error) {
    await end();
    throw error;
  }
  let ended: Promise<void> | null = null;
  return { modules: started.map(({ hosted }) => hosted), drain: () => (ended ??= end()) };
}

interface Started {
  readonly hosted: HostedModule;
  readonly server: ModuleServer;
  readonly stops: Stop[];
}

interface StartInput {
  readonly config: HostConfig;
  readonly running: RunningModule;
  readonly trust: Trust;
  readonly log: ModuleLog;
  readonly port: number;
  readonly started: Started[];
  readonly wallMs: () => number;
}

/** Listens first: a part that tells others of the module can be asked at once. */
async function start(module: ModuleDefinition, input: StartInput): Promise<void> {
  const { config, running, trust, log, port, started, wallMs } = input;
  const server = createModuleServer({
    module,
    running,
    trust,
    log,
    callsOf: (context) => gatewayCalls(context, config.gatewayUrl),
    requestTimeoutMs: config.requestTimeoutMs,
    wallMs,
    checksAnswers: config.checksAnswers,
  });
  const listening = await server.listen(config.host, port);
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  const url = `http://${host}:${listening}`;
  const stops: Stop[] = [];
  const hosted: HostedModule = {
    id: module.id,
    url,
    definition: module,
    whenReady: (signal) =>
      whenReady(
        () => readinessFacts(module, running, trust),
        signal,
        (missing) => log.warn({ missing }, "module is not ready yet"),
      ),
  };
  started.push({ hosted, server, stops });
  for (const part of module.parts) {
    if (part.start !== undefined) stops.push(await part.start(running));
  }
  log.info({ url, title: module.title }, "module listens");
}

interface Surroundings extends Pick<RunningModule, "objects" | "gatewayUrl" | "kafka" | "retention"> {
  readonly databases: Databases | null;
  readonly log: ModuleLog;
  readonly draining: AbortSignal;
}

function runningModule(
  module: ModuleDefinition,
  { databases, objects, gatewayUrl, kafka, retention, log, draining }: Surroundings,
): RunningModule {
  const metrics = new Registry();
  if (databases !== null) databaseMetrics(metrics, databases);
  cacheMetrics(metrics);
  return {
    definition: module,
    database: databases?.of(module.name) ?? noDatabase(module.id),
    provisioner: databases?.provisioner ?? null,
    placeOf: async (tenantId) => {
      if (databases === null) throw new Error(`${module.id} has no database: OCTAVO_DB_URL is not set`);
      return databases.place(tenantId, module.name);
    },
    homePlace: databases?.home(module.name) ?? null,
    objects,
    gatewayUrl,
    kafka,
    retention,
    log,
    facts: () => (databases === null ? [] : [databaseFact(databases)]),
    metrics,
    draining,
  };
}

function databasesOptions(config: DatabaseConfig, modules: readonly ModuleDefinition[], log: ModuleLog) {
  const { url, adminUrl, budget, reserves, preparesStatements, placement } = config;
  const isolated = modules.filter(({ isolation }) => isolation === "database").map(({ name }) => name);
  return {
    clusters: { ...placement?.clusters, main: { url, adminUrl } },
    budget,
    reserves,
    preparesStatements,
    processName: modules.map(({ id }) => id).join(" "),
    isolatedModules: new Set(isolated),
    onWarning: (warning: string) =>
      log.warn({ warning }, "tenants are less well separated than they could be"),
    ...(placement !== null && { placement: placement.placement }),
  };
}

async function openTrust(trust: HostConfig["trust"], log: ModuleLog, wallMs: () => number): Promise<Trust> {
  if (trust.kind === "network") return trustNetwork;
  const keys = new GatewayKeys({ place: trust.keys, log });
  await keys.refresh();
  return trustToken(keys, wallMs);
}
