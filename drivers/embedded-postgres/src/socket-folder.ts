import { createHash } from "node:crypto";
import { chownSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "./embedded-postgres-error.ts";
import type { Cluster } from "./cluster.ts";
import type { RunAs } from "./server-user.ts";

/** A socket's path has room for 107 bytes on Linux and 103 on macOS (sun_path without its end mark). */
const MAX_SOCKET_PATH_BYTES = 103;

/** The folder of the server's socket, private to its user: beside the data, or, where that path is too long, one with a
 * short name below /tmp. Null (no socket at all) where somebody else holds that name; clients use the port anyway. */
export function socketFolder(cluster: Cluster, runAs: RunAs): string | null {
  if (process.platform === "win32") return null;
  if (Buffer.byteLength(join(cluster.run, ".s.PGSQL.65535")) <= MAX_SOCKET_PATH_BYTES) return cluster.run;
  const folder = shortFolder(cluster);
  try {
    mkdirSync(folder, { mode: 0o700 });
    if (runAs !== null) chownSync(folder, runAs.uid, runAs.gid);
    return folder;
  } catch (cause) {
    if (errorCode(cause) !== "EEXIST") return null;
  }
  const found = lstatSync(folder);
  const isOurs = found.uid === (runAs?.uid ?? process.getuid?.());
  return isOurs && found.isDirectory() && (found.mode & 0o777) === 0o700 ? folder : null;
}

/** Removes the folder below /tmp where there is one; the one beside the data stays. */
export function removeShortSocketFolder(cluster: Cluster, used: string | null): void {
  if (used === shortFolder(cluster)) rmSync(used, { recursive: true, force: true });
}

function shortFolder(cluster: Cluster): string {
  return `/tmp/octavo-${createHash("sha256").update(cluster.dir).digest("hex").slice(0, 16)}`;
}
