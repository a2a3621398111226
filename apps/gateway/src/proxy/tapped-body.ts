import type { BodySource } from "@octavo/http-wire";
import type { LogTap } from "./log-tap.ts";

/** A body that its listeners get as it is read. */
export class TappedBody implements BodySource {
  readonly #body: BodySource;
  readonly #taps: readonly LogTap[];

  constructor(body: BodySource, taps: readonly LogTap[]) {
    this.#body = body;
    this.#taps = taps;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    try {
      for await (const piece of this.#body) {
        // Those who listen may be behind; the piece is only lent.
        const copy = Buffer.from(piece);
        for (const tap of this.#taps) await tap.push(copy);
        yield piece;
      }
      for (const tap of this.#taps) tap.end();
    } finally {
      for (const tap of this.#taps) tap.fail(); // without effect where it has ended
    }
  }

  async readAll(limitBytes: number): Promise<Uint8Array | null> {
    const whole = await this.#body.readAll(limitBytes);
    for (const tap of this.#taps) {
      if (whole === null) tap.fail();
      else {
        void tap.push(whole);
        tap.end();
      }
    }
    return whole;
  }
}
