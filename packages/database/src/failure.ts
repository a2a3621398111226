import { DatabaseError } from "pg";

/** What a failed statement means for whoever ran it.
 * - away: the connection was cut, or the server takes no writes: another one may
 * - stale-plan: a prepared statement of an older shape of its tables
 * - no-names: a prepared statement that the server has not, or has from somebody else: a pooler in between keeps no names
 * - refused: the statement was wrong, or came at the wrong time */
export type Failure = "away" | "stale-plan" | "no-names" | "refused";

/** SQLSTATE (PostgreSQL, appendix A), by class or in full. */
const meaning: Readonly<Record<string, Failure>> = {
  "08": "away", // connection exception; for 08P01 see below
  "25006": "away", // read only: a standby, or a primary that was demoted
  "25P03": "away", // idle in a transaction for too long; the server has closed the connection
  "57P01": "away", // shut down by the administrator
  "57P02": "away", // crash of another backend
  "57P03": "away", // starts up, or shuts down
  "57P05": "away", // idle for too long
  "53300": "away", // too many connections
  "0A000": "stale-plan", // cached plan must not change result type
  "26000": "no-names", // no such prepared statement
  "42P05": "no-names", // there is one of that name already
};

export function failureOf(error: unknown): Failure {
  if (error instanceof DatabaseError) {
    const code = error.code ?? "";
    if (code === PROTOCOL) return error.severity === "ERROR" || isPoolerRefusal(error) ? "refused" : "away";
    return meaning[code] ?? meaning[code.slice(0, 2)] ?? "refused";
  }
  return isConnectionError(error) ? "away" : "refused";
}

/** PostgreSQL's own for what breaks the protocol, as values that do not fit the statement: an ERROR, and the connection stays. PgBouncer (1.18) says
 * everything under it, FATAL as it closes the connection: that it has no server just now, or that it will never let this client in. */
const PROTOCOL = "08P01";

const POOLER_REFUSALS =
  /^(no such database|no such user|database ".*" (is disabled|does not exist)|(password|SASL) authentication failed|login rejected|unsupported startup parameter|not allowed)/u;

function isPoolerRefusal({ message }: DatabaseError): boolean {
  return POOLER_REFUSALS.test(message);
}

/** Whether there is no such database, or no right to connect to it, from the server or from a pooler in between. */
export function isNoPlace(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  if (error.code === PROTOCOL) return /^(no such database|database ".*" does not exist)/u.test(error.message);
  return error.code === "3D000" || error.code === "42501";
}

/** Whether the server may have carried out a statement although it failed here: it was cut off, not refused. */
export function isOutcomeUnknown(error: unknown): boolean {
  return !(error instanceof DatabaseError) || error.severity === "FATAL" || error.severity === "PANIC";
}

/** pg has no class for these: sockets give an errno, pg itself one of these sentences. */
function isConnectionError(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isConnectionError);
  if (!(error instanceof Error)) return false;
  if ("code" in error && typeof error.code === "string" && /^(E[A-Z]+|ERR_STREAM_\w+)$/u.test(error.code))
    return true;
  return /^(Connection terminated|Query read timeout|timeout expired|Client (has|was)|The server does not support SSL)/u.test(
    error.message,
  );
}

/** One sentence; a refused connection to several addresses has one for each and no message of its own. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
