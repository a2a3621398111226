import type { Statement } from "./statement.ts";

/** A transaction that changes nothing, of one tenant and one module: its schema is the only one on the path, its role has that tenant's
 * rights and no others (decision 0013). It ends with the function that was given it; a statement that is not awaited by then, or comes
 * later, is an error of the caller. */
export interface ReadTransaction {
  /** Whose it is; null in home. What is written for a tenant wakes that tenant's workers (decision 0023). */
  readonly tenantId: string | null;
  rows<Row extends object>(statement: Statement): Promise<readonly Row[]>;
  /** The only row, or null.
   * @throws Error where there are several */
  row<Row extends object>(statement: Statement): Promise<Row | null>;
  /** Rows as they come, `batchRows` at a time (100). Nothing more is read than what is taken, and the cursor is closed however the loop
   * ends. */
  stream<Row extends object>(statement: Statement, batchRows?: number): AsyncIterable<Row>;
  /** A part that only reads, and may be given up: none of its statements may take longer than this, and the transaction goes on without.
   * @returns null where one did */
  within<T>(timeoutMs: number, work: () => Promise<T>): Promise<T | null>;
}

export interface Transaction extends ReadTransaction {
  /** @returns how many rows were touched */
  run(statement: Statement): Promise<number>;
  /** A part that may fail without the rest: what it wrote is undone when it throws, and the transaction goes on. */
  attempt<T>(work: () => Promise<T>): Promise<T>;
  /** Called once it is committed, never when it is not. Must not throw. */
  afterCommit(call: () => void): void;
}
