import type { PlanStep } from "@octavo/resolution";
import type { CallRecord, CallState, Fault } from "./call-state.ts";
import type { Job, JobKind, JobPart, JobPlan, JobState, StepState } from "./job.ts";
import type { PlannedCall } from "./planned-call.ts";

/** A connection inside a transaction of the registry. */
export interface JobDatabase {
  query(
    sql: string,
    values?: unknown[],
  ): Promise<{ readonly rows: readonly unknown[]; readonly rowCount: number | null }>;
}

/** Those of a tenant's jobs that Okapi lists, oldest first, without their calls. */
export async function readInstallJobs(database: JobDatabase, tenantId: string): Promise<readonly Job[]> {
  const condition = "where job.tenant_id = $1 and job.kind in ('install', 'upgrade')";
  return select(database, `${condition} order by job.started_at, job.id`, [tenantId]);
}

/** A job that has not ended and has one of these modules among its steps, or goes from one; null where there is none. */
export async function openJobWith(
  database: JobDatabase,
  moduleIds: readonly string[],
): Promise<{ readonly jobId: string; readonly tenantId: string; readonly moduleId: string } | null> {
  const { rows } = await database.query(
    `select job.id as "jobId", job.tenant_id as "tenantId", module as "moduleId"
     from octavo.job, json_array_elements(job.plan -> 'steps') as step,
       unnest(array[step ->> 'id', step ->> 'from']) as module
     where job.ended_at is null and module = any ($1) order by job.started_at limit 1`,
    [moduleIds],
  );
  // as: the columns of the query above
  return (rows as readonly { jobId: string; tenantId: string; moduleId: string }[])[0] ?? null;
}

/** With its calls. @param tenantId null where it does not matter whose it is */
export async function readJob(
  database: JobDatabase,
  tenantId: string | null,
  jobId: string,
): Promise<Job | null> {
  const [job] = await select(database, "where ($1::text is null or job.tenant_id = $1) and job.id = $2", [
    tenantId,
    jobId,
  ]);
  if (job === undefined) return null;
  const { rows } = await database.query(
    `select part, planned, state, epoch, attempts, intended_at, instance_id, module_job, message, fault
     from octavo.call where job_id = $1 order by part, number`,
    [jobId],
  );
  // as: the columns of the query above
  return withCalls(job, rows as readonly CallRow[]);
}

export interface JobFilter {
  readonly tenantId: string | null;
  /** null for all; "open" for those that have not ended. */
  readonly state: JobState | "open" | null;
  readonly limit: number;
}

/** Newest first, without their calls. */
export async function listJobs(database: JobDatabase, filter: JobFilter): Promise<readonly Job[]> {
  return select(
    database,
    `where ($1::text is null or job.tenant_id = $1)
       and ($2::text is null or job.state = $2 or ($2 = 'open' and job.ended_at is null))
     order by job.started_at desc, job.id limit $3`,
    [filter.tenantId, filter.state, filter.limit],
  );
}

/** The job that a tenant has under way; null where he has none. */
export async function openJobOf(database: JobDatabase, tenantId: string): Promise<Job | null> {
  const [job] = await select(database, "where job.tenant_id = $1 and job.ended_at is null", [tenantId]);
  return job ?? null;
}

interface JobRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly kind: JobKind;
  readonly plan: Partial<JobPlan> & { readonly steps: readonly PlanStep[] };
  readonly state: JobState;
  readonly message: string | null;
  readonly fault: Fault | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly since: Date;
  readonly deadline: Date | null;
  readonly requested_by: string;
  readonly request_id: string | null;
  readonly cancelled_by: string | null;
  readonly owner: string | null;
  readonly epoch: string;
  readonly parts: readonly PartRow[];
}

interface PartRow {
  readonly number: number;
  readonly state: StepState;
  readonly message: string | null;
}

interface CallRow {
  readonly part: number;
  readonly planned: PlannedCall;
  readonly state: CallState;
  readonly epoch: string;
  readonly attempts: number;
  readonly intended_at: Date | null;
  readonly instance_id: string | null;
  readonly module_job: string | null;
  readonly message: string | null;
  readonly fault: Fault | null;
}

async function select(database: JobDatabase, condition: string, values: unknown[]): Promise<readonly Job[]> {
  const { rows } = await database.query(
    `select job.id, job.tenant_id, job.kind, job.plan, job.state, job.message, job.fault, job.started_at, job.ended_at,
            job.since, job.deadline, job.requested_by, job.request_id, job.cancelled_by, job.owner, job.epoch,
            coalesce((select json_agg(json_build_object('number', step.number, 'state', step.state, 'message', step.message))
                      from octavo.step where step.job_id = job.id), '[]') as parts
     from octavo.job ${condition}`,
    values,
  );
  // as: the columns of the query above
  return (rows as readonly JobRow[]).map(jobOf);
}

/** Jobs of before there was a journal have steps alone. */
const noOptions: JobPlan["options"] = {
  invoke: "true",
  purge: false,
  tenantParameters: null,
  ignoreErrors: false,
  depCheck: true,
  parallel: 1,
  onFailure: "stop",
  callSeconds: 0,
};

function jobOf(row: JobRow): Job {
  const { steps, before = [], options = noOptions } = row.plan;
  const parts = new Map(row.parts.map((part) => [part.number, part]));
  const partAt = (number: number): JobPart | null => {
    const part = parts.get(number);
    return part === undefined ? null : { state: part.state, message: part.message, calls: [] };
  };
  return {
    id: row.id,
    tenantId: row.tenant_id,
    kind: row.kind,
    state: row.state,
    message: row.message,
    fault: row.fault,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    since: row.since.toISOString(),
    deadline: row.deadline?.toISOString() ?? null,
    requestedBy: row.requested_by,
    requestId: row.request_id,
    cancelledBy: row.cancelled_by,
    owner: row.owner,
    epoch: Number(row.epoch),
    plan: { steps, before, options },
    steps: steps.map((step, number) => ({
      ...(partAt(number) ?? { state: "pending", message: null, calls: [] }),
      action: step.action,
      moduleId: step.id,
      from: step.from,
    })),
    closing: partAt(closingPart(steps)),
    undo: partAt(undoPart(steps)),
  };
}

/** The numbers of the two parts that are no steps. */
export function closingPart(steps: readonly PlanStep[]): number {
  return steps.length;
}

export function undoPart(steps: readonly PlanStep[]): number {
  return steps.length + 1;
}

function withCalls(job: Job, rows: readonly CallRow[]): Job {
  const byPart = new Map<number, CallRecord[]>();
  for (const row of rows) {
    const calls = byPart.get(row.part) ?? [];
    byPart.set(row.part, calls);
    calls.push({
      planned: row.planned,
      state: row.state,
      epoch: Number(row.epoch),
      attempts: row.attempts,
      begunAt: row.intended_at?.getTime() ?? null,
      instanceId: row.instance_id,
      moduleJob: row.module_job,
      message: row.message,
      fault: row.fault,
    });
  }
  const callsOf = (number: number): readonly CallRecord[] => byPart.get(number) ?? [];
  const { steps } = job.plan;
  return {
    ...job,
    steps: job.steps.map((step, number) => ({ ...step, calls: callsOf(number) })),
    closing: job.closing === null ? null : { ...job.closing, calls: callsOf(closingPart(steps)) },
    undo: job.undo === null ? null : { ...job.undo, calls: callsOf(undoPart(steps)) },
  };
}
