import { DatabaseError } from "pg";

/** What a failed call to the database means for whoever made it.
 * - away: no server, not a writable one, or one that takes no more work now
 * - full: a server without room on its disk; it still answers
 * - duplicate-key: the row is there already, most likely another writer's
 * - lost-race: deadlock or serialization; another transaction went on, try again on what it left
 * - lock-timeout: somebody holds what was asked for
 * - mistake: ours; trying again gives the same */
export type DatabaseFailure = "away" | "full" | "duplicate-key" | "lost-race" | "lock-timeout" | "mistake";

/** SQLSTATE (PostgreSQL, appendix A), by class or in full. */
const meaning: Readonly<Record<string, DatabaseFailure>> = {
  "08": "away", // connection exception
  "25006": "away", // read-only: a standby, or a primary that was demoted
  "25P03": "away", // idle in a transaction for too long: this process stood still
  "28": "away", // authentication: a rotated password, mended from outside
  "3D": "away", // no such database
  "53": "away", // out of memory or connections
  "53100": "full",
  "55000": "away", // the database takes no connections (ALLOW_CONNECTIONS false)
  "55P03": "lock-timeout",
  "57": "away", // cancelled by the timeout, or the server is going down
  "58": "away", // system error
  XX: "away", // internal error, as of a damaged page
  "23505": "duplicate-key",
  "40": "lost-race",
};

export function failureOf(error: unknown): DatabaseFailure {
  if (error instanceof DatabaseError) {
    const code = error.code ?? "";
    return meaning[code] ?? meaning[code.slice(0, 2)] ?? "mistake";
  }
  return isConnectionError(error) ? "away" : "mistake";
}

/** Whether the server may have carried out a statement although it failed here: it was cut off, not refused. */
export function isOutcomeUnknown(error: unknown): boolean {
  return !(error instanceof DatabaseError) || error.severity === "FATAL" || error.severity === "PANIC";
}

/** pg has no class for these: sockets give an errno, pg itself one of these sentences. */
function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isConnectionError);
  if ("code" in error && typeof error.code === "string" && /^E[A-Z]+$/.test(error.code)) return true;
  return /^(Connection terminated|Query read timeout|timeout exceeded|timeout expired|Client (has|was)|The server does not support SSL|There was an error establishing an SSL|Cannot use a pool)/.test(
    error.message,
  );
}

/** One sentence; a refused connection to several addresses says so for each (and has no message of its own). */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
