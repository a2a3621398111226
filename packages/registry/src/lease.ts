import type { PoolClient } from "pg";

/** The right to do something alone, for a while, by the database's clock. `epoch` grows whenever the holder changes: an
 * effect that is conditional on it (`holdsLease`) cannot come from one that has lost the lease without noticing. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly epoch: number;
}

/** Takes a lease that is free, expired or held by this holder already (then it is longer).
 * @returns null where somebody else holds it */
export async function takeLease(
  client: PoolClient,
  name: string,
  holder: string,
  seconds: number,
): Promise<Lease | null> {
  const { rows } = await client.query<{ epoch: string }>(
    `insert into octavo.lease (name, holder, epoch, expires_at)
     values ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
     on conflict (name) do update set holder = $2, expires_at = excluded.expires_at,
       epoch = lease.epoch + case when lease.holder = $2 then 0 else 1 end
     where lease.holder = $2 or lease.expires_at < clock_timestamp()
     returning epoch`,
    [name, holder, seconds],
  );
  const row = rows[0];
  return row === undefined ? null : { name, holder, epoch: Number(row.epoch) };
}

/** Whether the lease is still held, until this transaction ends: its row is locked, nobody can take it meanwhile. */
export async function holdsLease(client: PoolClient, lease: Lease): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from octavo.lease where name = $1 and holder = $2 and epoch = $3 and expires_at > clock_timestamp()
     for share`,
    [lease.name, lease.holder, lease.epoch],
  );
  return rowCount === 1;
}

/** As `takeLease`, for several at once.
 * @returns those that this holder has now */
export async function takeLeases(
  client: PoolClient,
  names: readonly string[],
  holder: string,
  seconds: number,
): Promise<readonly Lease[]> {
  const { rows } = await client.query<{ name: string; epoch: string }>(
    `insert into octavo.lease (name, holder, epoch, expires_at)
     select name, $2, 1, clock_timestamp() + make_interval(secs => $3) from unnest($1::text[]) as name order by name
     on conflict (name) do update set holder = $2, expires_at = excluded.expires_at,
       epoch = lease.epoch + case when lease.holder = $2 then 0 else 1 end
     where lease.holder = $2 or lease.expires_at < clock_timestamp()
     returning name, epoch`,
    [names, holder, seconds],
  );
  return rows.map(({ name, epoch }) => ({ name, holder, epoch: Number(epoch) }));
}

/** As `holdsLease`, for several of one holder. @returns the names of those that are held until this transaction ends */
export async function heldLeases(client: PoolClient, leases: readonly Lease[]): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string }>(
    `select lease.name from octavo.lease
     join unnest($1::text[], $2::uuid[], $3::bigint[]) as mine (name, holder, epoch)
       on mine.name = lease.name and mine.holder = lease.holder and mine.epoch = lease.epoch
     where lease.expires_at > clock_timestamp() order by lease.name for share of lease`,
    [leases.map(({ name }) => name), leases.map(({ holder }) => holder), leases.map(({ epoch }) => epoch)],
  );
  return new Set(rows.map(({ name }) => name));
}

/** Gives it back before it expires. The row stays: its epoch must never begin again. */
export async function releaseLease(client: PoolClient, lease: Lease): Promise<void> {
  await client.query(
    "update octavo.lease set expires_at = '-infinity' where name = $1 and holder = $2 and epoch = $3",
    [lease.name, lease.holder, lease.epoch],
  );
}
