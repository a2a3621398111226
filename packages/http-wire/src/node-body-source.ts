import type { IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { BodyFailure, type IncomingBody } from "./body-source.ts";
import { giveBack } from "./give-back.ts";
import type { ListenerLimits } from "./listener.ts";
import type { BodyFraming } from "./request-head.ts";

/** How much of an unwanted body is thrown away, for how long, and how long one waits for more of it, before the connection
 * is cut: a client that is still sending when its socket is reset may never see the answer. */
const DISCARD_BYTES = 32 * 1024 * 1024;
const DISCARD_MS = 5000;
const DISCARD_SILENCE_MS = 500;

/** Unread bytes above which the client is made to wait; what one read of its socket brings comes on top. */
const MOST_UNREAD_BYTES = 64 * 1024;

/** The body of a request of node:http. Its pieces are taken as they come: `read` would join those that wait into one more
 * buffer. */
export class NodeBodySource implements IncomingBody {
  readonly #request: IncomingMessage;
  readonly #framing: BodyFraming;
  readonly #limits: ListenerLimits;
  readonly #askForBody: (() => void) | null;
  #failure: BodyFailure | null = null;
  /** A reader, and whoever discards what the reader has left. */
  #waiting: (() => void)[] = [];
  readonly #unread: Buffer[] = [];
  #unreadBytes = 0;
  #isFlowing = false;
  #isAsked = false;
  /** All of it has come; `isEnded` when it was read as well. */
  #isWhole = false;
  #isEnded: boolean;
  #receivedBytes = 0;

  /** @param askForBody sends "100 Continue", where the client waits for it before it sends the body; else null */
  constructor(
    request: IncomingMessage,
    framing: BodyFraming,
    limits: ListenerLimits,
    askForBody: (() => void) | null,
  ) {
    this.#request = request;
    this.#framing = framing;
    this.#limits = limits;
    this.#askForBody = askForBody;
    this.#isEnded = framing.kind === "none";
    if (this.#isEnded) return;
    request.on("error", () => this.#wake()); // always with "close"; without a listener it would be thrown
    request.on("close", () => {
      if (!request.complete) this.fail(new BodyFailure("client-gone"));
    });
  }

  /** Whether somebody has read it to its end: what was not read would be taken for the next request. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Ends a pending and every later read. */
  fail(failure: BodyFailure): void {
    this.#failure ??= failure;
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  async readAll(limitBytes: number): Promise<Uint8Array | null> {
    if (this.#framing.kind === "length" && this.#framing.bytes > limitBytes) return null;
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of this.#pieces(true)) {
      length += piece.length;
      if (length > limitBytes) return null;
      pieces.push(piece);
    }
    return Buffer.concat(pieces, length);
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    return this.#pieces(false);
  }

  /** @param areKept whether the reader needs them after it has asked for the next */
  async *#pieces(areKept: boolean): AsyncGenerator<Uint8Array, void> {
    const started = performance.now();
    if (!this.#isAsked && !this.#isEnded) this.#askForBody?.();
    this.#isAsked = true;
    while (!this.#isEnded) {
      const piece = await this.#next();
      if (piece === null) {
        this.#isEnded = true;
        return;
      }
      this.#receivedBytes += piece.length;
      yield piece;
      if (!areKept) giveBack(piece);
      // Time that the reader spends is on the sender's account too; a reader here is never slower than 500 B/s.
      const seconds = (performance.now() - started) / 1000;
      if (
        seconds * 1000 > this.#limits.bodyIdleTimeoutMs &&
        this.#receivedBytes < seconds * this.#limits.bodyBytesPerSecond
      ) {
        throw this.#tooSlow();
      }
    }
  }

  /** Of one that is too slow nothing more is waited for. */
  #tooSlow(): BodyFailure {
    const failure = new BodyFailure("too-slow");
    this.fail(failure);
    return failure;
  }

  async #next(): Promise<Uint8Array | null> {
    if (!this.#isFlowing) this.#flow();
    for (;;) {
      if (this.#failure !== null) throw this.#failure;
      const piece = this.#unread.shift();
      if (piece !== undefined) {
        this.#unreadBytes -= piece.length;
        if (this.#unreadBytes === 0 && this.#request.isPaused()) this.#request.resume();
        return piece;
      }
      if (this.#isWhole) return null;
      await this.#changed();
    }
  }

  /** Nothing is taken before somebody reads. */
  #flow(): void {
    this.#isFlowing = true;
    this.#request.on("data", (piece: Buffer) => {
      this.#unread.push(piece);
      this.#unreadBytes += piece.length;
      if (this.#unreadBytes >= MOST_UNREAD_BYTES) this.#request.pause();
      this.#wake();
    });
    this.#request.on("end", () => {
      this.#isWhole = true;
      this.#wake();
    });
  }

  /** Resolves at the next event of the stream, or throws after the longest silence. */
  #changed(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(this.#tooSlow()), this.#limits.bodyIdleTimeoutMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Lets a client that is still sending read our answer: takes some more of the body, or waits a moment. */
  async discard(): Promise<void> {
    const isSending = this.#askForBody === null || this.#isAsked;
    if (this.#isEnded || !isSending) return;
    if (this.#failure !== null) {
      // Whoever sends broken bytes may be sending more of them; nobody can tell how many.
      if (this.#failure.kind === "malformed") await delay(DISCARD_SILENCE_MS);
      return;
    }
    const endsAt = performance.now() + DISCARD_MS;
    const timer = setTimeout(() => this.fail(new BodyFailure("too-slow")), DISCARD_SILENCE_MS);
    try {
      for (let taken = 0; taken <= DISCARD_BYTES && performance.now() < endsAt;) {
        const piece = await this.#next();
        if (piece === null) return;
        taken += piece.length;
        giveBack(piece);
        timer.refresh();
      }
    } catch {
      // Gone, broken or still sending: the connection ends in any case.
    } finally {
      clearTimeout(timer);
    }
  }
}
