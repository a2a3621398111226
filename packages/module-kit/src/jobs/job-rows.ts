import { type ReadTransaction, type Sql, type Transaction, sql } from "@octavo/database";
import { SWEEP_BATCH } from "../visits/sweeper.ts";

export interface NewJob {
  readonly type: string;
  readonly payload: unknown;
  /** The same key, the same job, as long as the first one is kept. */
  readonly key: string | null;
  /** Null: at once. */
  readonly runAt: Date | null;
  readonly mostAttempts: number;
}

/** A job that this worker has, for as long as its fence is the row's. */
export interface ClaimedJob {
  readonly id: string;
  readonly type: string;
  readonly payload: unknown;
  readonly progress: unknown;
  readonly attempt: number;
  readonly mostAttempts: number;
  readonly fence: number;
  readonly isCancelled: boolean;
}

/** @returns the job's id, whether it is a new one, and in how many seconds it is due */
export async function insertJob(
  tx: Transaction,
  { type, payload, key, runAt, mostAttempts }: NewJob,
): Promise<{ readonly id: string; readonly isNew: boolean; readonly inSeconds: number }> {
  const until = sql`extract(epoch from due_at - clock_timestamp())::float8 as "inSeconds"`;
  for (;;) {
    const made = await tx.row<{ id: string; inSeconds: number }>(
      sql`insert into octavo_job (type, key, payload, due_at, most_attempts)
          values (${type}, ${key}, ${JSON.stringify(payload)}::jsonb,
            greatest(${runAt}::timestamptz, clock_timestamp()), ${mostAttempts})
          on conflict (type, key) where key is not null do nothing returning id, ${until}`,
    );
    if (made !== null) return { ...made, isNew: true };
    const known = await tx.row<{ id: string; inSeconds: number }>(
      sql`select id, ${until} from octavo_job where type = ${type} and key = ${key}`,
    );
    if (known !== null) return { ...known, isNew: false }; // else it was swept between the two
  }
}

/** Takes jobs that are due, or whose worker is silent; nobody else gets them before `leaseSeconds` are over without a sign. */
export async function claimJobs(
  tx: Transaction,
  types: readonly string[],
  limit: number,
  leaseSeconds: number,
): Promise<readonly ClaimedJob[]> {
  await tx.run(
    sql`update octavo_job set state = 'dead', ended_at = now(),
          error = 'Its worker ended in attempt ' || attempt || ' of ' || most_attempts
            || coalesce('; before that: ' || error, '')
        where id in (select id from octavo_job where state = 'running' and due_at <= now()
          and attempt >= most_attempts and type = any(${types}::text[]) for update skip locked)`,
  );
  return tx.rows<ClaimedJob>(
    sql`with due as (
          select id from octavo_job where state in ('waiting', 'running') and due_at <= now()
            and attempt < most_attempts and type = any(${types}::text[])
          order by due_at limit ${limit} for update skip locked)
        update octavo_job job
        set state = 'running', attempt = attempt + 1, fence = fence + 1, due_at = ${inSeconds(leaseSeconds)}
        from due where job.id = due.id
        returning job.id, type, payload, progress, attempt, most_attempts as "mostAttempts", fence, is_cancelled as "isCancelled"`,
  );
}

/** When the next job of these types is due, in seconds from now; null where none waits or runs. */
export async function nextJobSeconds(tx: ReadTransaction, types: readonly string[]): Promise<number | null> {
  const row = await tx.row<{ seconds: number | null }>(
    sql`select extract(epoch from min(due_at) - clock_timestamp())::float8 as seconds from octavo_job
        where state in ('waiting', 'running') and type = any(${types}::text[])`,
  );
  return row?.seconds == null ? null : Math.max(0, row.seconds);
}

/** What a worker learns of its job when it gives a sign. */
export type Grip = "held" | "cancelled" | "lost";

/** Checks that the job is still this worker's and locks its row until the transaction ends, so that nobody takes it meanwhile. It counts
 * as a sign of life. */
export async function gripJob(tx: Transaction, job: ClaimedJob, leaseSeconds: number): Promise<Grip> {
  return lengthen(tx, sql`${own(job)}`, leaseSeconds);
}

/** A sign of life beside whatever the worker's own transaction does: a row that this one has locked is safe anyway. */
export async function beat(tx: Transaction, job: ClaimedJob, leaseSeconds: number): Promise<Grip> {
  const unlocked = sql`id = (select id from octavo_job where ${own(job)} for update skip locked)`;
  const grip = await lengthen(tx, unlocked, leaseSeconds);
  if (grip !== "lost") return grip;
  const row = await tx.row<{ is_cancelled: boolean }>(
    sql`select is_cancelled from octavo_job where ${own(job)}`,
  );
  return row === null ? "lost" : row.is_cancelled ? "cancelled" : "held";
}

async function lengthen(tx: Transaction, which: Sql, leaseSeconds: number): Promise<Grip> {
  const row = await tx.row<{ is_cancelled: boolean }>(
    sql`update octavo_job set due_at = ${inSeconds(leaseSeconds)} where ${which} returning is_cancelled`,
  );
  if (row === null) return "lost";
  return row.is_cancelled ? "cancelled" : "held";
}

export async function writeProgress(tx: Transaction, job: ClaimedJob, progress: unknown): Promise<void> {
  await tx.run(sql`update octavo_job set progress = ${JSON.stringify(progress)}::jsonb where ${own(job)}`);
}

/** Ends it, under its fence. @returns false where it is somebody else's by now */
export async function endJob(
  tx: Transaction,
  job: ClaimedJob,
  state: "done" | "dead" | "cancelled",
  error: string | null,
): Promise<boolean> {
  const ended = await tx.run(
    sql`update octavo_job set state = ${state}, error = ${error}, ended_at = now() where ${own(job)}`,
  );
  return ended === 1;
}

/** Puts it back to be tried again.
 * @param how `counts`: whether the attempt is one of those it has */
export async function putBackJob(
  tx: Transaction,
  job: ClaimedJob,
  how: { readonly afterSeconds: number; readonly error: string | null; readonly counts: boolean },
): Promise<void> {
  await tx.run(
    sql`update octavo_job set state = 'waiting', error = coalesce(${how.error}::text, error),
          attempt = ${how.counts ? job.attempt : job.attempt - 1}, due_at = ${inSeconds(how.afterSeconds)}
        where ${own(job)}`,
  );
}

/** @returns false where it is not dead, or not of this type */
export async function reviveJob(tx: Transaction, type: string, id: string): Promise<boolean> {
  const revived = await tx.run(
    sql`update octavo_job set state = 'waiting', attempt = 0, due_at = now(), ended_at = null
        where id = ${id}::uuid and type = ${type} and state = 'dead'`,
  );
  return revived === 1;
}

/** Removes jobs that ended longer ago than they are kept: a day, and 30 days where they failed. */
export async function sweepJobs(tx: Transaction): Promise<number> {
  return tx.run(
    sql`with old as (
          select id from octavo_job where ended_at < now() - interval '1 day'
            and (state <> 'dead' or ended_at < now() - interval '30 days')
          limit ${SWEEP_BATCH} for update skip locked)
        delete from octavo_job job using old where job.id = old.id`,
  );
}

function own({ id, fence }: ClaimedJob): Sql {
  return sql`id = ${id} and fence = ${fence} and state = 'running'`;
}

function inSeconds(seconds: number): Sql {
  return sql`clock_timestamp() + make_interval(secs => ${seconds}::float8)`;
}
