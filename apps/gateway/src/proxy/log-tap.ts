import { BodyFailure, type BodySource } from "@octavo/http-wire";

/** How much a log stage may be behind before the others wait for it. */
const LIMIT_BYTES = 256 * 1024;

/** A copy of a body as it flows, for a stage that only listens (request-log). When its module is slow, the flow waits for
 * it, as in Okapi; when its module is done or gone, nobody waits any more.
 * States: open -> ended (all of it was pushed) or failed; given up at any time, and then ignores everything. */
export class LogTap implements BodySource {
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #state: "open" | "ended" | "given-up" | BodyFailure = "open";
  #wakeReader: (() => void) | null = null;
  #wakeWriter: (() => void) | null = null;

  /** @returns null where nobody has to wait */
  push(piece: Uint8Array): Promise<void> | null {
    if (this.#state !== "open") return null;
    this.#queue.push(piece);
    this.#queuedBytes += piece.length;
    this.#wakeReader?.();
    if (this.#queuedBytes < LIMIT_BYTES) return null;
    return new Promise((resolve) => {
      this.#wakeWriter = resolve;
    });
  }

  end(): void {
    if (this.#state === "open") this.#become("ended");
  }

  /** The rest will not come. */
  fail(): void {
    if (this.#state === "open") this.#become(new BodyFailure("client-gone"));
  }

  /** Nobody reads any more. */
  giveUp(): void {
    this.#queue.length = 0;
    this.#become("given-up");
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const piece = this.#queue.shift();
      if (piece !== undefined) {
        this.#queuedBytes -= piece.length;
        if (this.#queuedBytes < LIMIT_BYTES) this.#wakeWriter?.();
        yield piece;
        continue;
      }
      if (this.#state instanceof BodyFailure) throw this.#state;
      if (this.#state !== "open") return;
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
  }

  async readAll(limitBytes: number): Promise<Uint8Array | null> {
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of this) {
      length += piece.length;
      if (length > limitBytes) return null;
      pieces.push(piece);
    }
    return Buffer.concat(pieces, length);
  }

  #become(state: "ended" | "given-up" | BodyFailure): void {
    this.#state = state;
    this.#wakeReader?.();
    this.#wakeWriter?.();
  }
}
