import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** Who the server's processes run as. PostgreSQL refuses to run as root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** Null where the server runs as whoever we are: for an ordinary user, and on Windows. */
export type RunAs = ServerUser | null;

/** True where this process is root and must hand the server to somebody else. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The user that root hands the server to: `postgres` where the system has one, else `nobody`; null where neither is
 * listed. Read from the file, as Node has no getpwnam; initdb itself needs the entry. */
export function unprivilegedUser(passwdFile = "/etc/passwd"): ServerUser | null {
  const entries = new Map(
    readFileSync(passwdFile, "utf8")
      .split("\n")
      .map((line) => line.split(":"))
      .map(([name = "", , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  );
  for (const name of ["postgres", "nobody"]) {
    const user = entries.get(name);
    if (user !== undefined && Number.isInteger(user.gid) && user.uid > 0) return user;
  }
  return null;
}

/** The owner of what is there, so that data made by an ordinary user is served as that user when root starts it. */
export function ownerOf(path: string): ServerUser {
  const { uid, gid } = statSync(path);
  return { uid, gid };
}

/** Whether `user` can walk down to `path` and read it: every folder above with x, the last one with r (and x where it
 * is a folder). By mode bits alone; access lists can only be found out by trying.
 * @param path an absolute real path that exists */
export function canReach(user: ServerUser, path: string): boolean {
  const target = statSync(path);
  if (!allows(user, target, target.isDirectory() ? 5 : 4)) return false;
  return canTraverse(user, dirname(path));
}

/** Whether `user` can pass through `folder` and all folders above it. */
export function canTraverse(user: ServerUser, folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (!allows(user, statSync(at), 1)) return false;
    if (at === dirname(at)) return true;
  }
}

function allows(user: ServerUser, of: { uid: number; gid: number; mode: number }, bits: number): boolean {
  const shift = of.uid === user.uid ? 6 : of.gid === user.gid ? 3 : 0;
  return ((of.mode >> shift) & bits) === bits;
}
