import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort, isListening } from "@octavo/testing/free-port";

/** PgBouncer before a server, in transaction mode. */
export interface PgBouncer {
  /** `postgres://...` of a server, through it. */
  through(url: string): string;
  stop(): Promise<void>;
}

/** Debian's, of 1.18: it keeps no prepared statements in transaction mode. */
export const pgbouncer = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].find(
  (path) => spawnSync(path, ["--version"]).status === 0,
);

/** @param loginUrl any database of the server, with the only user who may come
 * @param connections most of them to the server, over all databases */
export async function startPgBouncer(loginUrl: string, connections: number): Promise<PgBouncer> {
  if (pgbouncer === undefined) throw new Error("PgBouncer is not installed");
  const server = new URL(loginUrl);
  const folder = mkdtempSync(join(tmpdir(), "octavo-pgbouncer-"));
  const port = await freePort();
  const config = join(folder, "pgbouncer.ini");
  const users = join(folder, "users.txt");
  const [user, password] = [decodeURIComponent(server.username), decodeURIComponent(server.password)];
  writeFileSync(users, `"${user}" "${password}"\n`);
  writeFileSync(
    config,
    [
      "[databases]",
      `* = host=${server.hostname} port=${server.port || "5432"}`,
      "[pgbouncer]",
      `listen_addr = 127.0.0.1`,
      `listen_port = ${port}`,
      "unix_socket_dir =",
      "pool_mode = transaction",
      "auth_type = plain",
      `auth_file = ${users}`,
      `max_user_connections = ${connections}`,
      `default_pool_size = ${connections}`,
      "max_client_conn = 500",
      "server_login_retry = 1",
      "ignore_startup_parameters = extra_float_digits,options,statement_timeout,lock_timeout,idle_in_transaction_session_timeout",
    ].join("\n"),
  );
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const path of [folder, config, users]) chownSync(path, 65_534, 65_534); // it refuses to be root
  chmodSync(folder, 0o700);
  const child = spawn(pgbouncer, [config], {
    stdio: ["ignore", "ignore", "pipe"],
    ...(isRoot && { uid: 65_534, gid: 65_534 }),
  });
  let log = "";
  child.stderr.on("data", (piece: Buffer) => (log += piece.toString()));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    }
    rmSync(folder, { recursive: true });
  };
  while (!(await isListening(port))) {
    if (child.exitCode !== null) {
      await stop();
      throw new Error(`PgBouncer did not start: ${log}`);
    }
    await delay(20);
  }
  const through = (url: string): string => {
    const changed = new URL(url);
    changed.hostname = "127.0.0.1";
    changed.port = String(port);
    return changed.href;
  };
  return { through, stop };
}
