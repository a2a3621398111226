// wire-exchange.ts runs for every request.
import { err, ok, type Result } from "@octavo/result";
import type { BodySource } from "./body-source.ts";
import { isModulesFault } from "./upstream-answer-fault.ts";
import { idleMsOf, whyNotConnected } from "./upstream-socket.ts";
import { PIECE_BYTES, UpstreamSender } from "./upstream-sender.ts";
import {
  type AnswerEnd,
  AnswerFailure,
  type UpstreamFailure,
  type UpstreamRequest,
  type UpstreamResponse,
  type UpstreamTimeouts,
} from "./upstream.ts";
import { type BodyFlow, WireAnswerBody } from "./wire-answer-body.ts";
import type { WireAnswerHead } from "./wire-answer-parser.ts";
import type { ConnectionUser, WireConnection } from "./wire-connection.ts";
import { WholeBody } from "./whole-body.ts";
import { WireOutgoing } from "./wire-outgoing.ts";
import { wireRequestHead } from "./wire-request-head.ts";

type Outcome = Result<UpstreamResponse, UpstreamFailure>;

const COMPLETE: Promise<AnswerEnd> = Promise.resolve("complete");
const NO_BYTES = Buffer.alloc(0);

/** One request and its answer on one connection.
 * States: connecting -> sending (the request's body flows) -> waiting (for the head) -> answering -> over. An early answer
 * goes from sending to answering while the body still flows; it stops when the answer is an error or has ended, and then
 * the connection closes. An answer that comes whole with its head goes to over at once: it needs its connection no more.
 * `fail` leads to over from everywhere; over ignores all events. */
export class WireExchange implements ConnectionUser, BodyFlow {
  readonly #connection: WireConnection;
  readonly #host: string;
  readonly #request: UpstreamRequest;
  readonly #timeouts: UpstreamTimeouts;
  readonly #wasReused: boolean;
  readonly outcome: Promise<Outcome>;
  #resolve: (outcome: Outcome) => void = () => undefined;
  #reject: (cause: Error) => void = () => undefined;
  #ended: PromiseWithResolvers<AnswerEnd> | null = null;
  #state: "connecting" | "sending" | "waiting" | "answering" | "over" = "connecting";
  #hasSpoken = false;
  #outgoing: WireOutgoing | null = null;
  #sender: UpstreamSender | null = null;
  #body: WireAnswerBody | null = null;

  constructor(
    connection: WireConnection,
    host: string,
    request: UpstreamRequest,
    timeouts: UpstreamTimeouts,
  ) {
    this.#connection = connection;
    this.#host = host;
    this.#request = request;
    this.#timeouts = timeouts;
    this.#wasReused = connection.answered > 0;
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    connection.take(this);
    request.signal.addEventListener("abort", this.#onAbort);
    if (connection.isStanding) this.onReady();
    else connection.timer.arm(timeouts.connectMs);
  }

  onReady(): void {
    if (this.#state !== "connecting") return;
    const { socket, parser } = this.#connection;
    const { body, method, contentLength } = this.#request;
    parser.start(method);
    this.#state = "sending";
    const head = wireRequestHead(this.#host, this.#request);
    if (body === null) {
      socket.write(head, "latin1");
      this.#awaitHead();
    } else if (body instanceof Uint8Array && body.length <= PIECE_BYTES) {
      socket.cork();
      socket.write(head, "latin1");
      if (body.length > 0) socket.write(body);
      socket.uncork();
      this.#awaitHead();
    } else {
      const isChunked = !(body instanceof Uint8Array) && contentLength === null;
      this.#outgoing = new WireOutgoing(socket, head, isChunked);
      this.#connection.timer.disarm();
      void this.#sendBody(this.#outgoing);
    }
  }

  async #sendBody(outgoing: WireOutgoing): Promise<void> {
    const { bodyIdleMs } = this.#timeouts;
    this.#sender = new UpstreamSender(outgoing, this.#request, bodyIdleMs, () => {
      // While an answer comes, its own watch decides.
      if (this.#state === "sending") {
        this.#fail("body-timeout", `it took nothing of the body for ${bodyIdleMs} ms`);
      }
    });
    try {
      await this.#sender.send();
      if (this.#sender.isOut) this.#awaitHead();
    } catch (error) {
      this.#onBodyFailure(error);
    }
  }

  #awaitHead(): void {
    if (this.#state !== "sending") return;
    this.#state = "waiting";
    this.#connection.timer.arm(this.#timeouts.firstByteMs);
  }

  onBytes(bytes: Buffer): void {
    if (this.#state === "connecting") {
      this.#fail("bad-answer", "it spoke before it was asked");
      return;
    }
    this.#hasSpoken = true;
    const { parser } = this.#connection;
    const pieces: Buffer[] = [];
    parser.push(bytes, pieces);
    if (this.#state === "answering") {
      this.#body?.add(pieces);
      this.#watch();
      this.#onProgress();
    } else if (parser.head !== null) {
      this.#onHead(parser.head, pieces);
    } else if (parser.problem !== null) {
      this.#fail("bad-answer", parser.problem);
    } else if (parser.hasContinued) {
      this.#outgoing?.isAskedFor();
    }
  }

  #onHead(head: WireAnswerHead, pieces: Buffer[]): void {
    const { parser } = this.#connection;
    this.#state = "answering";
    this.#connection.answered += 1;
    if (head.keepAliveSeconds !== null) this.#connection.idleMs = idleMsOf(head.keepAliveSeconds);
    if (parser.isWhole) {
      this.#finish("complete", this.#isRequestOut());
      const bytes = parser.hasBody ? joined(pieces) : null;
      this.#respond(head, bytes === null ? null : new WholeBody(bytes), bytes);
      return;
    }
    // RFC 9112 9.5: an error says that the rest of the body is not wanted. Other early answers may be streamed from it.
    if (!this.#isRequestOut() && head.status >= 400) this.#sender?.stop();
    this.#ended = Promise.withResolvers<AnswerEnd>();
    this.#body = new WireAnswerBody(this, pieces);
    this.#watch();
    this.#respond(head, this.#body, null);
    this.#onProgress();
  }

  #respond(head: WireAnswerHead, body: BodySource | null, whole: Uint8Array | null): void {
    this.#resolve(
      ok({
        status: head.status,
        rawHeaders: head.rawHeaders,
        body,
        whole,
        contentLength: head.contentLength,
        ended: this.#ended === null ? COMPLETE : this.#ended.promise,
        abandon: () => this.#cut(new AnswerFailure("abandoned")),
      }),
    );
  }

  #onProgress(): void {
    const { parser } = this.#connection;
    if (parser.isWhole) {
      this.#body?.end();
      this.#finish("complete", this.#isRequestOut());
    } else if (parser.problem !== null) {
      this.#cut(new AnswerFailure("malformed"));
    }
  }

  #isRequestOut(): boolean {
    return this.#sender?.isOut ?? true;
  }

  onEnd(): void {
    if (this.#state === "connecting" || this.#state === "over") return; // an error tells why, or nobody asks
    if (this.#state !== "answering") {
      this.#fail(this.#hasSpoken ? "bad-answer" : "reset", "the connection ended before the answer");
      return;
    }
    this.#connection.parser.end();
    if (this.#connection.parser.isWhole) this.#onProgress();
    else this.#cut(new AnswerFailure("cut-short"));
  }

  onError(error: NodeJS.ErrnoException): void {
    if (this.#state === "answering") {
      this.#cut(new AnswerFailure("cut-short"));
      return;
    }
    const detail = error.code === undefined ? error.message : `${error.code}: ${error.message}`;
    if (this.#state === "connecting") this.#fail(whyNotConnected(this.#connection.socket, error), detail);
    else this.#fail(this.#hasSpoken ? "bad-answer" : "reset", detail);
  }

  onClosed(): void {
    if (this.#state === "answering") this.#cut(new AnswerFailure("cut-short"));
    else this.#fail(this.#state === "connecting" ? "connect-refused" : "reset", "the connection closed");
  }

  onTimeout(): void {
    const { connectMs, firstByteMs } = this.#timeouts;
    if (this.#state === "connecting") {
      this.#fail("connect-timeout", `no connection within ${connectMs} ms`);
    } else if (this.#state === "waiting") {
      this.#fail("first-byte-timeout", `no answer within ${firstByteMs} ms`);
    } else if (this.#state === "answering") {
      this.#cut(new AnswerFailure(this.#body?.isAwaited === true ? "too-slow" : "abandoned"));
    }
  }

  pause(): void {
    if (this.#state !== "over") this.#connection.socket.pause();
  }

  resume(): void {
    if (this.#state !== "over") this.#connection.socket.resume();
  }

  onRead(): void {
    if (this.#state === "answering") this.#watch();
  }

  onLeft(): void {
    this.#cut(new AnswerFailure("abandoned"));
  }

  #watch(): void {
    this.#connection.timer.arm(this.#timeouts.bodyIdleMs);
  }

  /** Ends an answer before its end. */
  #cut(failure: Error): void {
    if (this.#state === "over") return;
    this.#body?.fail(failure);
    this.#finish(isModulesFault(failure) ? "failed" : "abandoned", false);
  }

  readonly #onAbort = (): void => {
    if (this.#state === "answering") this.#cut(new AnswerFailure("abandoned"));
    else this.#fail("aborted", "the client has gone, or the deadline has passed");
  };

  /** The request's own body broke off: whoever reads the answer, or waits for it, hears the same. */
  #onBodyFailure(error: unknown): void {
    if (this.#state === "over") return;
    const failure = error instanceof Error ? error : new Error(String(error));
    if (this.#state === "answering") {
      this.#cut(failure);
      return;
    }
    this.#finish("abandoned", false);
    this.#reject(failure);
  }

  #fail(kind: UpstreamFailure["kind"], detail: string): void {
    if (this.#state === "over") return;
    const wasSent = this.#state !== "connecting";
    this.#finish("failed", false);
    this.#resolve(err({ kind, wasSent, wasReused: this.#wasReused, detail }));
  }

  #finish(end: AnswerEnd, mayStay: boolean): void {
    this.#state = "over";
    this.#request.signal.removeEventListener("abort", this.#onAbort);
    this.#sender?.stop();
    this.#ended?.resolve(end);
    const wantsOwn = this.#request.isOnNewConnection === true;
    this.#connection.leave(mayStay && !wantsOwn && this.#connection.parser.mayStay);
  }
}

function joined(pieces: Buffer[]): Buffer {
  const [first] = pieces;
  if (first === undefined) return NO_BYTES;
  return pieces.length === 1 ? first : Buffer.concat(pieces);
}
