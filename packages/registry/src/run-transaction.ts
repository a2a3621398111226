import { err, ok, type Result } from "@octavo/result";
import type { Pool, PoolClient } from "pg";
import { limits } from "./connect.ts";
import { failureOf, isOutcomeUnknown, messageOf, type DatabaseFailure } from "./database-failure.ts";

export interface Ending<T> {
  readonly commits: boolean;
  readonly value: T;
}

export interface TransactionFailure {
  readonly failure: Exclude<DatabaseFailure, "mistake">;
  readonly cause: string;
  /** "unknown" only where the connection was cut while the commit was under way. */
  readonly outcome: "not-written" | "unknown";
}

/** Runs one transaction on a connection of the pool.
 * @param statements `begin` must be answered within `limits.beginMs`; `commit` may hold what comes last
 * @throws whatever is a mistake of ours: a statement that is wrong, an exception in `work` */
export async function runTransaction<T>(
  pool: Pool,
  statements: { readonly begin: string; readonly commit: string },
  work: (client: PoolClient) => Promise<Ending<T>>,
): Promise<Result<T, TransactionFailure>> {
  let client: PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    return failed(error, "not-written");
  }
  let isCommitting = false;
  try {
    const begin = { text: statements.begin, query_timeout: limits.beginMs };
    await client.query(begin);
    const { commits, value } = await work(client);
    isCommitting = commits;
    await client.query(commits ? statements.commit : "rollback");
    client.release();
    return ok(value);
  } catch (error) {
    client.release(true); // the server rolls back what a closed connection had open
    return failed(error, isCommitting && isOutcomeUnknown(error) ? "unknown" : "not-written");
  }
}

function failed(error: unknown, outcome: TransactionFailure["outcome"]): Result<never, TransactionFailure> {
  const failure = failureOf(error);
  if (failure === "mistake") throw error;
  return err({ failure, cause: messageOf(error), outcome });
}

export const readOnly = {
  begin: "begin isolation level repeatable read read only",
  commit: "commit",
} as const;
export const readWrite = { begin: "begin", commit: "commit" } as const;
