import type { BodySource } from "./body-source.ts";

/** A body of which all is there. */
export class WholeBody implements BodySource {
  readonly #bytes: Uint8Array;
  #isRead = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  readAll(limitBytes: number): Promise<Uint8Array | null> {
    this.#isRead = true;
    return Promise.resolve(this.#bytes.length > limitBytes ? null : this.#bytes);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    if (this.#isRead || this.#bytes.length === 0) return;
    this.#isRead = true;
    yield this.#bytes;
  }
}
