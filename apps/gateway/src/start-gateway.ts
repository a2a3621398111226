import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseModuleDescriptor } from "@octavo/descriptor";
import { defaultLimits, type Listener, type ListenFailure, listenOnNode } from "@octavo/http-wire";
import { ensureFirstOperator, type FirstOperator, readOrMakeKey } from "@octavo/identity";
import { parseJson } from "@octavo/json";
import { internalModuleDescriptor, okapiVersion } from "@octavo/management-api";
import type { Registry } from "@octavo/registry";
import { assert, err, ok, type Result } from "@octavo/result";
import type { GatewayConfig } from "./config.ts";
import { type Database, openState, startDatabase } from "./gateway-database.ts";
import { freePort } from "./free-port.ts";
import { instanceUrl } from "./instance-url.ts";
import type { Log } from "./log.ts";
import { LoopLag } from "./loop-lag.ts";
import { handlers } from "./management/handlers.ts";
import { instanceHandlers } from "./management/instance-handlers.ts";
import type { Platform } from "./management/platform.ts";
import { prepareAuthority } from "./proxy/authority-start.ts";
import { startDataPlane } from "./proxy/start-data-plane.ts";
import { readinessOf } from "./readiness.ts";
import { logRegistryEvents } from "./registry-log.ts";
import { createServe } from "./serve.ts";

export interface RunningGateway {
  /** Where this machine reaches it, without a slash at the end. */
  readonly url: string;
  /** Who can sign in, and where the token is; null in open mode, where nobody needs one. */
  readonly firstOperator: FirstOperator | null;
  /** The file that holds an operator's token; null where there is none. */
  readonly operatorTokenFile: string | null;
  /** Readiness 503, drain delay, no new connections, what is in flight within its grace, registry, database.
   * @param hurry cuts every waiting short
   * @returns how many requests were cut */
  close(hurry?: AbortSignal): Promise<number>;
}

export interface GatewaySurroundings {
  readonly log: Log;
  /** One line of plain text per step that takes time. */
  readonly onProgress?: (line: string) => void;
  /** Somebody wants it to stop while it is starting. */
  readonly isGivenUp?: AbortSignal;
}

/** The package's own manifest, whose shape npm has checked. */
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** Starts one gateway instance: database, state, first operator, and only then the listener. What was started is stopped
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

/** What only an embedded or open gateway keeps in its data folder: its key. */
function prepareDataFolder(config: GatewayConfig): Result<Uint8Array, string> {
  if (config.key !== null) return ok(config.key);
  try {
    mkdirSync(config.dataDir, { recursive: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return err(
      `Cannot make the data folder ${config.dataDir}: ${why}. Set OCTAVO_DATA_DIR to a folder of yours.`,
    );
  }
  return readOrMakeKey(join(config.dataDir, "key"));
}

async function startOnDatabase(
  config: GatewayConfig,
  octavoKey: Uint8Array,
  { log, isGivenUp = new AbortController().signal }: GatewaySurroundings,
  database: Database,
): Promise<Result<RunningGateway, string>> {
  const port = config.port === 0 ? await freePort(config.host) : config.port;
  const instance = {
    id: randomUUID(),
    name: config.nodeName,
    url: config.url ?? instanceUrl(config.host, port),
    version,
  };
  const registry = await openState(
    {
      connectionString: database.url,
      instance,
      internalModule: internalModule(),
      log: logRegistryEvents(log),
    },
    config.databaseWaitMs,
    log,
    isGivenUp,
  );
  if (!registry.ok) return registry;
  const gateway = await startOnRegistry({ config, octavoKey, log, port, instance }, registry.value, database);
  if (!gateway.ok) await registry.value.close();
  return gateway;
}

interface Prepared {
  readonly config: GatewayConfig;
  /** 32 bytes that wrap what is secret in the database. */
  readonly octavoKey: Uint8Array;
  readonly log: Log;
  readonly port: number;
  readonly instance: Platform["instance"];
}

async function startOnRegistry(
  { config, octavoKey, log, port, instance }: Prepared,
  registry: Registry,
  database: Database,
): Promise<Result<RunningGateway, string>> {
  const tokenFile = config.databaseUrl === null ? join(config.dataDir, "operator-token") : null;
  const first =
    config.managementAuth === "open"
      ? ok(null)
      : await ensureFirstOperator(registry, { environmentToken: config.operatorToken, tokenFile });
  if (!first.ok) return first;
  const authority = await prepareAuthority({ registry, log, instance }, octavoKey);
  if (!authority.ok) return authority;

  const vitals = { isDraining: false, lag: new LoopLag() };
  const readiness = () =>
    readinessOf(registry, { isDraining: vitals.isDraining, loopLagMs: vitals.lag.worstMs });
  const platform: Platform = {
    registry,
    config,
    log,
    clock: registry.clock,
    instance,
    versions: { okapi: okapiVersion, octavo: version },
  };
  const dataPlane = startDataPlane(platform, authority.value);
  const listening = await listenOnNode({
    host: config.host,
    port,
    limits: defaultLimits,
    serve: createServe(
      platform,
      { ...handlers, ...instanceHandlers(readiness) },
      dataPlane.serve,
      dataPlane.callerOf,
    ),
    onError: ({ kind, detail }) => {
      if (kind === "bad-head") log.debug({ because: detail }, "no HTTP request");
      else log.error({ error: detail }, "request failed below the gateway");
    },
  });
  if (!listening.ok) {
    vitals.lag.stop();
    await dataPlane.close();
    return err(cannotListen(config, port, listening.error));
  }
  const listener = listening.value;
  log.info(
    { host: config.host, port, managementAuth: config.managementAuth, instanceId: instance.id },
    "gateway listens",
  );
  return ok({
    url: instanceUrl(config.host, port),
    firstOperator: first.value,
    operatorTokenFile: first.value?.kind === "in-file" ? first.value.path : null,
    close: async (hurry = new AbortController().signal) => {
      vitals.isDraining = true;
      const cut = await drain(listener, config, hurry);
      vitals.lag.stop();
      await dataPlane.close();
      await registry.close();
      await database.stop();
      return cut;
    },
  });
}

/** Balancers learn from readiness; until they have, requests are still taken (reliability 4.2). */
async function drain(listener: Listener, config: GatewayConfig, hurry: AbortSignal): Promise<number> {
  listener.startDraining();
  await delay(config.drainDelayMs, undefined, { signal: hurry }).catch(() => undefined);
  return listener.close(config.drainGraceMs, hurry);
}

function internalModule() {
  const json = parseJson(internalModuleDescriptor());
  assert(json.ok, "the internal module's descriptor is JSON");
  const descriptor = parseModuleDescriptor(json.value);
  assert(descriptor.ok, "the internal module's descriptor is one");
  return descriptor.value;
}

function cannotListen(config: GatewayConfig, port: number, { code, message }: ListenFailure): string {
  const where = `${config.host}:${port}`;
  switch (code) {
    case "EADDRINUSE":
      return `Cannot listen on ${where}: another program does. Stop it, or set OCTAVO_PORT to a free port.`;
    case "EACCES":
      return `Cannot listen on ${where}: this user may not. Set OCTAVO_PORT to a port above 1023.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `Cannot listen on ${where}: this machine has no such address. Set OCTAVO_HOST to one that it has.`;
    default:
      return `Cannot listen on ${where}: ${message}`;
  }
}
