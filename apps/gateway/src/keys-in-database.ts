import { existsSync } from "node:fs";
import { join } from "node:path";
import { publishNextKey, rewrapSigningKeys, writeSecretFile } from "@octavo/identity";
import type { Registry } from "@octavo/registry";
import { err, type Result } from "@octavo/result";
import { startStateDatabase } from "./gateway-database.ts";
import { type InDatabaseError, openRegistryInDatabase, refused } from "./registry-in-database.ts";
import { keyFileOf, type StateSettings } from "./state-settings.ts";

/** Publishes the next signing key before its time.
 * @returns its id */
export function rotateKeyInDatabase(settings: StateSettings): Promise<Result<string, InDatabaseError>> {
  return withState(settings, "octavo keys rotate", async (registry, key) =>
    orRefused(await publishNextKey(registry, key)),
  );
}

/** Wraps the private keys of the state by another OCTAVO_KEY. The key file of an embedded platform is replaced; until the
 * state is written the new key lies beside it, so that neither is ever lost.
 * @returns how many were wrapped anew */
export function rewrapKeysInDatabase(
  settings: StateSettings,
  newKey: Uint8Array,
): Promise<Result<number, InDatabaseError>> {
  return withState(settings, "octavo keys rewrap", async (registry, key) => {
    const isInFolder = settings.keyIsOf === "folder";
    const text = `${Buffer.from(newKey).toString("base64")}\n`;
    const kept = isInFolder ? writeSecretFile(`${keyFileOf(settings.dataDir)}.next`, text) : null;
    if (kept?.ok === false) return refused(kept.error);
    const rewrapped = await rewrapSigningKeys(registry, { from: key, to: newKey });
    if (!rewrapped.ok) return refused(rewrapped.error);
    const replaced = isInFolder ? writeSecretFile(keyFileOf(settings.dataDir), text) : null;
    return replaced?.ok === false
      ? refused(`${replaced.error}. The new key is in key.next beside it`)
      : rewrapped;
  });
}

async function withState<T>(
  settings: StateSettings,
  commandName: string,
  work: (registry: Registry, key: Uint8Array) => Promise<Result<T, InDatabaseError>>,
): Promise<Result<T, InDatabaseError>> {
  const { key, databaseUrl, dataDir } = settings;
  if (databaseUrl === null && !existsSync(join(dataDir, "postgres"))) {
    return refused(`there is no embedded database in ${dataDir}: check OCTAVO_DATA_DIR, or set DATABASE_URL`);
  }
  if (key === null) {
    return refused(
      databaseUrl === null
        ? `there is no key in ${dataDir}: check OCTAVO_DATA_DIR`
        : "OCTAVO_KEY (or OCTAVO_KEY_FILE) is missing: set it to the key of the gateways",
    );
  }
  const database = await startStateDatabase(settings, () => undefined);
  if (!database.ok) return err({ kind: "unreachable", message: database.error });
  try {
    const opened = await openRegistryInDatabase(database.value.url, commandName);
    if (!opened.ok) return opened;
    try {
      return await work(opened.value, key);
    } finally {
      await opened.value.close();
    }
  } finally {
    await database.value.stop();
  }
}

function orRefused<T>(result: Result<T, string>): Result<T, InDatabaseError> {
  return result.ok ? result : refused(result.error);
}
