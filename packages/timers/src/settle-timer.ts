import type { Cadence } from "./cadence.ts";
import { dueAfter, dueWhenOverdue } from "./due.ts";
import type { FoundTimer } from "./timer-rows.ts";

/** How a timer should be. */
export interface WantedTimer {
  readonly name: string;
  readonly cadence: Cadence;
  readonly isPaused: boolean;
}

export interface Settled {
  readonly cadence: string;
  readonly nextDue: number | null;
}

/** When a timer is due next, given what is known of it: a new one, one that was changed or goes on after a pause begins anew;
 * of one that was taken over from an instance that is gone, a fire without an outcome counts as fired.
 * @param found null: nothing is known
 * @param isTakenOver whether nobody fired it until now */
export function settleTimer(
  { name, cadence, isPaused }: WantedTimer,
  found: Pick<FoundTimer, "cadence" | "nextDue" | "openFire"> | null,
  nowMs: number,
  isTakenOver: boolean,
): Settled {
  const key = isPaused ? `paused, ${cadence.key}` : cadence.key;
  if (isPaused) return { cadence: key, nextDue: null };
  if (found === null || found.cadence !== key)
    return { cadence: key, nextDue: dueAfter(cadence, name, nowMs) };
  if (!isTakenOver) return { cadence: key, nextDue: found.nextDue };
  const nextDue = found.openFire === null ? found.nextDue : dueAfter(cadence, name, found.openFire.claimedAt);
  const isOverdue = nextDue !== null && nextDue < nowMs;
  return { cadence: key, nextDue: isOverdue ? dueWhenOverdue(cadence, name, nowMs) : nextDue };
}
