import { readFileSync, renameSync, linkSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { errorCode } from "./embedded-postgres-error.ts";
import { commandLine, isProcessAlive } from "./process-identity.ts";

/** What the server writes about itself into `postmaster.pid` of its data
 * (source: PostgreSQL, "Lock file" in miscadmin.h and the manual's "Database File Layout"). */
export interface PostmasterPid {
  readonly pid: number;
  readonly port: number;
  readonly isReady: boolean;
}

/** Null where no server claims this data; a file that is only just being written is null too. */
export function readPostmasterPid(clusterData: string): PostmasterPid | null {
  return parsePostmasterPid(readText(join(clusterData, "postmaster.pid")) ?? "");
}

export function parsePostmasterPid(text: string): PostmasterPid | null {
  const lines = text.split("\n").map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, port: Number(lines[3] ?? 0), isReady: lines[7] === "ready" };
}

/** Whether process `pid` is the server of this data. A process id comes round again, after a restart in a container
 * nearly always, so that it must also be PostgreSQL and name this folder on its command line. */
export function isPostmasterOf(clusterData: string, pid: number): boolean {
  if (!isProcessAlive(pid)) return false;
  const command = commandLine(pid);
  if (command === null) return process.platform === "win32";
  const [program = ""] = command.split(" -D ");
  return /^postgres(\.exe)?$/.test(basename(program)) && command.includes(` -D ${clusterData} `);
}

/** Removes the pid file that a killed server left, where its id now belongs to something else: PostgreSQL would take
 * that for itself and refuse to start. Files of dead processes it removes on its own.
 * Moved aside first and looked at again: between our look and our hand another start may have put a new one there. */
export function removeStalePostmasterPid(clusterData: string): void {
  const path = join(clusterData, "postmaster.pid");
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return;
    throw cause;
  }
  const taken = parsePostmasterPid(readText(aside) ?? "");
  if (taken !== null && isPostmasterOf(clusterData, taken.pid)) linkSync(aside, path);
  rmSync(aside);
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return null;
    throw cause;
  }
}
