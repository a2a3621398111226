import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import { assert, err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";
import { decodeBase64url, encodeBase64url } from "./base64url.ts";
import { createSigningKey } from "./signing-key.ts";
import type { SigningKey } from "./signing-key.ts";

/** A private key as it is stored: "v1.<fingerprint>.<nonce>.<ciphertext and tag>". The fingerprint tells which OCTAVO_KEY
 * wrapped it, so that a wrong one is not taken for a damaged row. */
export type WrappedKey = string;

export interface UnwrapError {
  readonly kind: "wrong-key" | "damaged";
  /** For the operator: the start is refused with it. */
  readonly message: string;
}

/** AES-256-GCM; the name of the key is authenticated with it, so no wrapped key passes for another.
 * @param octavoKey 32 bytes of OCTAVO_KEY
 * @param nonce 12 random bytes, new for each call */
export function wrapKey(key: SigningKey, octavoKey: Uint8Array, nonce: Uint8Array): WrappedKey {
  assert(octavoKey.length === 32 && nonce.length === NONCE_BYTES, "a key has 32 bytes, a nonce 12");
  const cipher = createCipheriv("aes-256-gcm", octavoKey, nonce);
  cipher.setAAD(contextOf(key.kid));
  const box = Buffer.concat([cipher.update(key.seed), cipher.final(), cipher.getAuthTag()]);
  return ["v1", fingerprint(octavoKey), encodeBase64url(nonce), encodeBase64url(box)].join(".");
}

export function unwrapKey(
  wrapped: WrappedKey,
  kid: string,
  octavoKey: Uint8Array,
): Result<SigningKey, UnwrapError> {
  assert(octavoKey.length === 32, "a key has 32 bytes");
  const [version, wrappedBy, nonceText = "", boxText = "", ...more] = wrapped.split(".");
  const nonce = decodeBase64url(nonceText);
  const box = decodeBase64url(boxText);
  const isForm = version === "v1" && more.length === 0 && nonce?.length === NONCE_BYTES;
  if (!isForm || box?.length !== 32 + TAG_BYTES) return err(damaged(kid));
  if (wrappedBy !== fingerprint(octavoKey)) {
    return err({
      kind: "wrong-key",
      message: `OCTAVO_KEY does not open the signing key ${kid}: it was wrapped by another one. Start with that one, or change it by "octavo keys rewrap"`,
    });
  }
  const decipher = createDecipheriv("aes-256-gcm", octavoKey, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(contextOf(kid));
  decipher.setAuthTag(box.subarray(32));
  try {
    const key = createSigningKey(Buffer.concat([decipher.update(box.subarray(0, 32)), decipher.final()]));
    return key.kid === kid ? ok(key) : err(damaged(kid));
  } catch {
    return err(damaged(kid));
  }
}

export function rewrapKey(
  wrapped: WrappedKey,
  kid: string,
  { from, to, nonce }: { from: Uint8Array; to: Uint8Array; nonce: Uint8Array },
): Result<WrappedKey, UnwrapError> {
  const key = unwrapKey(wrapped, kid, from);
  return key.ok ? ok(wrapKey(key.value, to, nonce)) : key;
}

function damaged(kid: string): UnwrapError {
  const message = `the stored signing key ${kid} is damaged: restore its row, or delete it and let a new key be made`;
  return { kind: "damaged", message };
}

function contextOf(kid: string): Buffer {
  return Buffer.from(`octavo signing key ${kid}`, "utf8");
}

function fingerprint(octavoKey: Uint8Array): string {
  return createHmac("sha256", octavoKey)
    .update("octavo key fingerprint")
    .digest()
    .toString("base64url", 0, 8);
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
