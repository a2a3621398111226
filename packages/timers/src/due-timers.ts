import type { ArmedGroup, ArmedTimer } from "./armed-group.ts";

export interface DueTimer {
  readonly armed: ArmedTimer;
  /** For when: its regular time, or when somebody wanted a run. */
  readonly due: number;
}

/** What is due in these groups, the longest overdue first. */
export function dueTimers(groups: readonly ArmedGroup[], nowMs: number): readonly DueTimer[] {
  const due: DueTimer[] = [];
  for (const { timers } of groups) {
    for (const armed of timers.values()) {
      const at = armed.runRequestedAt ?? armed.nextDue;
      if (at !== null && at <= nowMs) due.push({ armed, due: at });
    }
  }
  return due.sort((a, b) => a.due - b.due);
}

/** When something is due next, `atMostMs` at the latest; what runs now becomes due when it has ended. */
export function nextDueOf(
  groups: Iterable<ArmedGroup>,
  isRunning: (name: string) => boolean,
  atMostMs: number,
): number {
  let next = atMostMs;
  for (const { timers } of groups) {
    for (const { runRequestedAt, nextDue, name } of timers.values()) {
      const at = runRequestedAt ?? nextDue;
      if (at !== null && at < next && !isRunning(name)) next = at;
    }
  }
  return next;
}
