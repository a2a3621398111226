import type { ReadTransaction, Transaction } from "./transaction.ts";

/** On whose behalf, and how long it may take. */
export interface DatabaseContext {
  readonly tenantId: string;
  /** "background": nobody waits for it; all of it together has at most 30 % of the budget. */
  readonly work: "foreground" | "background";
  /** Ends waiting for a connection, and what runs on it: the request's own deadline or its client's leaving. */
  readonly signal?: AbortSignal;
  /** What is left of that deadline, in milliseconds: the server gives a statement up by then by itself, should this process be gone. */
  readonly remainingMs?: () => number;
}

/** What a module has of its databases. Each call takes a connection for one transaction and gives it back; none escapes, and none is
 * taken within another (what waits for a second connection may wait for itself). A transaction whose connection was cut before it heard
 * anything begins anew once. Where a call of `tx` fails nothing is written, but with `CommitUnknown`.
 * @throws DatabaseBusy, DatabaseAway, CommitUnknown, TenantUnknown; a `DatabaseError` of `pg` where a statement was refused; the signal's
 *   reason */
export interface ModuleDatabase {
  tx<T>(context: DatabaseContext, work: (tx: Transaction) => Promise<T>): Promise<T>;
  read<T>(context: DatabaseContext, work: (tx: ReadTransaction) => Promise<T>): Promise<T>;
  /** The module's own schema in its home database, which knows of all tenants what is not a tenant's: which there are, whose work waits.
   * No request is answered from it. */
  readonly home: HomeDatabase;
}

export interface HomeDatabase {
  tx<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  read<T>(work: (tx: ReadTransaction) => Promise<T>): Promise<T>;
}

/** What went wrong with the database itself; what a statement did wrong is a `DatabaseError` of `pg`. */
export class DatabaseBusy extends Error {
  override readonly name = "DatabaseBusy";
  readonly retryAfterSeconds: number;
  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** No primary that takes writes could be reached, or the connection was cut before the commit. Nothing was written. */
export class DatabaseAway extends Error {
  override readonly name = "DatabaseAway";
}

/** The connection was cut while the commit was under way: it may have been written. Repeat with the same key only. */
export class CommitUnknown extends Error {
  override readonly name = "CommitUnknown";
}

/** The module is not there for this tenant: no schema, or no right to it. */
export class TenantUnknown extends Error {
  override readonly name = "TenantUnknown";
}
