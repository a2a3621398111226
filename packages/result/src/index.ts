/** An outcome that the caller must handle. A bug throws; everything else is one of these. */
export type Result<T, E> = Ok<T> | Err<E>;
export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}
export interface Err<E> {
  readonly ok: false;
  readonly error: E;
}

export function ok<T>(value: T): Ok<T> {
  return { ok: true, value };
}

export function err<E>(error: E): Err<E> {
  return { ok: false, error };
}

/** States what must always hold. It fails only by a mistake of ours, never by bad input.
 * @throws Error with the sentence that did not hold */
export function assert(holds: boolean, invariant: string): asserts holds {
  if (!holds) throw new Error(`invariant broken: ${invariant}`);
}
