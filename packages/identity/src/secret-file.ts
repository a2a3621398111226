import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { err, ok, type Result } from "@octavo/result";

/** Writes a file that only this user may read, whole or not at all: a crash leaves the old one or none.
 * @returns in the error: what was tried and why it did not work */
export function writeSecretFile(path: string, text: string): Result<void, string> {
  const draft = `${path}.${process.pid}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(draft, "w", 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
    return ok(undefined);
  } catch (cause) {
    return err(`cannot write ${path}: ${reasonOf(cause)}`);
  }
}

/** @returns null where there is no such file */
export function readSecretFile(path: string): Result<string | null, string> {
  try {
    return ok(readFileSync(path, "utf8"));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return ok(null);
    return err(`cannot read ${path}: ${reasonOf(cause)}`);
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
