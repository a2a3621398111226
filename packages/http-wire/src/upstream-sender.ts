import { RefreshedTimer } from "./refreshed-timer.ts";
import type { UpstreamRequest } from "./upstream.ts";
import type { WireOutgoing } from "./wire-outgoing.ts";

/** A larger buffered body is sent in pieces of this size, so that its progress can be watched. */
export const PIECE_BYTES = 64 * 1024;
/** RFC 9110 10.1.1: who waits for a 100 must not wait for ever. */
const CONTINUE_MS = 1000;

/** Sends a request's body at the pace at which the module takes it: the next piece is asked for when the system has the one
 * before. */
export class UpstreamSender {
  readonly #outgoing: WireOutgoing;
  readonly #request: UpstreamRequest;
  readonly #idleMs: number;
  readonly #watch: RefreshedTimer;
  #wake: (() => void) | null = null;
  #hasBegun = false;
  #isOut = false;
  #isStopped = false;

  /** @param onStalled called when the module has taken nothing for `idleMs` */
  constructor(outgoing: WireOutgoing, request: UpstreamRequest, idleMs: number, onStalled: () => void) {
    this.#outgoing = outgoing;
    this.#request = request;
    this.#idleMs = idleMs;
    this.#watch = new RefreshedTimer(onStalled);
  }

  /** The whole request has been written. */
  get isOut(): boolean {
    return this.#isOut;
  }

  /** Called when the connection stands. Resolves when the request is out or was stopped.
   * @throws what the body throws, and where its length is not the announced one */
  async send(): Promise<void> {
    // An early refusal should not wait for the client's first byte, nor a small body for a packet of its own.
    const head = setImmediate(() => this.#flushHead());
    try {
      if (this.#request.expectsContinue === true) await this.#asked();
      if (!this.#isStopped) await this.#sendPieces();
    } finally {
      clearImmediate(head);
      this.#watch.clear();
    }
    if (this.#isStopped) return;
    this.#outgoing.end();
    this.#isOut = true;
  }

  /** The rest is not wanted. The body is left at once, or at the next piece that comes. */
  stop(): void {
    this.#isStopped = true;
    this.#wake?.();
  }

  #flushHead(): void {
    if (!this.#isStopped && !this.#hasBegun) this.#outgoing.flushHeaders();
  }

  async #sendPieces(): Promise<void> {
    const { body, contentLength } = this.#request;
    if (body === null) return;
    let left = body instanceof Uint8Array ? body.length : (contentLength ?? Number.POSITIVE_INFINITY);
    for await (const piece of body instanceof Uint8Array ? piecesOf(body) : body) {
      if (this.#isStopped) return;
      left -= piece.length;
      if (left < 0) break;
      this.#hasBegun = true;
      if (piece.length > 0) await this.#taken(piece);
      // Before the next is asked for: this one may not have left yet.
      if (this.#isStopped) return;
    }
    // A byte too many would be the next request, a byte too few would take its first one.
    if (left !== 0 && left !== Number.POSITIVE_INFINITY) {
      throw new Error("invariant broken: a body has the length that was announced");
    }
  }

  /** Resolves when the system has the piece, or at `stop`. */
  async #taken(piece: Uint8Array): Promise<void> {
    this.#watch.arm(this.#idleMs);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#outgoing.write(piece, resolve);
    });
    this.#watch.disarm();
  }

  /** Resolves when the module asks for the body, after a while, or at `stop`. */
  async #asked(): Promise<void> {
    const asked = Promise.withResolvers<void>();
    this.#wake = asked.resolve;
    this.#outgoing.onContinue(asked.resolve);
    const timer = setTimeout(asked.resolve, CONTINUE_MS);
    await asked.promise;
    clearTimeout(timer);
  }
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
