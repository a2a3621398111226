import { type Place, type Provisioner, type Transaction, name, sql } from "@octavo/database";

/** What was purged and is kept for a while. */
export interface Trash {
  /** Of the schema. */
  readonly name: string;
  readonly place: Place;
}

export async function noteTrash(tx: Transaction, trash: Trash): Promise<void> {
  const { cluster, database, schema } = trash.place;
  await tx.run(
    sql`insert into octavo_trash (name, cluster, database, schema) values (${trash.name}, ${cluster}, ${database}, ${schema})
        on conflict (database, name) do nothing`,
  );
}

/** Removes for good what was purged so many days ago.
 * @returns the schemas */
export async function emptyTrash(
  home: { tx<T>(work: (tx: Transaction) => Promise<T>): Promise<T> },
  provisioner: Provisioner,
  afterDays: number,
): Promise<readonly string[]> {
  const old = await home.tx((tx) =>
    tx.rows<{ name: string } & Place>(
      sql`select name, cluster, database, schema from octavo_trash
          where trashed_at < now() - make_interval(days => ${afterDays}::int)`,
    ),
  );
  for (const { name: trash, ...place } of old) {
    await provisioner.run(place, sql`drop schema if exists ${name(trash)} cascade`);
    await home.tx((tx) =>
      tx.run(sql`delete from octavo_trash where database = ${place.database} and name = ${trash}`),
    );
  }
  return old.map(({ name }) => name);
}
