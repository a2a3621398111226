import type { CancelSignal } from "@octavo/http-wire";
import type { Operation } from "@octavo/management-api";
import type { EXPOSITION_TYPE } from "../metrics/print-families.ts";
import type { Caller } from "@octavo/identity";

/** A management call that was matched, authorised and read: what a handler gets. */
export interface Call {
  readonly operation: Operation;
  /** Path parameters, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Request path without the query, as sent: what a relative Location is made from. */
  readonly path: string;
  /** "" where there was none. */
  readonly body: string;
  readonly caller: Caller;
  readonly requestId: string;
  readonly idempotencyKey: string | null;
  /** Of a client that follows events and was cut off: the last one that it got. */
  readonly lastEventId: string | null;
}

export interface Reply {
  readonly status: number;
  readonly contentType:
    | "application/json"
    | "text/plain"
    | "text/event-stream"
    | typeof EXPOSITION_TYPE
    | null;
  /** Flat name, value ... beyond Content-Type. */
  readonly headers: readonly string[];
  readonly body: string;
  /** In place of a body, where the answer is written as things happen.
   * @param gone the client is */
  readonly stream?: (gone: CancelSignal) => AsyncIterable<string>;
}

/** Why a call was refused, in Okapi's words. One place at the edge chooses the status and the form. */
export interface Refusal {
  readonly kind:
    | "user"
    | "not-found"
    | "forbidden"
    | "unauthorized"
    | "conflict"
    /** It was there once. */
    | "gone"
    | "too-large"
    | "too-many"
    | "unavailable"
    /** It was carried out, and some instance does not know it yet. */
    | "not-everywhere"
    | "internal"
    | "not-implemented";
  readonly message: string;
  readonly retryAfterSeconds?: number;
}
