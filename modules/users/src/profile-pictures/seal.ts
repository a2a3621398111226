import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-GCM: nonce, tag, then the picture's bytes. One that was changed, or is opened with another key, is told from one that was not.
 * @returns null where the key has not 16, 24 or 32 bytes */
export function sealed(picture: Uint8Array, key: string): Buffer | null {
  const algorithm = algorithmFor(key);
  if (algorithm === null) return null;
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(algorithm, Buffer.from(key, "utf8"), iv);
  const body = Buffer.concat([cipher.update(picture), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** @returns null where it was not sealed with this key */
export function opened(bytes: Buffer, key: string): Buffer | null {
  const algorithm = algorithmFor(key);
  if (algorithm === null) return null;
  const decipher = createDecipheriv(algorithm, Buffer.from(key, "utf8"), bytes.subarray(0, IV_BYTES));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    return null; // the tag does not fit
  }
}

function algorithmFor(key: string): "aes-128-gcm" | "aes-192-gcm" | "aes-256-gcm" | null {
  switch (Buffer.byteLength(key, "utf8")) {
    case 16:
      return "aes-128-gcm";
    case 24:
      return "aes-192-gcm";
    case 32:
      return "aes-256-gcm";
    default:
      return null;
  }
}
