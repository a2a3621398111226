import { createHash } from "node:crypto";
import { err, ok, type Result } from "@octavo/result";
import type { BodyDiffers, ObjectFacts } from "./object-store.ts";

/** Counts and hashes what flows through it. */
export class BodyMeasure {
  readonly #hash = createHash("sha256");
  #sizeBytes = 0;
  #sha256: string | null = null;

  async *through(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of body) {
      this.add(bytes);
      yield bytes;
    }
  }

  add(bytes: Uint8Array): void {
    this.#sizeBytes += bytes.length;
    this.#hash.update(bytes);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Of all that came; nothing may come afterwards. */
  get sha256(): string {
    return (this.#sha256 ??= this.#hash.digest("hex"));
  }

  compare({ sizeBytes, sha256 }: ObjectFacts): Result<undefined, BodyDiffers> {
    if (sizeBytes !== undefined && sizeBytes !== this.sizeBytes)
      return err({ kind: "size-differs", expected: sizeBytes, found: this.sizeBytes });
    if (sha256 !== undefined && sha256 !== this.sha256)
      return err({ kind: "sha256-differs", expected: sha256, found: this.sha256 });
    return ok(undefined);
  }
}
