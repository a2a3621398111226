import { setTimeout as pause } from "node:timers/promises";
import { DatabaseError } from "pg";

const ATTEMPTS = 6;
const SHORTEST_PAUSE_MS = 20;

/** Does again what lost a race: roles, grants and databases belong to the whole cluster, whose catalog lets nobody wait in turn for them. Those that lost
 * together try again at different times.
 * @param work changes nothing where it fails
 * @param random from 0 up to 1 */
export async function repeated<T>(work: () => Promise<T>, random: () => number): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= ATTEMPTS || !isLostRace(error)) throw error;
      await pause(SHORTEST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + random()));
    }
  }
}

/** It is there now, or somebody else has changed or removed it meanwhile. */
function isLostRace(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  const isThere = ["42710", "42P04", "42P06", "23505", "40P01", "55006"].includes(error.code ?? "");
  return isThere || /tuple concurrently (updated|deleted)/u.test(error.message);
}
