import { sql, type Transaction } from "@octavo/database";

/** The right to change one schema. Its epoch grows with each holder: what a holder writes after another one has taken over is refused. */
export interface Lease {
  readonly holder: string;
  readonly epoch: number;
  readonly leaseMs: number;
}

export interface Held {
  readonly by: string;
  readonly retryAfterMs: number;
}

/** This process was too slow, and somebody else goes on with its work. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** A row, not a lock of the session: it ends by the database's clock when its holder is killed, and goes through any pooler. */
export async function takeLease(tx: Transaction, holder: string, leaseMs: number): Promise<Lease | Held> {
  const taken = await tx.row<{ epoch: number }>(
    sql`update octavo_migration set holder = ${holder}, epoch = epoch + 1, held_until = clock_timestamp() + ${leaseMs}::int * interval '1 ms'
      where holder is null or held_until <= clock_timestamp() returning epoch::int as epoch`,
  );
  if (taken !== null) return { holder, epoch: taken.epoch, leaseMs };
  const held = await tx.row<Held>(
    sql`select coalesce(holder, '') as by, greatest(0, ceil(extract(epoch from held_until - clock_timestamp()) * 1000))::int as "retryAfterMs"
      from octavo_migration`,
  );
  return held ?? { by: "", retryAfterMs: leaseMs };
}

/** Opens each transaction of a holder. The row stays locked to its end, so that nobody can take over before it is committed; whoever has
 * taken over has ended its right to write.
 * @throws LeaseLost */
export async function renewLease(tx: Transaction, lease: Lease): Promise<{ readonly isPaused: boolean }> {
  const row = await tx.row<{ isPaused: boolean }>(
    sql`update octavo_migration set held_until = clock_timestamp() + ${lease.leaseMs}::int * interval '1 ms'
      where holder = ${lease.holder} and epoch = ${lease.epoch} returning is_paused as "isPaused"`,
  );
  if (row === null)
    throw new LeaseLost(`${lease.holder} was too slow to renew its lease; another instance goes on`);
  return row;
}

export async function giveLeaseBack(tx: Transaction, lease: Lease): Promise<void> {
  await tx.run(
    sql`update octavo_migration set holder = null, held_until = '-infinity' where holder = ${lease.holder} and epoch = ${lease.epoch}`,
  );
}
