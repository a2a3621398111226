import { randomBytes } from "node:crypto";
import { err, ok, type Result } from "@octavo/result";
import { readSecretFile, writeSecretFile } from "./secret-file.ts";

export const KEY_BYTES = 32;

/** Reads a key as people write it: 64 hexadecimal digits, or base64 (also its URL form) of 32 bytes.
 * @returns null for anything else */
export function parseKey(text: string): Uint8Array | null {
  const written = text.trim();
  if (/^[0-9a-f]{64}$/i.test(written)) return Buffer.from(written, "hex");
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(written)) return null;
  const bytes = Buffer.from(written, "base64");
  return bytes.length === KEY_BYTES ? bytes : null;
}

/** The key that wraps what is secret in the database (DECISIONS 8), in the data folder: made at the first start.
 * A file that holds no key is never replaced: what it wrapped would be lost. */
export function readOrMakeKey(path: string): Result<Uint8Array, string> {
  const text = readSecretFile(path);
  if (!text.ok) return text;
  if (text.value !== null) {
    const key = parseKey(text.value);
    return key === null
      ? err(`${path} holds no key: 32 bytes in base64 are expected. Restore the file from your backup.`)
      : ok(key);
  }
  const made = randomBytes(KEY_BYTES);
  const written = writeSecretFile(path, `${made.toString("base64")}\n`);
  return written.ok ? ok(made) : written;
}
