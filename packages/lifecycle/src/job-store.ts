import type { Job, JobKind, JobPlan } from "./job.ts";
import { type JobDatabase, openJobOf } from "./job-rows.ts";

export interface NewJob {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: JobKind;
  readonly plan: JobPlan;
  readonly requestedBy: string;
  readonly requestId: string | null;
  /** From now on; null for none. */
  readonly withinSeconds: number | null;
}

/** Writes a job that a driver takes up.
 * @returns the job that the tenant has under way already, where he has one; then nothing is written */
export async function insertJob(database: JobDatabase, job: NewJob): Promise<Job | null> {
  while (!(await insertPending(database, job))) {
    const open = await openJobOf(database, job.tenantId);
    if (open !== null) return open;
    // What was in the way has ended between the two statements.
  }
  const states = job.plan.steps.map(({ action }) => (action === "uptodate" ? "done" : "pending"));
  await database.query(
    `insert into octavo.step (job_id, number, state)
     select $1, number - 1, state from unnest($2::text[]) with ordinality as of (state, number)`,
    [job.id, states],
  );
  return null;
}

/** @returns false where the tenant has a job that has not ended */
async function insertPending(database: JobDatabase, job: NewJob): Promise<boolean> {
  const { rowCount } = await database.query(
    `insert into octavo.job (id, tenant_id, kind, plan, state, requested_by, request_id, deadline)
     values ($1, $2, $3, $4, 'pending', $5, $6, clock_timestamp() + make_interval(secs => $7))
     on conflict (tenant_id) where ended_at is null do nothing`,
    [
      job.id,
      job.tenantId,
      job.kind,
      JSON.stringify(job.plan),
      job.requestedBy,
      job.requestId,
      job.withinSeconds,
    ],
  );
  return rowCount === 1;
}

/** Writes a job whose whole effect commits in the same transaction: every step is done when its row appears.
 * @returns as `insertJob` */
export async function insertDoneJob(database: JobDatabase, job: NewJob): Promise<Job | null> {
  const open = await openJobOf(database, job.tenantId);
  if (open !== null) return open;
  await database.query(
    `insert into octavo.job (id, tenant_id, kind, plan, state, requested_by, request_id, ended_at)
     values ($1, $2, $3, $4, 'done', $5, $6, clock_timestamp())`,
    [job.id, job.tenantId, job.kind, JSON.stringify(job.plan), job.requestedBy, job.requestId],
  );
  await database.query(
    `insert into octavo.step (job_id, number, state, intended_at, outcome_at)
     select $1, number, 'done', clock_timestamp(), clock_timestamp() from generate_series(0, $2::integer - 1) as number`,
    [job.id, job.plan.steps.length],
  );
  return null;
}

/** Removes a job that has ended; one that has not stays. */
export async function deleteEndedJob(database: JobDatabase, tenantId: string, jobId: string): Promise<void> {
  await database.query("delete from octavo.job where tenant_id = $1 and id = $2 and ended_at is not null", [
    tenantId,
    jobId,
  ]);
}

/** Removes the ended ones of those that Okapi lists. */
export async function deleteEndedJobs(database: JobDatabase, tenantId: string): Promise<void> {
  await database.query(
    "delete from octavo.job where tenant_id = $1 and ended_at is not null and kind in ('install', 'upgrade')",
    [tenantId],
  );
}

/** What nobody looks for any more: a release's install has thousands of events. */
export async function deleteOldJobs(database: JobDatabase): Promise<void> {
  await database.query("delete from octavo.job where ended_at < clock_timestamp() - interval '90 days'");
}

/** For a tenant that goes: a later one of the same id does not inherit its jobs. */
export async function deleteAllJobs(database: JobDatabase, tenantId: string): Promise<void> {
  await database.query("delete from octavo.job where tenant_id = $1", [tenantId]);
}
