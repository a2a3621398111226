import type { UpstreamRequest } from "./upstream.ts";

/** What an adapter writes a request to, its head already given: node:http's ClientRequest, or our own. */
export interface OutgoingRequest {
  /** The head leaves without waiting for the body. */
  flushHeaders(): void;
  /** @returns false where the module does not take more now; "drain" follows */
  write(bytes: Uint8Array): boolean;
  end(bytes?: Uint8Array): unknown;
  on(event: "drain" | "continue", listener: () => void): unknown;
  off(event: "drain" | "continue", listener: () => void): unknown;
}

/** A larger buffered body is sent in pieces of this size, so that its progress can be watched. */
export const PIECE_BYTES = 64 * 1024;
/** RFC 9110 10.1.1: who waits for a 100 must not wait for ever. */
const CONTINUE_MS = 1000;

/** Sends a request's body at the pace at which the module takes it. */
export class UpstreamSender {
  readonly #outgoing: OutgoingRequest;
  readonly #request: UpstreamRequest;
  readonly #idleMs: number;
  readonly #onStalled: () => void;
  #wake: (() => void) | null = null;
  #hasBegun = false;
  #isOut = false;
  #isStopped = false;

  /** @param onStalled called when the module has taken nothing for `idleMs` */
  constructor(outgoing: OutgoingRequest, request: UpstreamRequest, idleMs: number, onStalled: () => void) {
    this.#outgoing = outgoing;
    this.#request = request;
    this.#idleMs = idleMs;
    this.#onStalled = onStalled;
    // What is small leaves with the head, as soon as the connection stands; until then it is the socket's.
    const { body } = request;
    if (body === null) this.#end();
    else if (body instanceof Uint8Array && body.length <= PIECE_BYTES) this.#end(body);
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
    if (this.#request.expectsContinue === true) await this.#asked();
    if (!this.#isStopped) await this.#sendPieces();
    clearImmediate(head);
    if (!this.#isStopped) this.#end();
  }

  /** The rest is not wanted. The body is left at the next piece that comes. */
  stop(): void {
    this.#isStopped = true;
    this.#wake?.();
  }

  #end(bytes?: Uint8Array): void {
    this.#outgoing.end(bytes);
    this.#isOut = true;
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
      if (piece.length > 0 && !this.#outgoing.write(piece)) await this.#taken();
      if (this.#isStopped) return;
    }
    // A byte too many would be the next request, a byte too few would take its first one.
    if (left !== 0 && left !== Number.POSITIVE_INFINITY) {
      throw new Error("invariant broken: a body has the length that was announced");
    }
  }

  #taken(): Promise<void> {
    const timer = setTimeout(() => this.#onStalled(), this.#idleMs);
    return this.#woken("drain", timer);
  }

  #asked(): Promise<void> {
    const timer = setTimeout(() => this.#wake?.(), CONTINUE_MS);
    return this.#woken("continue", timer);
  }

  /** Resolves at the event, or at `stop`. */
  #woken(event: "drain" | "continue", timer: NodeJS.Timeout): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#outgoing.off(event, wake);
        this.#wake = null;
        resolve();
      };
      this.#wake = wake;
      this.#outgoing.on(event, wake);
    });
  }
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
