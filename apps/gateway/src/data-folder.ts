import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readOrMakeKey } from "@octavo/identity";
import { err, ok, type Result } from "@octavo/result";
import type { GatewayConfig } from "./config.ts";

/** What only an embedded or open gateway keeps in its data folder: its key.
 * @returns 32 bytes that wrap what is secret in the database */
export function prepareDataFolder(config: GatewayConfig): Result<Uint8Array, string> {
  if (config.key !== null) return ok(config.key);
  try {
    mkdirSync(config.dataDir, { recursive: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return err(
      `Cannot make the data folder ${config.dataDir}: ${why}. Set OCTAVO_DATA_DIR to a folder of yours.`,
    );
  }
  return readOrMakeKey(join(config.dataDir, "key"));
}
