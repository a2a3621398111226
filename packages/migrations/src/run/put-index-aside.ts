import { name, type Statement, sql, type Transaction } from "@octavo/database";

const ASIDE = "octavo_aside_";

/** An index can only be dropped concurrently outside of a transaction, where nothing tells whether the lease is still ours: a late drop by
 * name could hit the index that somebody else has built since. So it gets a name that nobody else gives, under the lease, and goes by that.
 * @returns nothing where it is not there */
export async function putIndexAside(tx: Transaction, index: string, epoch: number): Promise<void> {
  const aside = `${ASIDE}${epoch}_${index}`.slice(0, 63);
  await tx.run(sql`alter index if exists ${name(index)} rename to ${name(aside)}`);
}

/** Indexes of this schema that were put aside, by anybody. */
export async function indexesAside(tx: Transaction): Promise<readonly string[]> {
  const rows = await tx.rows<{ name: string }>(
    sql`select relname::text as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'i'
      and starts_with(relname::text, ${ASIDE})`,
  );
  return rows.map(({ name }) => name);
}

export function dropAside(index: string): Statement {
  return sql`drop index concurrently if exists ${name(index)}`;
}
