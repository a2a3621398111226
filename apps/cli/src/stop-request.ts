import type { EventEmitter } from "node:events";

/** Why a server was asked to end. */
export type StopCause = "SIGTERM" | "SIGINT" | "SIGHUP" | "launcher-gone";

export interface StopRequest {
  /** Resolves at the first request. */
  readonly requested: Promise<StopCause>;
  readonly isRequested: boolean;
  /** Lets signals act as they do by themselves: a second Ctrl-C then ends a server that hangs while closing. */
  ignore(): void;
}

/** Listens from now on for what ends a server in the foreground: a signal, or the launcher's end. A launcher killed hard
 * forwards no signal, but its channel to us closes (scripts/run.mjs).
 * @param isLaunched false where a channel, if there is one, belongs to somebody else */
export function listenForStop(emitter: EventEmitter, isLaunched: boolean): StopRequest {
  let isRequested = false;
  let ignore = (): void => {};
  const requested = new Promise<StopCause>((resolve) => {
    const stop = (cause: StopCause): void => {
      isRequested = true;
      ignore();
      resolve(cause);
    };
    const listeners = [
      ["SIGTERM", () => stop("SIGTERM")],
      ["SIGINT", () => stop("SIGINT")],
      ["SIGHUP", () => stop("SIGHUP")],
      ...(isLaunched ? [["disconnect", () => stop("launcher-gone")] as const] : []),
    ] as const;
    for (const [event, listener] of listeners) emitter.on(event, listener);
    ignore = () => {
      for (const [event, listener] of listeners) emitter.off(event, listener);
    };
  });
  return {
    requested,
    get isRequested() {
      return isRequested;
    },
    ignore: () => ignore(),
  };
}
