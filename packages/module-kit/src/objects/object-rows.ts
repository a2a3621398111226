import { type ReadTransaction, sql, type Transaction } from "@octavo/database";
import type { ObjectKey, ObjectRow } from "@octavo/object-store";
import { expand, type Step } from "@octavo/migrations";

export const objectSteps: readonly Step[] = [
  expand(
    "octavo_object",
    `create table octavo_object (key text collate "C" primary key, expires_at timestamptz)`,
  ),
];

/** Keeps a file beyond the transaction: without its row it is removed after a day.
 * @param ttlSeconds null: until `dropObject` */
export async function keepObject(tx: Transaction, key: ObjectKey, ttlSeconds: number | null): Promise<void> {
  await tx.run(
    sql`insert into octavo_object (key, expires_at) values (${key}, now() + make_interval(secs => ${ttlSeconds}::double precision))
        on conflict (key) do update set expires_at = excluded.expires_at`,
  );
}

/** The file goes with the next sweep, not before the transaction is committed. */
export async function dropObject(tx: Transaction, key: ObjectKey): Promise<void> {
  await tx.run(sql`update octavo_object set expires_at = now() where key = ${key}`);
}

/** The rows of one page, by key; fewer than `ROWS` are the last ones. */
export async function objectRows(tx: ReadTransaction, after: string): Promise<readonly ObjectRow[]> {
  const rows = await tx.rows<{ key: string; expiresAt: Date | null }>(
    sql`select key, expires_at as "expiresAt" from octavo_object where key > ${after} order by key limit ${ROWS}`,
  );
  // as: only keys of ours are written, by `keepObject`
  return rows.map(({ key, expiresAt }) => ({ key: key as ObjectKey, expiresAt }));
}

export const ROWS = 500;

/** Where it has run out still: somebody may have kept it again. */
export async function removeObjectRow(tx: Transaction, key: ObjectKey): Promise<void> {
  await tx.run(sql`delete from octavo_object where key = ${key} and expires_at <= now()`);
}
