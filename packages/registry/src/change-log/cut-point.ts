import type { LogLimits } from "./log-limits.ts";

/** A change at the old end of the log. */
export interface OldChange {
  readonly revision: number;
  readonly hash: string;
  /** Milliseconds of the database's clock. */
  readonly atMs: number;
}

/** What decides how much may go. */
export interface LogState {
  readonly counter: number;
  readonly nowMs: number;
  /** Where an open loss begins: what came after is needed to propose it again. null: there is none. */
  readonly heldFrom: number | null;
}

/** @param oldest without a gap, oldest first
 * @returns the last of them that may go with all before it; null where none may */
export function cutPoint(oldest: readonly OldChange[], state: LogState, limits: LogLimits): OldChange | null {
  const stays = oldest.findIndex((change) => !mayGo(change, state, limits));
  return oldest[(stays === -1 ? oldest.length : stays) - 1] ?? null;
}

function mayGo({ revision, atMs }: OldChange, state: LogState, limits: LogLimits): boolean {
  const newer = state.counter - revision;
  const ageMs = state.nowMs - atMs;
  if (newer < limits.leastRows || ageMs < limits.leastAgeMs) return false;
  if (state.heldFrom !== null && revision > state.heldFrom) return false;
  return newer >= limits.mostRows || ageMs >= limits.mostAgeMs;
}
