/** How a call ended. Nothing that a server or a network does is thrown. */
export type Answer<T> = Success<T> | Failure;

export interface Success<T> {
  readonly ok: true;
  readonly status: number;
  readonly value: T;
  /** The body as it came. JSON.parse rounds long numbers; this does not. */
  readonly text: string;
  /** Path of what was created or of the job, as sent: without a host. */
  readonly location: string | null;
}

export interface Failure {
  readonly ok: false;
  readonly kind: FailureKind;
  /** Status of the answer; null where there was none. */
  readonly status: number | null;
  /** The server's own text where there is one, otherwise what was tried and what went wrong. */
  readonly message: string;
  /** What the server asked to wait before the next try, in seconds. */
  readonly retryAfterSeconds: number | null;
}

export type FailureKind =
  /** The server answered with an error (or a redirect, which is never followed: it would carry the token elsewhere). */
  | "refused"
  /** No connection, or it was lost before the whole answer was there. A write may have happened. */
  | "unreachable"
  /** No answer in time. A write may have happened. */
  | "timeout"
  /** The caller's signal said stop. */
  | "aborted"
  /** The answer is not what the API promises: something else listens there. */
  | "malformed-answer"
  /** No URL can be made: the server's is none, or a path parameter is empty, "." or "..". Nothing was sent. */
  | "bad-input";
