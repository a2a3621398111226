import type { JobRow } from "./rows.ts";
import { serverError } from "./server-error.ts";
import { type Answer, answer, changed, nothing, type Statements, type Values } from "./statement.ts";
import type { Transaction } from "./transaction.ts";

const JOB =
  "select job.id, job.tenant_id, job.kind, job.plan, job.state, job.message, job.fault, job.started_at, job.ended_at, job.since, " +
  "job.deadline, job.requested_by, job.request_id, job.cancelled_by, job.owner, job.epoch, coalesce((select " +
  "json_agg(json_build_object('number', step.number, 'state', step.state, 'message', step.message)) from octavo.step where " +
  "step.job_id = job.id), '[]') as parts from octavo.job";

/** What `packages/lifecycle` sends. */
export const jobStatements: Statements = {
  "insert into octavo.job (": (transaction, values, { nowMs }) => {
    const [id, tenantId, seconds] = [values.text(1), values.text(2), values.maybeNumber(7)];
    transaction.lock("job", `open of ${tenantId}`, "exclusive"); // the unique index
    if (openJobs(transaction).some((job) => job.tenantId === tenantId)) return nothing;
    transaction.put("job", id, {
      id,
      tenantId,
      kind: values.text(3),
      plan: values.json(4),
      state: "pending",
      message: null,
      fault: null,
      startedAtMs: nowMs,
      endedAtMs: null,
      sinceMs: nowMs,
      deadlineMs: seconds === null ? null : nowMs + seconds * 1000,
      requestedBy: values.text(5),
      requestId: values.maybeText(6),
      owner: null,
      epoch: 0,
    });
    return changed(1);
  },
  "insert into octavo.step (job_id, number, state) select": (transaction, values) => {
    const jobId = values.text(1);
    for (const [number, state] of values.texts(2).entries())
      transaction.put("step", `${jobId}/${number}`, { jobId, number, state, message: null });
    return changed(1);
  },
  'select job.id, job.tenant_id as "tenantId", job.state': (transaction, values, { nowMs }) => {
    const me = values.text(1);
    const isFree = ({ tenantId }: JobRow): boolean => {
      const lease = transaction.get("lease", `jobs/${tenantId}`);
      return lease === undefined || lease.holder === me || lease.expiresAtMs < nowMs;
    };
    const isToDrive = ({ state }: JobRow): boolean => state === "pending" || state === "running";
    const found = openJobs(transaction).filter((job) => isToDrive(job) && isFree(job));
    return answer(
      found.map(({ id, tenantId, state }) => Object.assign({ id, tenantId, state }, { cancelledBy: null })),
    );
  },
  [`${JOB} where ($1::text is null or job.tenant_id = $1) and job.id = $2`]: (transaction, values) => {
    const job = transaction.get("job", values.text(2));
    return job === undefined ? nothing : answer([asRow(transaction, job)]);
  },
  [`${JOB} where job.tenant_id = $1 and job.ended_at is null`]: (transaction, values) => {
    const tenantId = values.text(1);
    const open = openJobs(transaction).filter((job) => job.tenantId === tenantId);
    return answer(open.map((job) => asRow(transaction, job)));
  },
  "select part, planned, state": (transaction, values) => {
    const jobId = values.text(1);
    const calls = transaction.all("call").filter(([, call]) => call.jobId === jobId);
    return answer(
      calls
        .map(([, { instanceId: instance_id, moduleJob: module_job, begunAtMs, ...call }]) =>
          Object.assign(call, {
            instance_id,
            module_job,
            intended_at: begunAtMs === null ? null : new Date(begunAtMs),
          }),
        )
        .sort((left, right) => left.part - right.part || left.number - right.number),
    );
  },
  "with held as (": writeJournal,
  "delete from octavo.job where ended_at < clock_timestamp() - interval '90 days'": () => nothing,
};

/** Reads the lease under a lock, so that nobody takes it before this transaction has ended. */
function writeJournal(
  transaction: Transaction,
  values: Values,
  { nowMs }: { readonly nowMs: number },
): Answer {
  const [leaseName, holder, epoch] = [values.maybeText(1), values.maybeText(2), values.maybeNumber(3)];
  const jobId = values.text(4);
  if (leaseName !== null) {
    transaction.lock("lease", leaseName, "share");
    const lease = transaction.get("lease", leaseName);
    const isHeld = lease?.holder === holder && lease?.epoch === epoch && lease.expiresAtMs > nowMs;
    if (!isHeld) return nothing;
  }
  const job = transaction.get("job", jobId);
  if (job === undefined) throw serverError("violates foreign key constraint", "23503", "ERROR");
  // as: what the journal sends
  for (const part of values.json(5) as readonly SentPart[]) {
    const { part: number, state, message } = part;
    transaction.put("step", `${jobId}/${number}`, { jobId, number, state, message });
  }
  for (const call of values.json(6) as readonly SentCall[]) {
    const { instance_id: instanceId, module_job: moduleJob, begun_at: begunAtMs, ...rest } = call;
    const kept = { ...rest, jobId, instanceId, moduleJob, begunAtMs };
    transaction.put("call", `${jobId}/${call.part}/${call.number}`, kept);
  }
  const state = values.maybeText(7);
  transaction.put("job", jobId, {
    ...job,
    owner: holder ?? job.owner,
    epoch: epoch ?? job.epoch,
    ...(state !== null && {
      state,
      message: values.maybeText(8),
      fault: values.maybeText(9),
      sinceMs: nowMs,
    }),
    endedAtMs: values.truth(10) ? nowMs : job.endedAtMs,
  });
  return answer([{ one: 1 }]);
}

interface SentPart {
  readonly part: number;
  readonly state: string;
  readonly message: string | null;
}

interface SentCall {
  readonly part: number;
  readonly number: number;
  readonly planned: unknown;
  readonly state: string;
  readonly epoch: number;
  readonly attempts: number;
  readonly message: string | null;
  readonly fault: string | null;
  readonly begun_at: number | null;
  readonly instance_id: string | null;
  readonly module_job: string | null;
}

function openJobs(transaction: Transaction): readonly JobRow[] {
  return transaction
    .all("job")
    .map(([, job]) => job)
    .filter(({ endedAtMs }) => endedAtMs === null)
    .sort((left, right) => left.startedAtMs - right.startedAtMs);
}

function asRow(transaction: Transaction, job: JobRow) {
  const steps = transaction.all("step").filter(([, step]) => step.jobId === job.id);
  return {
    id: job.id,
    tenant_id: job.tenantId,
    kind: job.kind,
    plan: job.plan,
    state: job.state,
    message: job.message,
    fault: job.fault,
    started_at: new Date(job.startedAtMs),
    ended_at: job.endedAtMs === null ? null : new Date(job.endedAtMs),
    since: new Date(job.sinceMs),
    deadline: job.deadlineMs === null ? null : new Date(job.deadlineMs),
    requested_by: job.requestedBy,
    request_id: job.requestId,
    cancelled_by: null,
    owner: job.owner,
    epoch: job.epoch,
    parts: steps.map(([, { number, state, message }]) => ({ number, state, message })),
  };
}
