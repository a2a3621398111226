import { setTimeout as pause } from "node:timers/promises";
import type { HealthFact } from "../definition/part.ts";

const LOOK_MS = 50;
/** A start takes a moment, of which there is nothing to tell. */
const FIRST_TELL_MS = 2000;
const TELL_MS = 10_000;

/** Waits until nothing says no any longer: a home that is made, keys that are read. There is no end to it but `signal`'s: a database that
 * is away at the start comes back.
 * @param tell called after two seconds and then every ten with what says no
 * @throws the signal's reason */
export async function whenReady(
  facts: () => readonly HealthFact[],
  signal: AbortSignal,
  tell: (missing: readonly HealthFact[]) => void,
): Promise<void> {
  let tellAtMs = performance.now() + FIRST_TELL_MS;
  for (;;) {
    const missing = facts().filter(({ isReady }) => !isReady);
    if (missing.length === 0) return;
    const nowMs = performance.now();
    if (nowMs >= tellAtMs) {
      tellAtMs = nowMs + TELL_MS;
      tell(missing);
    }
    await pause(LOOK_MS, undefined, { signal });
  }
}
