import {
  type Document,
  type DocumentCollection,
  name,
  sql,
  type Stored,
  type Transaction,
} from "@octavo/module-kit";
import { assert } from "@octavo/result";

interface Row {
  readonly document: string;
}

/** The records with these ids, kept as they are until the transaction ends; in one order for all, so that two do not wait for each
 * other in a circle. */
export async function lockStored<T extends Document>(
  tx: Transaction,
  { table }: DocumentCollection<T>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Stored<T>>> {
  if (ids.length === 0) return new Map();
  return byId(
    await tx.rows<Row>(
      sql`select jsonb::text as document from ${name(table.name)} where id = any(${ids}::uuid[]) order by id for no key update`,
    ),
  );
}

export async function readStored<T extends Document>(
  tx: Transaction,
  { table }: DocumentCollection<T>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Stored<T>>> {
  if (ids.length === 0) return new Map();
  return byId(
    await tx.rows<Row>(
      sql`select jsonb::text as document from ${name(table.name)} where id = any(${ids}::uuid[])`,
    ),
  );
}

/** When this transaction began, by the database's clock, as documents have it. */
export async function transactionTime(tx: Transaction): Promise<string> {
  const row = await tx.row<{ now: string }>(
    sql`select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"') as now`,
  );
  assert(row !== null, "a clock gives one row");
  return row.now;
}

export function byId<T extends Document>(rows: readonly Row[]): ReadonlyMap<string, Stored<T>> {
  const documents = rows.map(({ document }) => JSON.parse(document) as Stored<T>); // as: nothing else is stored
  return new Map(documents.map((document) => [document.id, document]));
}
