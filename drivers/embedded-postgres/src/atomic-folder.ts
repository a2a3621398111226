import { randomBytes } from "node:crypto";
import { readdirSync, renameSync, rmSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { errorCode } from "./embedded-postgres-error.ts";
import { isProcessAlive } from "./process-identity.ts";

/** Makes a folder that is there as a whole or not at all: `fill` works in a folder beside it, which then takes its
 * name. Of two processes at once the first to rename wins, and the other throws its own away. No lock is needed, so
 * none can be left behind by a kill; half-made folders of dead processes are removed on the way. */
export async function makeFolderOnce<E>(
  path: string,
  fill: (unfinished: string) => Promise<E | null>,
): Promise<E | null> {
  sweepUnfinished(path);
  const unfinished = `${path}.new-${process.pid}-${randomBytes(4).toString("hex")}`;
  mkdirSync(unfinished, { mode: 0o711 });
  try {
    const failure = await fill(unfinished);
    if (failure !== null) return failure;
    renameSync(unfinished, path);
    return null;
  } catch (cause) {
    if (isTaken(cause)) return null;
    throw cause;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** What the systems say when the new name is that of a filled folder. */
function isTaken(cause: unknown): boolean {
  const code = errorCode(cause);
  return code === "ENOTEMPTY" || code === "EEXIST" || (process.platform === "win32" && code === "EPERM");
}

function sweepUnfinished(path: string): void {
  for (const name of readdirSync(dirname(path))) {
    const [, pid] = name.startsWith(`${basename(path)}.new-`)
      ? (/\.new-(\d+)-[0-9a-f]{8}$/.exec(name) ?? [])
      : [];
    if (pid !== undefined && !isProcessAlive(Number(pid))) {
      rmSync(join(dirname(path), name), { recursive: true, force: true });
    }
  }
}
