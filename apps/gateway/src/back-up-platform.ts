import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeSecretFile } from "@octavo/identity";
import {
  backUp,
  type BackupError,
  type BackupSummary,
  inspectBackup,
  restoreBackup,
  type WrappedSecret,
} from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import { unwrapKey } from "@octavo/tokens";
import { startStateDatabase } from "./gateway-database.ts";
import { internalModule } from "./internal-module.ts";
import { keyFileOf, type StateSettings } from "./state-settings.ts";

export { inspectBackup };
export type { BackupError, BackupSummary };

export interface PlatformBackup {
  readonly path: string;
  readonly passphrase: string | null;
  /** Without it the file is of use only to whoever has OCTAVO_KEY from elsewhere. */
  readonly includesKey: boolean;
}

/** Writes the state of a platform into one file: the schema octavo, and the key that opens what is secret in it.
 * @param onProgress one line of plain text per step that takes time */
export async function backUpPlatform(
  settings: StateSettings,
  { path, passphrase, includesKey }: PlatformBackup,
  onProgress: (line: string) => void,
): Promise<Result<BackupSummary, BackupError>> {
  if (includesKey && settings.key === null) {
    return refused(
      settings.databaseUrl === null
        ? `there is no key in ${settings.dataDir}: check OCTAVO_DATA_DIR`
        : "OCTAVO_KEY (or OCTAVO_KEY_FILE) is missing: set it to the key of the gateways, or leave it out of the backup with --without-key",
    );
  }
  if (settings.databaseUrl === null && !existsSync(join(settings.dataDir, "postgres"))) {
    return refused(
      `there is no embedded database in ${settings.dataDir}: check OCTAVO_DATA_DIR, or set DATABASE_URL`,
    );
  }
  return withDatabase(settings, onProgress, (connectionString) =>
    backUp({ connectionString, path, passphrase, key: includesKey ? settings.key : null }),
  );
}

export interface PlatformRestore {
  readonly path: string;
  readonly passphrase: string | null;
  /** Whether a state that is there already may be lost. */
  readonly replaces: boolean;
  readonly keepsSignIns: boolean;
  /** Where the key of the backup is to be written; null where the platform has it. */
  readonly keyFile: string | null;
}

/** Puts a backup into the database of this environment; an embedded platform gets its key too. */
export async function restorePlatform(
  settings: StateSettings,
  { path, passphrase, replaces, keepsSignIns, keyFile }: PlatformRestore,
  onProgress: (line: string) => void,
): Promise<Result<BackupSummary, BackupError>> {
  const isEmbedded = settings.databaseUrl === null;
  const target = keyFile ?? (isEmbedded ? keyFileOf(settings.dataDir) : null);
  const keptKey = settings.keyIsOf === "folder" && replaces ? null : settings.key;
  const restored = await withDatabase(settings, onProgress, (connectionString) =>
    restoreBackup({
      connectionString,
      path,
      passphrase,
      replaces,
      keepsSignIns,
      internalModule: internalModule(),
      alsoCheck: (secrets, key) => whyKeyIsWrong(secrets, key, keptKey, target !== null),
    }),
  );
  if (!restored.ok) return restored;
  const { key, ...summary } = restored.value;
  if (key !== null && target !== null && !isSame(key, settings.key)) {
    const written = writeSecretFile(target, `${Buffer.from(key).toString("base64")}\n`);
    if (!written.ok) {
      return err({
        kind: "file",
        message: `the state is restored, but its key is not kept: ${written.error}; restore again with --replace and --key-file`,
      });
    }
  }
  return ok(summary);
}

/** What would not start, or could not sign, must not be committed. */
function whyKeyIsWrong(
  secrets: readonly WrappedSecret[],
  ofBackup: Uint8Array | null,
  ofPlatform: Uint8Array | null,
  isWritten: boolean,
): string | null {
  const key = ofBackup ?? ofPlatform;
  if (key === null) {
    return "it holds no key: set OCTAVO_KEY to that of the gateways it was taken from";
  }
  if (ofBackup !== null && ofPlatform !== null && !isSame(ofBackup, ofPlatform)) {
    return "OCTAVO_KEY is not the key of the backup: leave it out and name a file for the backup's own with --key-file";
  }
  if (ofBackup !== null && ofPlatform === null && !isWritten) {
    return "nobody would have its key: name a file for it with --key-file, and set OCTAVO_KEY_FILE to that for the gateways";
  }
  for (const { kid, wrapped } of secrets) {
    const opened = unwrapKey(wrapped, kid, key);
    if (!opened.ok) return opened.error.message;
  }
  return null;
}

function isSame(one: Uint8Array, other: Uint8Array | null): boolean {
  return other !== null && Buffer.compare(one, other) === 0;
}

async function withDatabase<T>(
  settings: StateSettings,
  onProgress: (line: string) => void,
  work: (connectionString: string) => Promise<Result<T, BackupError>>,
): Promise<Result<T, BackupError>> {
  const database = await startStateDatabase(settings, onProgress);
  if (!database.ok) return err({ kind: "unreachable", message: database.error });
  try {
    return await work(database.value.url);
  } finally {
    await database.value.stop();
  }
}

function refused(message: string): Result<never, BackupError> {
  return err({ kind: "refused", message });
}
