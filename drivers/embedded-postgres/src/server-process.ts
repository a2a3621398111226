import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Cluster } from "./cluster.ts";
import { greetServer } from "./greet-server.ts";
import { readPostmasterPid } from "./postmaster-pid.ts";
import type { Binaries } from "./runnable-binaries.ts";
import { serverEnvironment } from "./server-environment.ts";
import type { ServerHome } from "./server-home.ts";

export interface ServerSettings {
  readonly port: number;
  readonly socketFolder: string | null;
  readonly maxConnections: number;
  /** More of PostgreSQL's settings, by name. */
  readonly more: Readonly<Record<string, string>>;
}

export type StartOutcome =
  | { readonly kind: "ready"; readonly pid: number; readonly version: string }
  /** Another server has this data, or the last one's processes are not all gone yet. */
  | { readonly kind: "data-in-use" }
  | { readonly kind: "port-taken" }
  | { readonly kind: "failed"; readonly log: string };

const LOG_KEPT_BYTES = 1024 * 1024;

/** Starts the server and waits until it takes connections.
 *
 * It runs in a session of its own: Ctrl-C in a terminal goes to everybody in the foreground, and the server must outlive
 * those who still have to write. It also outlives us when we are killed; the next start then adopts it. */
export async function startServer(
  home: ServerHome,
  cluster: Cluster,
  binaries: Binaries,
  settings: ServerSettings,
  deadlineMs: number,
): Promise<StartOutcome> {
  const logFile = join(home.dir, "postgres.log");
  keepLogShort(logFile);
  const log = openSync(logFile, "a", 0o600);
  const logStart = statSync(logFile).size;
  const child = spawn(binaries.postgres, serverArguments(cluster, settings), {
    ...home.runAs,
    cwd: cluster.dir,
    env: serverEnvironment(),
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  let ended: string | null = null;
  child.on("error", (error) => (ended = error.message));
  child.on("exit", (code, signal) => (ended = `ended with ${signal ?? code}`));
  child.unref();
  while (performance.now() < deadlineMs) {
    if (ended !== null) return whyEnded(ended, readFileSync(logFile).subarray(logStart).toString("utf8"));
    const claim = readPostmasterPid(cluster.data);
    if (claim !== null && claim.pid === child.pid && claim.isReady) {
      const greeting = await greetServer(settings.port, cluster.account);
      if (greeting.kind === "ours") return { kind: "ready", pid: claim.pid, version: greeting.version };
      if (greeting.kind === "refused") return { kind: "failed", log: greeting.reason };
    }
    await delay(10);
  }
  return { kind: "failed", log: "not ready in time" };
}

function serverArguments(
  cluster: Cluster,
  { port, socketFolder, maxConnections, more }: ServerSettings,
): string[] {
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: socketFolder === null ? "" : `"${socketFolder.replaceAll('"', '""')}"`,
    max_connections: String(maxConnections),
    ...smallFootprint,
    ...more,
  };
  return [
    "-D",
    cluster.data,
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}

/** For a trial on a laptop; safety settings (fsync, full page writes, checksums) stay as PostgreSQL has them. */
const smallFootprint = {
  shared_buffers: "64MB",
  max_wal_size: "256MB",
  max_wal_senders: "0",
  max_worker_processes: "4",
  max_logical_replication_workers: "0", // nor its launcher process
  io_method: "sync", // no extra processes for reading
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
} as const;

function whyEnded(how: string, log: string): StartOutcome {
  if (/lock file "[^"]*postmaster\.pid" already exists|pre-existing shared memory block/.test(log)) {
    return { kind: "data-in-use" };
  }
  if (/could not bind IPv4 address|could not create any TCP\/IP sockets/.test(log))
    return { kind: "port-taken" };
  return { kind: "failed", log: `${log.trim().split("\n").slice(-5).join("\n")}\n(${how})` };
}

function keepLogShort(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_KEPT_BYTES) renameSync(logFile, `${logFile}.1`);
}
