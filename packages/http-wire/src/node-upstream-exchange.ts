import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import type { Socket } from "node:net";
import { err, ok, type Result } from "@octavo/result";
import { isModulesFault } from "./upstream-answer-fault.ts";
import { NodeAnswerBody } from "./node-upstream-body.ts";
import { upstreamHeaders } from "./upstream-request-head.ts";
import { UpstreamSender } from "./upstream-sender.ts";
import type { OriginAgent, UpstreamConnection } from "./node-upstream-agent.ts";
import { idleMsOf, isTls, whyNotConnected } from "./upstream-socket.ts";
import { ANSWER_HEAD_BYTES, MOST_INTERIM_ANSWERS, readAnswerHead } from "./upstream-answer-head.ts";
import {
  type AnswerEnd,
  AnswerFailure,
  type UpstreamFailure,
  type UpstreamRequest,
  type UpstreamResponse,
  type UpstreamTimeouts,
} from "./upstream.ts";

type Outcome = Result<UpstreamResponse, UpstreamFailure>;

/** One request and its answer on one connection.
 * States: connecting -> sending (the request's body flows) -> waiting (for the head) -> answering -> over. An early answer
 * goes from sending to answering while the body still flows; it stops when the answer is an error or has ended, and then
 * the connection closes. `fail` leads to over from everywhere; over ignores all events. */
export class NodeUpstreamExchange {
  readonly #request: UpstreamRequest;
  readonly #timeouts: UpstreamTimeouts;
  readonly #agent: OriginAgent;
  readonly #outgoing: ClientRequest;
  readonly #sender: UpstreamSender;
  readonly #outcome = Promise.withResolvers<Outcome>();
  readonly #ended = Promise.withResolvers<AnswerEnd>();
  #socket: Socket | null = null;
  #connection: UpstreamConnection | null = null;
  #wasReused = false;
  #bytesReadBefore = 0;
  #interimAnswers = 0;
  #state: "connecting" | "sending" | "waiting" | "answering" | "over" = "connecting";
  #answer: IncomingMessage | null = null;
  #answerBody: NodeAnswerBody | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(agent: OriginAgent, host: string, request: UpstreamRequest, timeouts: UpstreamTimeouts) {
    this.#agent = agent;
    this.#request = request;
    this.#timeouts = timeouts;
    this.#outgoing = httpRequest({
      agent,
      method: request.method,
      path: request.target,
      headers: upstreamHeaders(host, request),
      maxHeaderSize: ANSWER_HEAD_BYTES,
      insecureHTTPParser: false,
    });
    this.#outgoing.maxHeadersCount = 0; // Node would drop the fields above its limit, silently
    this.#outgoing.on("socket", (socket) => this.#onSocket(socket));
    this.#outgoing.on("response", (answer) => this.#onAnswer(answer));
    this.#outgoing.on("error", (error) => this.#onError(error));
    this.#outgoing.on("information", () => {
      this.#interimAnswers += 1;
      if (this.#interimAnswers > MOST_INTERIM_ANSWERS) this.#fail("bad-answer", "a flood of interim answers");
    });
    this.#outgoing.on("upgrade", () => this.#fail("bad-answer", "it switched protocols without being asked"));
    this.#outgoing.on("close", () => this.#onClose());
    request.signal.addEventListener("abort", this.#onAbort);
    const { bodyIdleMs } = timeouts;
    this.#sender = new UpstreamSender(this.#outgoing, request, bodyIdleMs, () => {
      // While an answer comes, its own watch decides.
      if (this.#state === "sending") {
        this.#fail("body-timeout", `it took nothing of the body for ${bodyIdleMs} ms`);
      }
    });
  }

  get outcome(): Promise<Outcome> {
    return this.#outcome.promise;
  }

  #onSocket(socket: Socket): void {
    if (this.#state === "over") return;
    const connection = this.#agent.connectionOf(socket);
    this.#socket = socket;
    this.#connection = connection;
    this.#wasReused = connection.answered > 0;
    if (this.#wasReused) {
      this.#onReady();
      return;
    }
    const { connectMs } = this.#timeouts;
    this.#timer = setTimeout(() => {
      this.#fail("connect-timeout", `no connection within ${connectMs} ms`);
    }, connectMs);
    socket.once(isTls(socket) ? "secureConnect" : "connect", () => this.#onReady());
  }

  #onReady(): void {
    if (this.#state !== "connecting" || this.#socket === null) return;
    this.#bytesReadBefore = this.#socket.bytesRead;
    this.#state = "sending";
    this.#clearTimer();
    if (this.#sender.isOut) this.#awaitHead();
    else void this.#sendBody();
  }

  #awaitHead(): void {
    if (this.#state !== "sending") return;
    this.#state = "waiting";
    const { firstByteMs } = this.#timeouts;
    this.#timer = setTimeout(() => {
      this.#fail("first-byte-timeout", `no answer within ${firstByteMs} ms`);
    }, firstByteMs);
  }

  async #sendBody(): Promise<void> {
    try {
      await this.#sender.send();
      if (this.#sender.isOut) this.#awaitHead();
    } catch (error) {
      this.#onBodyFailure(error);
    }
  }

  #onAnswer(answer: IncomingMessage): void {
    if (this.#isOver()) {
      answer.destroy();
      return;
    }
    this.#clearTimer();
    const head = readAnswerHead(answer.rawHeaders);
    if (!head.ok) {
      this.#fail("bad-answer", head.error);
      return;
    }
    if (!/^1\.[01]$/.test(answer.httpVersion) || (answer.statusCode ?? 0) < 200) {
      this.#fail("bad-answer", `a head of HTTP/${answer.httpVersion} with status ${answer.statusCode}`);
      return;
    }
    const { rawHeaders, contentLength, keepAliveSeconds } = head.value;
    const status = answer.statusCode ?? 0;
    this.#state = "answering";
    this.#answer = answer;
    if (this.#connection !== null) {
      this.#connection.answered += 1;
      if (keepAliveSeconds !== null) this.#connection.idleMs = idleMsOf(keepAliveSeconds);
    }
    // RFC 9112 9.5: an error says that the rest of the body is not wanted. Other early answers may be streamed from it.
    if (!this.#sender.isOut && status >= 400) this.#sender.stop();
    answer.on("error", (error) => this.#onAnswerCut(error));
    answer.on("close", () => this.#onAnswerClosed(answer));
    const hasBody = this.#request.method !== "HEAD" && status !== 204 && status !== 304;
    if (hasBody) {
      const { bodyIdleMs } = this.#timeouts;
      this.#answerBody = new NodeAnswerBody(answer, bodyIdleMs, (kind) => this.#cut(new AnswerFailure(kind)));
    } else {
      answer.resume();
    }
    this.#outcome.resolve(
      ok({
        status,
        rawHeaders,
        body: this.#answerBody,
        whole: null,
        contentLength,
        ended: this.#ended.promise,
        abandon: () => this.#cut(new AnswerFailure("abandoned")),
      }),
    );
  }

  #onAnswerClosed(answer: IncomingMessage): void {
    if (this.#isOver()) return;
    if (!answer.complete || !answer.readableEnded) {
      this.#cut(new AnswerFailure("cut-short"));
      return;
    }
    this.#finish("complete");
    if (!this.#sender.isOut) this.#outgoing.destroy();
  }

  #onAnswerCut(error: NodeJS.ErrnoException): void {
    if (this.#answer?.complete === true) return; // it is whole, if not yet read; only the connection is lost
    this.#cut(new AnswerFailure(error.code?.startsWith("HPE_") === true ? "malformed" : "cut-short"));
  }

  /** Ends an answer before its end. */
  #cut(failure: Error): void {
    if (this.#isOver()) return;
    this.#answerBody?.fail(failure);
    this.#finish(isModulesFault(failure) ? "failed" : "abandoned");
    this.#outgoing.destroy();
  }

  readonly #onAbort = (): void => {
    if (this.#state === "answering") this.#cut(new AnswerFailure("abandoned"));
    else this.#fail("aborted", "the client has gone, or the deadline has passed");
  };

  /** The request's own body broke off: whoever reads the answer, or waits for it, hears the same. */
  #onBodyFailure(error: unknown): void {
    if (this.#isOver()) return;
    const failure = error instanceof Error ? error : new Error(String(error));
    if (this.#state === "answering") {
      this.#cut(failure);
      return;
    }
    this.#outcome.reject(failure);
    this.#finish("abandoned");
    this.#outgoing.destroy();
  }

  #onError(error: NodeJS.ErrnoException): void {
    if (this.#isOver()) return;
    if (this.#state === "answering") {
      this.#onAnswerCut(error);
      return;
    }
    const detail = error.code === undefined ? error.message : `${error.code}: ${error.message}`;
    if (this.#state === "connecting") this.#fail(whyNotConnected(this.#socket, error), detail);
    else if (error.code?.startsWith("HPE_") === true || this.#hasSpoken()) this.#fail("bad-answer", detail);
    else this.#fail("reset", detail);
  }

  /** Whether anything of an answer has come: then the module may have acted, and it is more than a closed connection. */
  #hasSpoken(): boolean {
    return this.#socket !== null && this.#socket.bytesRead > this.#bytesReadBefore;
  }

  #onClose(): void {
    if (this.#isOver() || this.#state === "answering") return;
    this.#fail(this.#state === "connecting" ? "connect-refused" : "reset", "the connection closed");
  }

  #fail(kind: UpstreamFailure["kind"], detail: string): void {
    if (this.#isOver()) return;
    const wasSent = this.#state !== "connecting";
    this.#outcome.resolve(err({ kind, wasSent, wasReused: this.#wasReused, detail }));
    this.#finish("failed");
    this.#outgoing.destroy();
  }

  #finish(end: AnswerEnd): void {
    this.#state = "over";
    this.#clearTimer();
    this.#answerBody?.stopWatching();
    this.#request.signal.removeEventListener("abort", this.#onAbort);
    this.#sender.stop();
    this.#ended.resolve(end);
  }

  #isOver(): boolean {
    return this.#state === "over";
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
