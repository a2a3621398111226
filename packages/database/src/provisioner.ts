import type { Place } from "./place.ts";
import type { Statement } from "./statement.ts";
import type { Transaction } from "./transaction.ts";

/** Makes and changes schemas, with a login that may (CREATEROLE, CREATE), used by tenant jobs and by nothing else. */
export interface Provisioner {
  /** Database (where it has one of its own), roles, grants, schema, extensions: whatever of it is missing. Several may ask at once.
   * @returns sentences about what this server does not allow, so that tenants are less well separated there; [] where all is done */
  provision(place: Place): Promise<readonly string[]>;
  /** One transaction as the owner of the schema, with `lock_timeout` so that nobody queues behind it for long. */
  tx<T>(place: Place, work: (tx: Transaction) => Promise<T>, lockTimeoutMs?: number): Promise<T>;
  /** One statement as the owner outside of a transaction: CREATE INDEX CONCURRENTLY, VALIDATE. */
  run(place: Place, statement: Statement): Promise<void>;
  /** Renames the schema to `trash_<date>_<schema>` and takes all rights from it; nothing is lost.
   * @returns its new name, null where there was none */
  moveToTrash(place: Place): Promise<string | null>;
  /** Takes the login's right to become the runtime role, so that nothing of this module answers for the tenant (`TenantUnknown`). Its rows
   * stay; `provision` gives the right back. */
  withdraw(place: Place): Promise<void>;
  /** Makes a schema `trash_<date>_<schema>` of the owner for what a migration takes out of use, where no runtime role looks.
   * @returns its name */
  trashFor(place: Place): Promise<string>;
  /** Puts a schema that was moved to the trash back, with the rights that it had.
   * @throws where there is a schema of the place again */
  restoreFromTrash(place: Place, trash: string): Promise<void>;
}
