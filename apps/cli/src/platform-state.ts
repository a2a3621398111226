import type { BackupError, InDatabaseError, StateSettings } from "@octavo/gateway";
import { err, ok, type Result } from "@octavo/result";
import { typedPath } from "./caller-folder.ts";
import type { OptionSpecs } from "./command.ts";
import { failure, type Failure } from "./exit-codes.ts";
import { plainly } from "./find-credential.ts";
import { readText } from "./read-json-file.ts";

/** Option of the commands that write or read a backup. */
export const passphraseOption = {
  "passphrase-file": { kind: "text", value: "FILE", help: "its first line encrypts the backup" },
} as const satisfies OptionSpecs;

/** @returns null where none was asked for */
export function passphraseOf(
  options: { readonly "passphrase-file": string | undefined },
  folder: string,
): Result<string | null, Failure> {
  const named = options["passphrase-file"];
  if (named === undefined) return ok(null);
  const text = readText(typedPath(named, folder));
  if (!text.ok) return err(failure(2, `cannot read ${named}: ${plainly(text.error)}`));
  const [passphrase = ""] = text.value.split(/\r?\n/u);
  return passphrase === ""
    ? err(failure(2, `${named} holds no passphrase in its first line`))
    : ok(passphrase);
}

/** Where this environment keeps its state. */
export async function stateSettings(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Result<StateSettings, Failure>> {
  const { parseStateSettings } = await import("@octavo/gateway");
  const settings = parseStateSettings(env);
  return settings.ok ? settings : err(failure(2, settings.error.join("\n")));
}

export function backupFailure({ kind, message }: BackupError): Failure {
  if (kind === "unreachable") return failure(3, message);
  return failure(kind === "passphrase" ? 2 : 1, message);
}

export function inDatabaseFailure({ kind, message }: InDatabaseError): Failure {
  return failure(kind === "unreachable" ? 3 : 1, message);
}
