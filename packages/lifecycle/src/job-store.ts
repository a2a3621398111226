import type { PlanStep } from "@octavo/resolution";
import type { Job, JobKind, JobState, StepState } from "./job.ts";

/** A connection inside a transaction of the registry. */
export interface JobDatabase {
  query(sql: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** Writes a job whose whole effect commits in the same transaction: every step is done when its row appears. */
export async function insertDoneJob(
  database: JobDatabase,
  job: {
    readonly id: string;
    readonly tenantId: string;
    readonly kind: JobKind;
    readonly steps: readonly PlanStep[];
  },
): Promise<void> {
  await database.query(
    `insert into octavo.job (id, tenant_id, kind, plan, state, ended_at)
     values ($1, $2, $3, $4, 'done', clock_timestamp())`,
    [job.id, job.tenantId, job.kind, JSON.stringify({ steps: job.steps })],
  );
  await database.query(
    `insert into octavo.step (job_id, number, state, intended_at, outcome_at)
     select $1, number, 'done', clock_timestamp(), clock_timestamp() from generate_series(0, $2::integer - 1) as number`,
    [job.id, job.steps.length],
  );
}

/** A tenant's jobs, oldest first. */
export async function readJobs(database: JobDatabase, tenantId: string): Promise<readonly Job[]> {
  return select(database, "job.tenant_id = $1", [tenantId]);
}

export async function readJob(database: JobDatabase, tenantId: string, jobId: string): Promise<Job | null> {
  const [job] = await select(database, "job.tenant_id = $1 and job.id = $2", [tenantId, jobId]);
  return job ?? null;
}

/** Removes a job that has ended; one that has not stays. */
export async function deleteEndedJob(database: JobDatabase, tenantId: string, jobId: string): Promise<void> {
  await database.query("delete from octavo.job where tenant_id = $1 and id = $2 and ended_at is not null", [
    tenantId,
    jobId,
  ]);
}

export async function deleteEndedJobs(database: JobDatabase, tenantId: string): Promise<void> {
  await database.query("delete from octavo.job where tenant_id = $1 and ended_at is not null", [tenantId]);
}

/** For a tenant that goes: a later one of the same id does not inherit its jobs. */
export async function deleteAllJobs(database: JobDatabase, tenantId: string): Promise<void> {
  await database.query("delete from octavo.job where tenant_id = $1", [tenantId]);
}

interface JobRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly kind: JobKind;
  readonly plan: { readonly steps: readonly PlanStep[] };
  readonly state: JobState;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly steps: readonly { readonly state: StepState; readonly message: string | null }[];
}

async function select(database: JobDatabase, condition: string, values: unknown[]): Promise<readonly Job[]> {
  const { rows } = await database.query(
    `select job.id, job.tenant_id, job.kind, job.plan, job.state, job.started_at, job.ended_at,
            coalesce((select json_agg(json_build_object('state', step.state, 'message', step.message) order by step.number)
                      from octavo.step where step.job_id = job.id), '[]') as steps
     from octavo.job where ${condition} order by job.started_at, job.id`,
    values,
  );
  // as: the columns of the query above
  return (rows as readonly JobRow[]).map(jobOf);
}

function jobOf(row: JobRow): Job {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    kind: row.kind,
    state: row.state,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    steps: row.plan.steps.map((step, number) => ({
      action: step.action,
      moduleId: step.id,
      from: step.from,
      state: row.steps[number]?.state ?? "pending",
      message: row.steps[number]?.message ?? null,
    })),
  };
}
