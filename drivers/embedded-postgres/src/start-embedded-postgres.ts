import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { err, ok, type Result } from "@octavo/result";
import { ensureCluster, type Cluster } from "./cluster.ts";
import { fileSystemError, postgresError, type EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { freePort } from "./free-port.ts";
import { greetServer } from "./greet-server.ts";
import { findPlatformPackage } from "./platform-package.ts";
import { isPostmasterOf, readPostmasterPid, removeStalePostmasterPid } from "./postmaster-pid.ts";
import { isProcessAlive } from "./process-identity.ts";
import { runnableBinaries, type Binaries } from "./runnable-binaries.ts";
import { findServerHome, type ServerHome } from "./server-home.ts";
import { startServer } from "./server-process.ts";
import { joinUsers } from "./server-users.ts";
import { removeShortSocketFolder, socketFolder } from "./socket-folder.ts";
import { stopServer } from "./stop-server.ts";

export interface EmbeddedPostgresOptions {
  /** The server's own folder; made where it is missing. */
  readonly dataDir: string;
  readonly maxConnections: number;
  /** Called with one line of plain text per step that takes time. */
  readonly onProgress?: (line: string) => void;
  /** More of PostgreSQL's settings (tests: `{ fsync: "off" }`). */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** `postgres://user:password@127.0.0.1:port/postgres`; the user may do everything in this cluster. */
  readonly url: string;
  readonly port: number;
  /** "18.4" */
  readonly version: string;
  /** The server's process. */
  readonly pid: number;
  /** True where a running server was found. It keeps the settings that it was started with. */
  readonly isAdopted: boolean;
  /** Stops the server, unless another live process uses it too: then the last of them does. Fast shutdown, after 20 s
   * immediate. Safe to call twice. */
  stop(): Promise<void>;
}

/** A start may have to wait for the recovery after a crash. */
const START_MS = 120_000;
const PORT_ATTEMPTS = 5;

/** Starts PostgreSQL from packaged binaries on the data of `dataDir`, or adopts the server that already runs on it.
 *
 * A server whose starter was killed goes on running: the next start on this folder adopts it, says so, and its `stop`
 * ends it. There is never a second server on one folder; PostgreSQL's own lock decides between two starts at once, and
 * the loser adopts the winner's. For trials; production sets DATABASE_URL.
 * @see docs/decisions/0011-embedded-postgresql.md */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<Result<EmbeddedPostgres, EmbeddedPostgresError>> {
  const onProgress = options.onProgress ?? (() => {});
  const found = findPlatformPackage();
  if (!found.ok) return found;
  const home = findServerHome(options.dataDir);
  if (!home.ok) return home;
  const binaries = await runnableBinaries(found.value, home.value);
  if (!binaries.ok) return binaries;
  const cluster = await ensureCluster(home.value, binaries.value, onProgress);
  if (!cluster.ok) return cluster;
  try {
    // Joined before looking, so that whoever stops the server now sees that we want it.
    const users = joinUsers(home.value.dir);
    const server = await startOrAdopt(home.value, cluster.value, binaries.value, { ...options, onProgress });
    if (!server.ok) {
      users.leave();
      return server;
    }
    const { user, password, database } = cluster.value.account;
    const { socket, ...rest } = server.value;
    let stopping: Promise<void> | null = null;
    const stop = async (): Promise<void> => {
      if (!users.leave().isLast) return;
      await stopServer(cluster.value, rest.pid, binaries.value);
      removeShortSocketFolder(cluster.value, socket);
    };
    return ok({
      ...rest,
      url: `postgres://${user}:${password}@127.0.0.1:${rest.port}/${database}`,
      stop: () => (stopping ??= stop()),
    });
  } catch (cause) {
    return err(fileSystemError(cause, "starting PostgreSQL in", home.value.dir));
  }
}

interface RunningServer {
  readonly pid: number;
  readonly port: number;
  readonly version: string;
  readonly isAdopted: boolean;
  readonly socket: string | null;
}

async function startOrAdopt(
  home: ServerHome,
  cluster: Cluster,
  binaries: Binaries,
  {
    maxConnections,
    settings = {},
    onProgress,
  }: EmbeddedPostgresOptions & { onProgress: (line: string) => void },
): Promise<Result<RunningServer, EmbeddedPostgresError>> {
  const deadlineMs = performance.now() + START_MS;
  const portFile = join(home.dir, "port");
  let lastPort = recordedPort(portFile);
  let portAttempts = 0;
  while (performance.now() < deadlineMs) {
    const claim = readPostmasterPid(cluster.data);
    if (claim !== null && isPostmasterOf(cluster.data, claim.pid)) {
      const adopted = await tryAdopt(cluster, claim.pid, claim.port);
      if (adopted === null) {
        await delay(50);
        continue;
      }
      if (adopted.ok)
        onProgress(`PostgreSQL is already running on this data (process ${claim.pid}), adopting it`);
      return adopted.ok ? ok({ ...adopted.value, socket: socketFolder(cluster, home.runAs) }) : adopted;
    }
    if (claim !== null && isProcessAlive(claim.pid)) removeStalePostmasterPid(cluster.data);
    const port = await freePort(lastPort);
    const socket = socketFolder(cluster, home.runAs);
    const server = { port, socketFolder: socket, maxConnections, more: settings };
    const outcome = await startServer(home, cluster, binaries, server, deadlineMs);
    switch (outcome.kind) {
      case "ready":
        writeFileSync(portFile, `${port}\n`);
        return ok({ pid: outcome.pid, port, version: outcome.version, isAdopted: false, socket });
      case "data-in-use":
        await delay(50);
        break;
      case "port-taken":
        lastPort = null;
        portAttempts += 1;
        if (portAttempts === PORT_ATTEMPTS) return err(postgresError("no-free-port", noFreePort(port)));
        break;
      case "failed":
        return err(startFailed(home, outcome.log));
    }
  }
  return err(startFailed(home, `not ready in ${START_MS / 1000} s`));
}

/** Null while the server is there but takes nobody yet, or is just going. */
async function tryAdopt(
  cluster: Cluster,
  pid: number,
  port: number,
): Promise<Result<Omit<RunningServer, "socket">, EmbeddedPostgresError> | null> {
  const greeting = await greetServer(port, cluster.account);
  if (greeting.kind === "ours") return ok({ pid, port, version: greeting.version, isAdopted: true });
  if (greeting.kind !== "refused") return null;
  return err(
    postgresError(
      "not-ours",
      `adopting the PostgreSQL of ${cluster.dir} (process ${pid}, port ${port}): it does not take the password kept ` +
        `there: ${greeting.reason}. Stop that process and start again.`,
    ),
  );
}

function recordedPort(portFile: string): number | null {
  try {
    const port = Number(readFileSync(portFile, "utf8"));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
  } catch {
    return null; // the first start
  }
}

function noFreePort(last: number): string {
  return `starting PostgreSQL: ${PORT_ATTEMPTS} ports of 127.0.0.1 were taken while it started, the last one ${last}. Start again.`;
}

function startFailed(home: ServerHome, log: string): EmbeddedPostgresError {
  const kind = log.includes("No space left on device") ? "disk-full" : "start-failed";
  const message = `starting PostgreSQL in ${home.dir}: ${log}. The whole log is ${join(home.dir, "postgres.log")}.`;
  return postgresError(kind, message);
}
