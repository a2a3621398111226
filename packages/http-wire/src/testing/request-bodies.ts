import type { BodySource } from "../body-source.ts";

/** A body out of pieces; a promise among them is waited for, an error is thrown. */
export function bodyOf(...pieces: readonly (string | Error | Promise<void>)[]): BodySource {
  return new SourceOf(async function* () {
    for (const piece of pieces) {
      if (piece instanceof Error) throw piece;
      if (typeof piece === "string") yield Buffer.from(piece);
      else await piece;
    }
  });
}

/** A body that knows whether anybody has begun to read it. */
export function untouchedBody(): BodySource & { readonly isTouched: boolean } {
  const source = new EndlessBody(Number.POSITIVE_INFINITY);
  return source;
}

/** A body of 64 KiB pieces, endless or of `totalBytes`. */
export function endlessBody(totalBytes = Number.POSITIVE_INFINITY): EndlessBody {
  return new EndlessBody(totalBytes);
}

class SourceOf implements BodySource {
  readonly #pieces: () => AsyncGenerator<Uint8Array, void>;

  constructor(pieces: () => AsyncGenerator<Uint8Array, void>) {
    this.#pieces = pieces;
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    return this.#pieces();
  }

  async readAll(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this) pieces.push(piece);
    return Buffer.concat(pieces);
  }
}

class EndlessBody implements BodySource {
  readonly #totalBytes: number;
  bytesRead = 0;
  isTouched = false;
  isReturned = false;

  constructor(totalBytes: number) {
    this.#totalBytes = totalBytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    const piece = Buffer.alloc(64 * 1024, "b");
    this.isTouched = true;
    try {
      while (this.bytesRead < this.#totalBytes) {
        this.bytesRead += piece.length;
        yield piece;
      }
    } finally {
      this.isReturned = true;
    }
  }

  readAll(): Promise<null> {
    return Promise.resolve(null);
  }
}
