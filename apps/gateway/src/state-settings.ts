import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseKey, readSecretFile } from "@octavo/identity";
import { err, ok, type Result } from "@octavo/result";
import { databaseUrlOf, keyOf } from "./config.ts";
import { EnvironmentReader } from "./environment-reader.ts";

/** Where a platform's state is, for commands that work on it without a gateway. */
export interface StateSettings {
  /** null: embedded PostgreSQL in the data folder. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /** Of the environment, else of the data folder of an embedded platform; null where there is none yet. */
  readonly key: Uint8Array | null;
  readonly keyIsOf: "environment" | "folder";
}

/** The file that holds the key of an embedded platform. */
export function keyFileOf(dataDir: string): string {
  return join(dataDir, "key");
}

/** Reads what a gateway in this environment would use.
 * @returns all mistakes together, as `parseGatewayConfig` tells them */
export function parseStateSettings(
  env: Readonly<Record<string, string | undefined>>,
): Result<StateSettings, readonly string[]> {
  const reader = new EnvironmentReader(env, (path) => readFileSync(path, "utf8"));
  const databaseUrl = reader.parsed("DATABASE_URL", null, databaseUrlOf);
  const dataDir = reader.text("OCTAVO_DATA_DIR") ?? ".octavo";
  const given = reader.secret("OCTAVO_KEY", keyOf);
  if (reader.mistakes.length > 0) return err(reader.mistakes);
  if (given !== null || databaseUrl !== null) {
    return ok({ databaseUrl, dataDir, key: given, keyIsOf: "environment" });
  }
  const text = readSecretFile(keyFileOf(dataDir));
  if (!text.ok) return err([text.error]);
  const key = text.value === null ? null : parseKey(text.value);
  return ok({ databaseUrl, dataDir, key, keyIsOf: "folder" });
}
