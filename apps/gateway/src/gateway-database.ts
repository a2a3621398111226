import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@octavo/embedded-postgres";
import { openRegistry, type Registry, type RegistryOptions } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import type { GatewayConfig } from "./config.ts";
import type { Log } from "./log.ts";

/** This instance has nine; a second gateway on the folder, a doctor and a person with psql want some too. */
const EMBEDDED_CONNECTIONS = 60;

export interface Database {
  readonly url: string;
  stop(): Promise<void>;
}

/** The database that is configured, else the embedded one. */
export async function startDatabase(
  config: GatewayConfig,
  log: Log,
  onProgress: (line: string) => void,
): Promise<Result<Database, string>> {
  return startStateDatabase(config, onProgress, ({ version, port, isAdopted }) =>
    log.info({ version, port, isAdopted }, "embedded PostgreSQL runs"),
  );
}

/** As a gateway finds it; one that runs already is used, and runs on. */
export async function startStateDatabase(
  { databaseUrl, dataDir }: Pick<GatewayConfig, "databaseUrl" | "dataDir">,
  onProgress: (line: string) => void,
  onEmbedded: (server: EmbeddedPostgres) => void = () => undefined,
): Promise<Result<Database, string>> {
  if (databaseUrl !== null) return ok({ url: databaseUrl, stop: () => Promise.resolve() });
  const started = await startEmbeddedPostgres({
    dataDir: join(dataDir, "postgres"),
    maxConnections: EMBEDDED_CONNECTIONS,
    onProgress,
  });
  if (!started.ok) return err(started.error.message);
  const server = started.value;
  onEmbedded(server);
  return ok({ url: server.url, stop: () => server.stop() });
}

/** Opens the state, waiting for a database that is just starting too (a compose file starts both at once).
 * @param isGivenUp ends the waiting: somebody wants this process to stop */
export async function openState(
  options: RegistryOptions,
  waitMs: number,
  log: Log,
  isGivenUp: AbortSignal,
): Promise<Result<Registry, string>> {
  const givesUpAt = performance.now() + waitMs;
  for (let pauseMs = 250; ; pauseMs = Math.min(2000, pauseMs * 2)) {
    const opened = await openRegistry(options);
    if (opened.ok) return opened;
    const { kind, message } = opened.error;
    const isWorthWaiting =
      kind === "unreachable" && performance.now() + pauseMs < givesUpAt && !isGivenUp.aborted;
    if (!isWorthWaiting) return err(message);
    log.warn({ cause: message }, "waiting for the database");
    await delay(pauseMs, undefined, { signal: isGivenUp }).catch(() => undefined);
  }
}
