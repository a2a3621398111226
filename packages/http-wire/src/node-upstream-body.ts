import type { IncomingMessage } from "node:http";
import type { BodySource } from "./body-source.ts";

/** The body of an answer. The module is slowed down to the pace of the reader: at most one buffer of the stream and one of
 * the system are held. */
export class NodeAnswerBody implements BodySource {
  readonly #answer: IncomingMessage;
  readonly #onStalled: (kind: "too-slow" | "abandoned") => void;
  readonly #idleTimer: NodeJS.Timeout;
  #failure: Error | null = null;
  #wake: (() => void) | null = null;

  /** @param onStalled called when nothing has moved for `idleMs`: because the module sent nothing ("too-slow"), or because
   * nobody read ("abandoned") */
  constructor(answer: IncomingMessage, idleMs: number, onStalled: (kind: "too-slow" | "abandoned") => void) {
    this.#answer = answer;
    this.#onStalled = onStalled;
    this.#idleTimer = setTimeout(
      () => this.#onStalled(this.#wake === null ? "abandoned" : "too-slow"),
      idleMs,
    );
    const wake = () => this.#wake?.();
    answer.on("readable", wake).on("end", wake);
  }

  /** Ends a pending and every later read; what had come and was not read is lost. */
  fail(failure: Error): void {
    this.#failure ??= failure;
    this.#wake?.();
  }

  /** Nothing moves any more. */
  stopWatching(): void {
    clearTimeout(this.#idleTimer);
  }

  async readAll(limitBytes: number): Promise<Uint8Array | null> {
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of this) {
      length += piece.length;
      if (length > limitBytes) return null;
      pieces.push(piece);
    }
    return pieces.length === 1 ? (pieces[0] ?? null) : Buffer.concat(pieces, length);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    let isWhole = false;
    try {
      for (;;) {
        if (this.#failure !== null) throw this.#failure;
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a stream without an encoding reads Buffers
        const piece = this.#answer.read() as Buffer | null;
        if (piece !== null) {
          this.#idleTimer.refresh();
          yield piece;
          continue;
        }
        if (this.#answer.readableEnded) {
          isWhole = true;
          return;
        }
        await this.#changed();
      }
    } finally {
      // A reader that leaves early wants no more of it.
      if (!isWhole && this.#failure === null) this.#onStalled("abandoned");
    }
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
    });
  }
}
