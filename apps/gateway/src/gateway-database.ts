import { join } from "node:path";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@octavo/embedded-postgres";
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
