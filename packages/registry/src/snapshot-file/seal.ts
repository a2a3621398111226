import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { err, ok, type Result } from "@octavo/result";

/** What files of this kind are sealed with: made from the key of the gateways, so that it opens nothing else. */
export interface SealingKey {
  readonly bytes: Uint8Array;
  /** Names the key without giving it away: who holds another one is told so. */
  readonly id: string;
}

/** @param octavoKey 32 bytes */
export function sealingKeyOf(octavoKey: Uint8Array): SealingKey {
  const bytes = new Uint8Array(hkdfSync("sha256", octavoKey, "", "octavo snapshot file", 32));
  return { bytes, id: createHmac("sha256", bytes).update("key id").digest("hex").slice(0, 16) };
}

/** Seals a text that comes in pieces. A checksum tells damage from a change by somebody who has not the key. */
export class Seal {
  readonly #checksum = createHash("sha256");
  readonly #code;

  constructor(key: SealingKey) {
    this.#code = createHmac("sha256", key.bytes);
  }

  add(piece: Uint8Array): void {
    this.#checksum.update(piece);
    this.#code.update(piece);
  }

  /** The last line of the file. */
  close(): string {
    return `${this.#checksum.digest("hex")} ${this.#code.digest("hex")}\n`;
  }
}

const LAST_LINE_BYTES = 64 + 1 + 64 + 1;

/** @returns the bytes that were sealed; as the error, what is wrong with them */
export function unsealed(file: Uint8Array, key: SealingKey): Result<Uint8Array, string> {
  const end = file.length - LAST_LINE_BYTES;
  if (end < 0) return err("it is cut off");
  const content = file.subarray(0, end);
  const seal = new Seal(key);
  seal.add(content);
  const is = Buffer.from(file.subarray(end));
  const should = Buffer.from(seal.close());
  if (!is.subarray(0, 64).equals(should.subarray(0, 64))) return err("it is damaged or cut off");
  if (!timingSafeEqual(is, should)) return err("somebody has changed it who has not the key of the gateways");
  return ok(content);
}
