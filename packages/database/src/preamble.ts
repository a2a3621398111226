import { Name } from "./statement.ts";

export interface Preamble {
  readonly role: string;
  /** In this order; `public` is never among them. */
  readonly path: readonly string[];
  readonly isReadOnly: boolean;
  readonly statementTimeoutMs: number;
  /** 0: none of its own. */
  readonly lockTimeoutMs: number;
  /** Longest time between statements; 0: any. */
  readonly idleTimeoutMs: number;
}

/** What opens each transaction, in one message ahead of its first statement. All of it is LOCAL: a connection that is given back has no
 * tenant, and what comes after a COMMIT that somebody sneaked in runs as the login, which may do nothing. Where it fails the transaction is
 * aborted, so that what was sent behind it is refused.
 *
 * A read sees one state of the database, so that a page and its count agree. Compiling plans (jit) costs more than our statements. */
export function preambleText(preamble: Preamble): string {
  const { role, path, isReadOnly, statementTimeoutMs, lockTimeoutMs, idleTimeoutMs } = preamble;
  const begin = isReadOnly ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN";
  return [
    begin,
    `SET LOCAL ROLE ${new Name(role).quoted}`,
    `SET LOCAL search_path TO ${listed(path)}`,
    `SET LOCAL statement_timeout TO ${Math.ceil(statementTimeoutMs)}`,
    `SET LOCAL lock_timeout TO ${Math.ceil(lockTimeoutMs)}`,
    `SET LOCAL idle_in_transaction_session_timeout TO ${Math.ceil(idleTimeoutMs)}`,
    "SET LOCAL jit TO off",
  ].join("; ");
}

/** The same for a connection that runs one statement outside of a transaction and is wiped clean after it. */
export function sessionText(role: string, path: readonly string[]): string {
  return `SET ROLE ${new Name(role).quoted}; SET search_path TO ${listed(path)}`;
}

function listed(schemas: readonly string[]): string {
  return schemas.map((schema) => new Name(schema).quoted).join(", ");
}
