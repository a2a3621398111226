import type { EventEmitter } from "node:events";
import type { Log } from "./log.ts";

/** The part of `process` that tells when to stop. */
export type StopSource = Pick<EventEmitter, "on" | "off">;

/** States: running -> stopping (a first signal) -> hurrying (a second one). */
export interface StopRequest {
  /** Aborted by the first signal, or when the launcher that started us is gone. */
  readonly stop: AbortSignal;
  /** Aborted by a further signal: nothing is waited for any more. */
  readonly hurry: AbortSignal;
  /** Lets the process end: a listener to the launcher's channel keeps it open. Signals are listened to further, or one
   * that comes now would kill what has just stopped cleanly. */
  letEnd(): void;
}

const signals = ["SIGTERM", "SIGINT"] as const;

/** A terminal sends Ctrl-C to the launcher and to us, and the launcher passes its own on: that is still one wish. */
const SAME_WISH_MS = 500;

/** @param onHangUp what SIGHUP means where no terminal sends it; null: a stop as well */
export function listenForStop(
  source: StopSource,
  log: Log,
  onHangUp: (() => void) | null = null,
): StopRequest {
  const stop = new AbortController();
  const hurry = new AbortController();
  let firstAt = Number.POSITIVE_INFINITY;
  const onSignal = (signal: unknown) => {
    if (!stop.signal.aborted) {
      firstAt = performance.now();
      log.info({ signal: String(signal) }, "stopping; a second signal stops without waiting");
      stop.abort();
    } else if (performance.now() - firstAt > SAME_WISH_MS && !hurry.signal.aborted) {
      log.warn({ signal: String(signal) }, "stopping without waiting");
      hurry.abort();
    }
  };
  for (const signal of signals) source.on(signal, onSignal);
  source.on("SIGHUP", (signal) => {
    if (onHangUp === null || stop.signal.aborted) onSignal(signal);
    else onHangUp();
  });
  const onDisconnect = () => onSignal("launcher gone");
  source.on("disconnect", onDisconnect);
  return { stop: stop.signal, hurry: hurry.signal, letEnd: () => source.off("disconnect", onDisconnect) };
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
