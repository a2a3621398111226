import { Cancellation, type CancelSignal } from "@octavo/http-wire";

/** Aborts when one of two does. */
export interface EitherSignal {
  readonly signal: CancelSignal;
  /** Listens to them no more: one of the two may live as long as the process. */
  release(): void;
}

export function eitherSignal(one: CancelSignal, other: CancelSignal): EitherSignal {
  const signal = new Cancellation();
  const abort = (): void => signal.abort();
  const both = [one, other];
  for (const each of both) {
    if (each.aborted) abort();
    else each.addEventListener("abort", abort);
  }
  return {
    signal,
    release: () => {
      for (const each of both) each.removeEventListener("abort", abort);
    },
  };
}
