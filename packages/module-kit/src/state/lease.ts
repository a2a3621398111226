import { type Transaction, sql } from "@octavo/database";

/** The right to do something alone, for a while, by the database's clock. `fence` grows whenever somebody else takes it: what is written
 * under it (`holdsLease`) cannot come from one that has lost it without noticing. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly fence: number;
}

/** Takes a lease that is free or has run out, or lengthens one that this holder has.
 * @returns null where somebody else holds it */
export async function acquireLease(
  tx: Transaction,
  name: string,
  holder: string,
  seconds: number,
): Promise<Lease | null> {
  const until = sql`clock_timestamp() + make_interval(secs => ${seconds}::float8)`;
  const held = await tx.row<{ fence: string }>(
    sql`update octavo_lease set expires_at = ${until}
        where name = ${name} and holder = ${holder} and expires_at > clock_timestamp() returning fence`,
  );
  // The fence is of the table, not of the row: a row that was swept begins above all that were before.
  const row =
    held ??
    (await tx.row<{ fence: string }>(
      sql`insert into octavo_lease as held (name, holder, expires_at) values (${name}, ${holder}, ${until})
          on conflict (name) do update set holder = excluded.holder, fence = default, expires_at = excluded.expires_at
          where held.expires_at <= clock_timestamp() returning fence`,
    ));
  return row === null ? null : { name, holder, fence: Number(row.fence) };
}

/** @returns false where it was lost: nothing more may be done under it */
export async function renewLease(tx: Transaction, lease: Lease, seconds: number): Promise<boolean> {
  const renewed = await tx.run(
    sql`update octavo_lease set expires_at = clock_timestamp() + make_interval(secs => ${seconds}::float8)
        where name = ${lease.name} and fence = ${lease.fence} and expires_at > clock_timestamp()`,
  );
  return renewed === 1;
}

/** Gives it back before it runs out. */
export async function releaseLease(tx: Transaction, lease: Lease): Promise<void> {
  await tx.run(sql`delete from octavo_lease where name = ${lease.name} and fence = ${lease.fence}`);
}

/** Whether it is still held, until this transaction ends: its row is locked, nobody can take it meanwhile. */
export async function holdsLease(tx: Transaction, lease: Lease): Promise<boolean> {
  const row = await tx.row(
    sql`select name from octavo_lease
        where name = ${lease.name} and fence = ${lease.fence} and expires_at > clock_timestamp() for share`,
  );
  return row !== null;
}
