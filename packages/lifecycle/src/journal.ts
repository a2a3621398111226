import type { Lease } from "@octavo/registry";
import type { CallRecord, Fault } from "./call-state.ts";
import type { JobState, StepState } from "./job.ts";
import type { JobDatabase } from "./job-rows.ts";

/** One line of the journal: a row that changes, and what is told of it. */
export type JournalEntry =
  | {
      readonly kind: "part";
      readonly part: number;
      /** The module of a step; null for what is no step. */
      readonly moduleId: string | null;
      readonly state: StepState;
      readonly message: string | null;
      /** Where it begins: its calls. */
      readonly calls?: readonly CallRecord[];
    }
  | { readonly kind: "call"; readonly part: number; readonly number: number; readonly call: CallRecord }
  | {
      readonly kind: "job";
      readonly state: JobState;
      readonly message: string | null;
      readonly fault: Fault | null;
    };

const endStates: readonly JobState[] = ["done", "undone", "failed"];

/** Writes entries in order, all of them or none, in one statement: it runs before and after every call.
 * @param lease of the driver, locked until the transaction ends; null for a human's answer to a job that nobody drives
 * @returns false where the lease is not held; then nothing was written */
export async function writeJournal(
  database: JobDatabase,
  jobId: string,
  entries: readonly JournalEntry[],
  lease: Lease | null,
): Promise<boolean> {
  const job = entries.findLast((entry) => entry.kind === "job");
  const { rows } = await database.query(WRITE, [
    lease?.name ?? null,
    lease?.holder ?? null,
    lease?.epoch ?? null,
    jobId,
    JSON.stringify(partRows(entries)),
    JSON.stringify(callRows(entries)),
    job?.state ?? null,
    job?.message ?? null,
    job?.fault ?? null,
    job !== undefined && endStates.includes(job.state),
    entries.length,
    entries.map((entry) => JSON.stringify(told(entry))),
  ]);
  return rows.length === 1;
}

const WRITE = `
with held as (
  select from octavo.lease where name = $1 and holder = $2 and epoch = $3 and expires_at > clock_timestamp() for share),
allowed as (select 1 as one where $1::text is null or exists (select from held)),
parts as (
  insert into octavo.step (job_id, number, state, message, intended_at)
  select $4, part, state, message, clock_timestamp()
  from allowed, json_to_recordset($5) as of (part integer, state text, message text)
  on conflict (job_id, number) do update set state = excluded.state, message = excluded.message,
    intended_at = case when excluded.state = 'intended' then excluded.intended_at else step.intended_at end,
    outcome_at = case when excluded.state in ('pending', 'intended') then null else clock_timestamp() end),
calls as (
  insert into octavo.call (job_id, part, number, planned, state, epoch, attempts, instance_id, module_job, message, fault,
    intended_at)
  select $4, part, number, planned, state, epoch, attempts, instance_id, module_job, message, fault,
    to_timestamp(begun_at / 1000.0)
  from allowed, json_to_recordset($6) as of (part integer, number integer, planned json, state text, epoch bigint,
    attempts integer, begun_at float8, instance_id text, module_job text, message text, fault text)
  on conflict (job_id, part, number) do update set state = excluded.state, epoch = excluded.epoch,
    attempts = excluded.attempts, instance_id = excluded.instance_id, module_job = excluded.module_job,
    message = excluded.message, fault = excluded.fault, changed_at = clock_timestamp(),
    intended_at = excluded.intended_at),
counted as (
  update octavo.job set events = events + $11, owner = coalesce($2, owner), epoch = coalesce($3, epoch),
    state = coalesce($7, state),
    message = case when $7::text is null then message else $8 end,
    fault = case when $7::text is null then fault else $9 end,
    since = case when $7::text is null then since else clock_timestamp() end,
    ended_at = case when $10 then clock_timestamp() else ended_at end
  from allowed where id = $4 returning events - $11 as before),
told as (
  insert into octavo.job_event (job_id, number, event)
  select $4, before + number, event from counted, unnest($12::json[]) with ordinality as of (event, number))
select one from allowed`;

/** Of several entries for one row the last counts. */
function partRows(entries: readonly JournalEntry[]): readonly object[] {
  const rows = new Map<number, object>();
  for (const entry of entries) {
    if (entry.kind !== "part") continue;
    const { part, state, message } = entry;
    rows.set(part, { part, state, message });
  }
  return [...rows.values()];
}

function callRows(entries: readonly JournalEntry[]): readonly object[] {
  const rows = new Map<string, object>();
  const put = (part: number, number: number, call: CallRecord): void => {
    const { planned, state, epoch, attempts, begunAt, instanceId, moduleJob, message, fault } = call;
    const row = { part, number, planned, state, epoch, attempts, message, fault };
    const names = { begun_at: begunAt, instance_id: instanceId, module_job: moduleJob };
    rows.set(`${part}/${number}`, { ...row, ...names });
  };
  for (const entry of entries) {
    if (entry.kind === "call") put(entry.part, entry.number, entry.call);
    if (entry.kind === "part")
      for (const [number, call] of entry.calls?.entries() ?? []) put(entry.part, number, call);
  }
  return [...rows.values()];
}

/** What is told of an entry: its states, never a body. */
function told(entry: JournalEntry): object {
  switch (entry.kind) {
    case "job":
      return { kind: "job", state: entry.state, message: entry.message };
    case "part": {
      const { kind, part, moduleId, state, message } = entry;
      return { kind, part, moduleId, state, message };
    }
    case "call": {
      const { planned, state, attempts, message } = entry.call;
      const what =
        planned.kind === "switch"
          ? { call: "switch", enable: planned.enable, disable: planned.disable }
          : {
              call: planned.kind,
              moduleId: planned.moduleId,
              about: planned.about,
              method: planned.method,
              path: planned.path,
            };
      return { kind: "call", part: entry.part, number: entry.number, ...what, state, attempts, message };
    }
  }
}

export interface JobEvent {
  readonly number: number;
  readonly at: string;
  /** A JSON object. */
  readonly event: object;
}

/** What was told after number `after`, in order, at most 500. */
export async function readJobEvents(
  database: JobDatabase,
  jobId: string,
  after: number,
): Promise<readonly JobEvent[]> {
  const { rows } = await database.query(
    "select number, at, event from octavo.job_event where job_id = $1 and number > $2 order by number limit 500",
    [jobId, after],
  );
  // as: the columns of the query above
  return (rows as readonly { number: number; at: Date; event: object }[]).map(({ number, at, event }) => ({
    number,
    at: at.toISOString(),
    event,
  }));
}
