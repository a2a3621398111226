import { name, type Place, type Provisioner, type Statement, sql, type Transaction } from "@octavo/database";
import { readLedger, writeProgress } from "./ledger/ledger.ts";
import { closeLedger, hasLedger } from "./ledger/ledger-tables.ts";

/** A schema that holds what was put away. */
export interface TrashedSchema {
  readonly schema: string;
  /** True: the tenant's whole schema, as a purge leaves it. False: tables that a contract or an undo took out of it. */
  readonly isWhole: boolean;
  /** How long ago, in days, by the database's clock. */
  readonly days: number;
}

export interface EmptiedTrash {
  readonly schemas: readonly string[];
  /** Contracts whose tables and columns are gone. */
  readonly contracts: readonly string[];
}

/** What was taken out of use and is still there. */
export interface Trash {
  /** Puts a tenant's whole schema away, with its ledger; nothing is lost, and the tenant may be made anew beside it.
   * @returns its name, for `restore`; null where there was none */
  purge(place: Place): Promise<string | null>;
  /** Of this place, newest first. */
  list(place: Place): Promise<readonly TrashedSchema[]>;
  /** Puts a purged schema back.
   * @throws where the tenant was made anew meanwhile */
  restore(place: Place, trashed: string): Promise<void>;
  /** Removes for good what has been in the trash for as many days: purged schemas, and what contracts took out of use. May be called at any
   * time, by any instance. */
  expire(place: Place, afterDays: number): Promise<EmptiedTrash>;
}

export function openTrash(provisioner: Provisioner): Trash {
  return {
    purge: (place) => provisioner.moveToTrash(place),
    list: (place) => provisioner.tx(place, (tx) => listTrash(tx, place)),
    restore: async (place, trashed) => {
      await provisioner.restoreFromTrash(place, trashed);
      await closeLedger(provisioner, place);
    },
    expire: (place, afterDays) => expire(provisioner, place, afterDays),
  };
}

/** Names are cut, so that whose a schema was is told by its owner. */
async function listTrash(tx: Transaction, place: Place): Promise<readonly TrashedSchema[]> {
  return tx.rows<TrashedSchema>(
    sql`select nspname::text as schema, (now() at time zone 'UTC')::date - to_date(substr(nspname, 7, 8), 'YYYYMMDD') as days,
        exists (select from pg_class where relnamespace = n.oid and relname = 'octavo_migration') as "isWhole"
      from pg_namespace n where nspname ~ '^trash_\\d{8}_' and nspowner = to_regrole(${name(`${place.schema}_owner`).quoted})
      order by days, schema desc`,
  );
}

async function expire(provisioner: Provisioner, place: Place, afterDays: number): Promise<EmptiedTrash> {
  const trashed = await provisioner.tx(place, (tx) => listTrash(tx, place));
  const schemas = trashed.filter(({ days }) => days >= afterDays).map(({ schema }) => schema);
  for (const schema of schemas)
    await provisioner.tx(place, (tx) => tx.run(sql`drop schema if exists ${name(schema)} cascade`));
  const contracts = await provisioner.tx(place, async (tx) =>
    (await hasLedger(tx)) ? oldContracts(tx, afterDays) : [],
  );
  for (const stepId of contracts) await provisioner.tx(place, (tx) => removeParts(tx, stepId));
  return { schemas, contracts };
}

async function oldContracts(tx: Transaction, afterDays: number): Promise<readonly string[]> {
  const rows = await tx.rows<{ id: string }>(
    sql`select step_id as id from octavo_step where kind = 'contract' and state = 'done'
      and ended_at <= clock_timestamp() - ${afterDays}::float8 * interval '1 day'
      and jsonb_path_exists(progress, '$.trashed[*] ? (@.remove != null && !(@.isRemoved == true))') order by position`,
  );
  return rows.map(({ id }) => id);
}

async function removeParts(tx: Transaction, stepId: string): Promise<void> {
  // Who brings it back at this moment comes before or after.
  const isDone = sql`select from octavo_step where step_id = ${stepId} and state = 'done' for update`;
  if ((await tx.row(isDone)) === null) return;
  const row = (await readLedger(tx)).find((row) => row.stepId === stepId);
  const parts = row?.progress.trashed ?? [];
  for (const { remove } of parts) if (remove !== null) await tx.run(statement(remove));
  const trashed = parts.map((part) => (part.remove === null ? part : { ...part, isRemoved: true }));
  await writeProgress(tx, stepId, { ...row?.progress, trashed });
}

function statement(text: string): Statement {
  return { text, values: [] };
}
