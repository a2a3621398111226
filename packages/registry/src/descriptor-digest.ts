import { createHash } from "node:crypto";
import type { ModuleDescriptor } from "@octavo/descriptor";

const known = new WeakMap<ModuleDescriptor, string>();

/** SHA-256 of the descriptor's text, hex. An id that was removed may come back with another text; this tells them apart,
 * and makes the log's hash chain cover the bodies that the log does not repeat. */
export function digestOf(module: ModuleDescriptor): string {
  let digest = known.get(module);
  if (digest === undefined) {
    digest = createHash("sha256").update(module.source).digest("hex");
    known.set(module, digest);
  }
  return digest;
}

/** Of a descriptor that was read from its row: the digest beside it is taken, 10,000 need not be hashed again. */
export function rememberDigest(module: ModuleDescriptor, digest: string): void {
  known.set(module, digest);
}
