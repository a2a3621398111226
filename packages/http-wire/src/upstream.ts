import type { Result } from "@octavo/result";
import type { BodySource } from "./body-source.ts";
import type { CancelSignal } from "./cancellation.ts";

/** The seam towards modules: one request to one origin, its answer streamed back. No policy here: whom to call, again or
 * not, is `packages/upstream`. */
export interface UpstreamConnections {
  /** Sends a request and resolves with the head of the answer. Rejects with `BodyFailure` where the request's own body
   * broke off: that is for whoever listens to the client.
   * @param origin "http://host:port" or "https://host:port", as discovery has it, without a path */
  send(
    origin: string,
    request: UpstreamRequest,
    timeouts: UpstreamTimeouts,
  ): Promise<Result<UpstreamResponse, UpstreamFailure>>;
  /** Closes kept connections to an origin that has left; those in use end with their answer. */
  forget(origin: string): void;
  /** Open connections now, for limits and for tests that count. */
  readonly open: number;
  close(): Promise<void>;
}

export interface UpstreamRequest {
  readonly method: string;
  /** Path and query, sent as they are. */
  readonly target: string;
  /** Flat name, value ...; Host, framing and hop-by-hop headers are the connection's and left out here. */
  readonly rawHeaders: readonly string[];
  /** A stream is read once, so a request with one cannot be sent again after a byte of it was read. It is not touched
   * before a connection stands. */
  readonly body: BodySource | Uint8Array | null;
  /** Bytes of a streamed body where they are known: sent as Content-Length, else chunked. */
  readonly contentLength: number | null;
  /** Aborts it: the client has gone, or the deadline has passed. */
  readonly signal: CancelSignal;
  /** Sends `Expect: 100-continue`, and the body when the module asks for it, or after a second. */
  readonly expectsContinue?: boolean;
  /** On a connection that has served nothing, which is not kept. */
  readonly isOnNewConnection?: boolean;
}

export interface UpstreamTimeouts {
  /** Name look-up, connection and TLS handshake together. */
  readonly connectMs: number;
  /** From the end of the request to the head of the answer. */
  readonly firstByteMs: number;
  /** Longest silence while a body flows, either way. */
  readonly bodyIdleMs: number;
}

export interface UpstreamResponse {
  readonly status: number;
  /** Without hop-by-hop headers and framing, otherwise as they came. */
  readonly rawHeaders: readonly string[];
  /** null for HEAD, 204, 304. Reading throws AnswerFailure where the rest will not come. */
  readonly body: BodySource | null;
  /** All of `body`, where it came with the head: it need not be awaited, and the connection has done with this answer. */
  readonly whole: Uint8Array | null;
  /** As the module says; also for HEAD and 304, where it speaks of a body that is not sent. */
  readonly contentLength: number | null;
  /** Resolves when the connection has done with this answer. It always does: an answer that nobody reads is given up
   * after `bodyIdleMs`. */
  readonly ended: Promise<AnswerEnd>;
  /** Gives the rest of the answer up; its connection closes. */
  abandon(): void;
}

/** "failed": by the module. "abandoned": by us or by the client. */
export type AnswerEnd = "complete" | "failed" | "abandoned";

/** Why an answer ended before its end. An exception for the reasons of BodyFailure: it may happen at any read. */
export class AnswerFailure extends Error {
  readonly kind: "cut-short" | "too-slow" | "malformed" | "abandoned";
  constructor(kind: AnswerFailure["kind"]) {
    super(sentences[kind]);
    this.name = "AnswerFailure";
    this.kind = kind;
  }
}

const sentences: Record<AnswerFailure["kind"], string> = {
  "cut-short": "The module closed the connection before the end of its answer",
  "too-slow": "The module stopped sending before the end of its answer",
  malformed: "The module's answer is not framed as HTTP/1.1 requires",
  abandoned: "The answer is not wanted any more",
};

export interface UpstreamFailure {
  readonly kind:
    | "connect-refused"
    | "connect-timeout"
    | "no-such-host"
    /** The address is one that no module may have (upstream-address.ts). */
    | "forbidden-address"
    | "tls-failure"
    /** Closed or reset before the first byte of an answer. */
    | "reset"
    | "first-byte-timeout"
    /** The module stopped taking the request's body. */
    | "body-timeout"
    /** No HTTP, ambiguous framing, a head above its limit, or one that broke off. */
    | "bad-answer"
    | "aborted";
  /** False only where it is certain that no byte of the request has left. */
  readonly wasSent: boolean;
  /** True where the connection had served before: the peer may have closed it just then. */
  readonly wasReused: boolean;
  /** For the log: it may name hosts. */
  readonly detail: string;
}
