import type { BodySource } from "./body-source.ts";
import { giveBack } from "./give-back.ts";

/** What a body needs of the exchange that fills it. */
export interface BodyFlow {
  /** No more bytes until `resume`. */
  pause(): void;
  resume(): void;
  /** A piece was read: the watch starts anew. */
  onRead(): void;
  /** The reader wants no more of it. */
  onLeft(): void;
}

/** Unread bytes above which the module is made to wait. */
const MOST_UNREAD_BYTES = 64 * 1024;

/** The body of an answer. The module is slowed down to the pace of the reader: at most what one read of the socket brings
 * above the limit is held. */
export class WireAnswerBody implements BodySource {
  readonly #flow: BodyFlow;
  #pieces: Buffer[];
  #unread = 0;
  #isPaused = false;
  #isWhole = false;
  #failure: Error | null = null;
  #wake: (() => void) | null = null;

  constructor(flow: BodyFlow, pieces: Buffer[]) {
    this.#flow = flow;
    this.#pieces = pieces;
    for (const piece of pieces) this.#unread += piece.length;
    this.#slowDown();
  }

  /** Whether somebody waits for the next piece. */
  get isAwaited(): boolean {
    return this.#wake !== null;
  }

  add(pieces: readonly Buffer[]): void {
    for (const piece of pieces) {
      this.#pieces.push(piece);
      this.#unread += piece.length;
    }
    this.#slowDown();
    this.#wake?.();
  }

  /** All has come; what is unread is still there to be read. */
  end(): void {
    this.#isWhole = true;
    this.#wake?.();
  }

  /** Ends a pending and every later read; what had come and was not read is lost. */
  fail(failure: Error): void {
    this.#failure ??= failure;
    this.#pieces = [];
    this.#wake?.();
  }

  async readAll(limitBytes: number): Promise<Uint8Array | null> {
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of this.#read(true)) {
      length += piece.length;
      if (length > limitBytes) return null;
      pieces.push(piece);
    }
    return pieces.length === 1 ? (pieces[0] ?? null) : Buffer.concat(pieces, length);
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    return this.#read(false);
  }

  /** @param areKept whether the reader needs the pieces after it has asked for the next */
  async *#read(areKept: boolean): AsyncGenerator<Uint8Array, void> {
    let isReadToEnd = false;
    try {
      for (;;) {
        if (this.#failure !== null) throw this.#failure;
        const piece = this.#pieces.shift();
        if (piece !== undefined) {
          this.#unread -= piece.length;
          this.#speedUp();
          this.#flow.onRead();
          yield piece;
          // Pieces of one read of the socket share its buffer, and stand behind each other.
          if (!areKept && this.#pieces[0]?.buffer !== piece.buffer) giveBack(piece);
          continue;
        }
        if (this.#isWhole) {
          isReadToEnd = true;
          return;
        }
        await this.#changed();
      }
    } finally {
      // A reader that leaves early wants no more of it.
      if (!isReadToEnd && this.#failure === null) this.#flow.onLeft();
    }
  }

  #slowDown(): void {
    if (this.#isPaused || this.#unread < MOST_UNREAD_BYTES) return;
    this.#isPaused = true;
    this.#flow.pause();
  }

  #speedUp(): void {
    if (!this.#isPaused || this.#unread > 0) return;
    this.#isPaused = false;
    this.#flow.resume();
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
