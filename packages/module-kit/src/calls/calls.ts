import type { Result } from "@octavo/result";
import type { Static, TSchema } from "typebox";

/** Other modules of the same tenant, reached through the gateway as the caller of the request. */
export interface Calls {
  /** Sends one request and reads the answer whole.
   * @returns the body by its schema, or why there is none; nothing throws but a call within a transaction, which is a mistake */
  send<Schema extends TSchema>(
    request: CallRequest<Schema>,
  ): Promise<Result<CallAnswer<Static<Schema>>, CallError>>;
}

export interface CallRequest<Schema extends TSchema> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** "/users/7": what a user gave in it goes through `encodeURIComponent`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** What the answer must be; what it holds besides is kept. */
  readonly answer: Schema;
  /** Sent besides, "user-agent"; who calls cannot be said with them: `X-Okapi-...` are left out. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as Idempotency-Key; with it a write may be repeated by the gateway. */
  readonly idempotencyKey?: string;
  /** Not longer than the request has left; without it 30 s. */
  readonly timeoutMs?: number;
}

export interface CallAnswer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** - `refused`: an answer outside of 200 to 299; `text` has at most 64 KiB of it
 * - `unreachable`: no answer came; a write may have been done
 * - `timeout`: the time was over, or the client of the request left
 * - `malformed`: an answer that is not what was declared
 * - `no-gateway`: nobody said where the gateway is */
export type CallError =
  | { readonly kind: "refused"; readonly status: number; readonly headers: Headers; readonly text: string }
  | { readonly kind: "unreachable" | "timeout" | "malformed" | "no-gateway"; readonly message: string };
