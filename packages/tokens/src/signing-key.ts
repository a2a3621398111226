import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { assert } from "@octavo/result";
import { decodeBase64url, encodeBase64url } from "./base64url.ts";
import type { VerifyWith } from "./jws.ts";

/** A pair of Ed25519 keys. It is all in the seed: 32 random bytes, the only part to keep secret. */
export interface SigningKey {
  /** The thumbprint of the public key (RFC 7638): whoever holds the key can tell whether the name is right. */
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The public key, 32 bytes in base64url (`x` of RFC 8037). */
  readonly x: string;
  readonly seed: Uint8Array;
}

/** @param seed 32 bytes from a generator that is fit for secrets; drawn where the key is kept, not here */
export function createSigningKey(seed: Uint8Array): SigningKey {
  assert(seed.length === SEED_BYTES, "the seed of an Ed25519 key has 32 bytes");
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(privateKey);
  const x = encodeBase64url(publicKey.export({ format: "der", type: "spki" }).subarray(SPKI_PREFIX.length));
  return { kid: thumbprint(x), privateKey, publicKey, x, seed };
}

/** A public key as it is stored and published.
 * @returns null where `x` is no key, or not the key that `kid` names */
export function verifyWith(kid: string, x: string, tenantId: string | null): VerifyWith | null {
  const bytes = decodeBase64url(x);
  if (bytes?.length !== SEED_BYTES || thumbprint(x) !== kid) return null;
  const der = Buffer.concat([SPKI_PREFIX, bytes]);
  return { kid, tenantId, publicKey: createPublicKey({ key: der, format: "der", type: "spki" }) };
}

function thumbprint(x: string): string {
  return createHash("sha256").update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest("base64url");
}

const SEED_BYTES = 32;
/** What stands before the 32 bytes in DER (RFC 8410): version, algorithm 1.3.101.112, octet string. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
