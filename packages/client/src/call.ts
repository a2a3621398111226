import type { Answer } from "./answer.ts";

/** What the generated methods say about their operation. */
export interface OperationSpec {
  readonly name: string;
  readonly method: string;
  /** With parameters in braces. */
  readonly path: string;
  readonly writes: boolean;
}

/** What every call may say. */
export interface CallOptions {
  /** Longest wait for the whole answer, in milliseconds; the client's own where it is left out. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface WriteOptions extends CallOptions {
  /** With a key the call is done once however often it is sent; without one it is sent once. */
  readonly idempotencyKey?: string;
}

/** Path parameters lie beside the rest under their own names. */
export interface CallInput extends WriteOptions {
  readonly query?: object;
  readonly body?: unknown;
}

export type Call = <T>(operation: OperationSpec, input: CallInput) => Promise<Answer<T>>;
