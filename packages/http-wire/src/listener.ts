import type { Socket } from "node:net";
import type { Result } from "@octavo/result";
import type { IncomingBody } from "./body-source.ts";
import type { RequestHead } from "./request-head.ts";
import type { ResponseSink } from "./response-sink.ts";

/** Requests of one connection come one after the other: the next when the answer to the one before has ended. */
export type Serve = (head: RequestHead, body: IncomingBody, sink: ResponseSink) => Promise<void>;

/** How a listener starts: an adapter (node:http now, our own wire later) is a function of this type. */
export type Listen = (options: ListenerOptions) => Promise<Result<Listener, ListenFailure>>;

/** Where clients come in: an address, or the path of a Unix socket that only this machine's user can reach. */
export type ListenerOptions = ServeOptions &
  (
    | {
        readonly host: string;
        /** 0 takes a free one. */
        readonly port: number;
      }
    | { readonly path: string }
  );

export interface ServeOptions {
  readonly serve: Serve;
  readonly limits: ListenerLimits;
  /** Told of what went wrong below the seam (a broken head, a failing handler); never silent. */
  readonly onError: (event: ListenerError) => void;
}

export interface ListenerLimits {
  readonly requestLineBytes: number;
  /** All header lines together, names, values and their separators. */
  readonly headerBytes: number;
  readonly headerFields: number;
  /** From the first moment of a connection or of its next request until the head is whole. */
  readonly headersTimeoutMs: number;
  /** Longest silence within a body, and longest stall of a client that does not read its answer. */
  readonly bodyIdleTimeoutMs: number;
  /** After a first `bodyIdleTimeoutMs`, a body must have come at least this fast. */
  readonly bodyBytesPerSecond: number;
  /** How long a connection may wait for its next request. Longer than a balancer's own, which should close first. */
  readonly keepAliveTimeoutMs: number;
  /** Requests that a client may send ahead of their answers on one connection. */
  readonly pipelinedRequests: number;
}

/** DECISIONS 10 and reliability 4.1, 6 row 22: Node's own would cut a slow head only after 90 s. */
export const defaultLimits: ListenerLimits = {
  requestLineBytes: 8 * 1024,
  headerBytes: 16 * 1024,
  headerFields: 100,
  headersTimeoutMs: 10_000,
  bodyIdleTimeoutMs: 30_000,
  bodyBytesPerSecond: 500,
  keepAliveTimeoutMs: 65_000,
  pipelinedRequests: 64,
};

export interface ListenerError {
  readonly kind: "bad-head" | "handler-failed";
  readonly detail: string;
}

export interface ListenFailure {
  /** The system's code, "EADDRINUSE" and the like. */
  readonly code: string;
  readonly message: string;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Connections now. */
  readonly open: number;
  /** From now on every answer says `Connection: close`; new connections are still taken. */
  startDraining(): void;
  /** Stops taking connections, waits for requests in flight up to `graceMs`, then cuts what is left.
   * @param hurry ends the grace before its time
   * @returns how many requests were cut */
  close(graceMs: number, hurry?: AbortSignal): Promise<number>;
}

/** Serves connections that somebody else has accepted: the listener of a worker is its parent's. */
export interface ConnectionTaker {
  /** Nothing of it has been read yet. */
  take(connection: Socket): void;
  /** Connections that it serves now. */
  readonly open: number;
  /** From now on every answer says `Connection: close`. */
  startDraining(): void;
  /** Waits up to `graceMs` until every connection has had its last answer, or its client has closed it; then closes what is
   * left. Unlike a listener's `close` it never closes an idle connection before that: its client may be sending just now,
   * and could not know whether a POST was carried out.
   * @param hurry ends the grace before its time
   * @returns how many requests were cut */
  drain(graceMs: number, hurry?: AbortSignal): Promise<number>;
  /** As a listener's. */
  close(graceMs: number, hurry?: AbortSignal): Promise<number>;
}
