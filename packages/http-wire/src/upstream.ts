import type { Result } from "@octavo/result";
import type { BodySource } from "./body-source.ts";

/** The seam towards modules: one request to one origin, its answer streamed back. No policy here: whom to call, again or
 * not, is `packages/upstream`. */
export interface UpstreamConnections {
  /** Sends a request and resolves with the head of the answer.
   * @param origin "http://host:port", as discovery has it, without a path */
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
  /** Flat name, value ...; Host, framing and hop-by-hop headers are the connection's. */
  readonly rawHeaders: readonly string[];
  /** A stream is read once, so a request with one cannot be sent again after a byte of it was read. */
  readonly body: BodySource | Uint8Array | null;
  /** Bytes of a streamed body where they are known: sent as Content-Length, else chunked. */
  readonly contentLength: number | null;
  /** Aborts it: the client has gone, or the deadline has passed. */
  readonly signal: AbortSignal;
}

export interface UpstreamTimeouts {
  readonly connectMs: number;
  readonly firstByteMs: number;
  /** Longest silence while a body flows, either way. */
  readonly bodyIdleMs: number;
}

export interface UpstreamResponse {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  /** null for HEAD, 204, 304. Reading throws BodyFailure where the rest will not come. */
  readonly body: BodySource | null;
  readonly contentLength: number | null;
}

export interface UpstreamFailure {
  readonly kind:
    | "connect-refused"
    | "connect-timeout"
    | "no-such-host"
    | "reset"
    | "first-byte-timeout"
    | "bad-answer"
    | "aborted";
  /** False only where it is certain that no byte of the request has left. */
  readonly wasSent: boolean;
  /** True where the connection had served before: the peer may have closed it just then. */
  readonly wasReused: boolean;
  readonly detail: string;
}
