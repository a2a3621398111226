import type { BodySource } from "./body-source.ts";
import type { RequestHead } from "./request-head.ts";
import type { ResponseSink } from "./response-sink.ts";

export type Serve = (head: RequestHead, body: BodySource, sink: ResponseSink) => Promise<void>;

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly serve: Serve;
  readonly limits: ListenerLimits;
  /** Told of what went wrong below the seam (a broken head, a failing handler); never silent. */
  readonly onError: (event: ListenerError) => void;
}

export interface ListenerLimits {
  readonly requestLineBytes: number;
  readonly headerBytes: number;
  readonly headerFields: number;
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

export interface ListenerError {
  readonly kind: "bad-head" | "handler-failed";
  readonly detail: string;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** From now on every answer says `Connection: close`; new connections are still taken. */
  startDraining(): void;
  /** Stops taking connections, waits for requests in flight up to `graceMs`, then cuts what is left.
   * @returns how many requests were cut */
  close(graceMs: number): Promise<number>;
}
