import type { PoolClient } from "pg";
import { readLiveInstances } from "./heartbeat.ts";
import type { LiveInstance } from "./registry.ts";

/** What the database tells of all instances together. */
export interface ClusterFacts {
  /** As they have said by now, not by the heartbeat before. */
  readonly instances: readonly LiveInstance[];
  readonly leases: readonly LeaseFact[];
  /** Of jobs that have not ended, by state. */
  readonly openJobs: Readonly<Record<string, number>>;
  /** Timers that are due, or will be. */
  readonly timers: number;
  /** How many of them are due for more than a minute. */
  readonly timersLate: number;
  readonly changeLog: ChangeLogFact;
  readonly database: DatabaseFact;
}

interface ChangeLogFact {
  /** Newest change that is no longer in it; 0: it has all. */
  readonly cutUntil: number;
  readonly rows: number;
  /** When the oldest that is in it was made, ISO; null: it is empty. */
  readonly since: string | null;
}

interface LeaseFact {
  readonly name: string;
  readonly holder: string;
  readonly epoch: number;
  /** Negative: it has expired or was given back, and nobody has taken it; a day at most. */
  readonly expiresInSeconds: number;
}

interface DatabaseFact {
  readonly version: string;
  readonly name: string;
  readonly bytes: number;
  readonly connectionsUsed: number;
  readonly connectionsMost: number;
  readonly isStandby: boolean;
  /** Of the queue of notifications that no listener has read: 0 to 1. At 1 no write can commit. */
  readonly notificationQueueUsage: number;
}

/** For `registry.read`. */
export async function readClusterFacts(client: PoolClient): Promise<ClusterFacts> {
  const leases = await client.query<{ name: string; holder: string; epoch: string; expires_in: number }>(
    // One that was given back has expired for ever, which no interval says before PostgreSQL 17.
    `select name, holder, epoch,
       extract(epoch from greatest(expires_at, clock_timestamp() - interval '1 day') - clock_timestamp())::float8
         as expires_in
     from octavo.lease order by name`,
  );
  const jobs = await client.query<{ state: string; count: number }>(
    "select state, count(*)::int as count from octavo.job where ended_at is null group by state order by state",
  );
  const timers = await client.query<{ all: number; late: number }>(
    `select count(*)::int as all,
       count(*) filter (where next_due < clock_timestamp() - interval '1 minute')::int as late
     from octavo.timer where next_due is not null`,
  );
  const [timer] = timers.rows;
  return {
    leases: leases.rows.map(({ name, holder, epoch, expires_in: expiresInSeconds }) => ({
      name,
      holder,
      epoch: Number(epoch),
      expiresInSeconds,
    })),
    openJobs: Object.fromEntries(jobs.rows.map(({ state, count }) => [state, count])),
    timers: timer?.all ?? 0,
    timersLate: timer?.late ?? 0,
    instances: await readLiveInstances(client),
    changeLog: await readChangeLog(client),
    database: await readDatabase(client),
  };
}

async function readChangeLog(client: PoolClient): Promise<ChangeLogFact> {
  const { rows } = await client.query<{ cut: string; counter: string; since: Date | null }>(
    `select cut.revision as cut, r.counter, oldest.at as since
     from octavo.revision r, octavo.change_cut cut
       left join octavo.change oldest on oldest.revision = cut.revision + 1`,
  );
  const row = rows[0];
  if (row === undefined)
    throw new Error("the table octavo.change_cut has lost its row: restore the database");
  const cutUntil = Number(row.cut);
  return { cutUntil, rows: Number(row.counter) - cutUntil, since: row.since?.toISOString() ?? null };
}

async function readDatabase(client: PoolClient): Promise<DatabaseFact> {
  const { rows } = await client.query<Omit<DatabaseFact, "bytes"> & { readonly bytes: string }>(
    `select current_setting('server_version') as version, current_database() as name,
       pg_database_size(current_database()) as bytes,
       (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as "connectionsUsed",
       current_setting('max_connections')::int as "connectionsMost",
       pg_is_in_recovery() as "isStandby", pg_notification_queue_usage() as "notificationQueueUsage"`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error("a select without from returned no row");
  return { ...row, bytes: Number(row.bytes) };
}
