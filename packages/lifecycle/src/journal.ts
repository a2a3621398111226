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

/** Who writes: the driver that holds the tenant's lease. */
export interface Driver {
  readonly instanceId: string;
  readonly epoch: number;
}

const endStates: readonly JobState[] = ["done", "undone", "failed"];

/** Writes entries in order. The transaction must hold the driver's lease, or be a human's answer to a job that nobody drives.
 * @param driver null keeps the job's */
export async function writeJournal(
  database: JobDatabase,
  jobId: string,
  entries: readonly JournalEntry[],
  driver: Driver | null,
): Promise<void> {
  for (const entry of entries) await writeEntry(database, jobId, entry);
  await database.query(
    `with counted as (
       update octavo.job set events = events + $2, owner = coalesce($4, owner), epoch = coalesce($5, epoch)
       where id = $1 returning events - $2 as before)
     insert into octavo.job_event (job_id, number, event)
     select $1, before + number, event from counted, unnest($3::json[]) with ordinality as of (event, number)`,
    [
      jobId,
      entries.length,
      entries.map((entry) => JSON.stringify(told(entry))),
      driver?.instanceId ?? null,
      driver?.epoch ?? null,
    ],
  );
}

async function writeEntry(database: JobDatabase, jobId: string, entry: JournalEntry): Promise<void> {
  switch (entry.kind) {
    case "job":
      await database.query(
        `update octavo.job set state = $2, message = $3, fault = $4, since = clock_timestamp(),
           ended_at = case when $5 then clock_timestamp() end where id = $1`,
        [jobId, entry.state, entry.message, entry.fault, endStates.includes(entry.state)],
      );
      return;
    case "part":
      await database.query(
        `insert into octavo.step (job_id, number, state, message, intended_at) values ($1, $2, $3, $4, clock_timestamp())
         on conflict (job_id, number) do update set state = $3, message = $4,
           intended_at = case when $3 = 'intended' then clock_timestamp() else step.intended_at end,
           outcome_at = case when $3 in ('pending', 'intended') then null else clock_timestamp() end`,
        [jobId, entry.part, entry.state, entry.message],
      );
      if (entry.calls !== undefined) await insertCalls(database, jobId, entry.part, entry.calls);
      return;
    case "call": {
      const { call } = entry;
      await database.query(
        `update octavo.call set state = $4, epoch = $5, attempts = $6, instance_id = $7, module_job = $8, message = $9,
           fault = $10, changed_at = clock_timestamp(),
           intended_at = case when $4 = 'intended' then clock_timestamp() else intended_at end
         where job_id = $1 and part = $2 and number = $3`,
        [
          jobId,
          entry.part,
          entry.number,
          call.state,
          call.epoch,
          call.attempts,
          call.instanceId,
          call.moduleJob,
          call.message,
          call.fault,
        ],
      );
    }
  }
}

async function insertCalls(
  database: JobDatabase,
  jobId: string,
  part: number,
  calls: readonly CallRecord[],
): Promise<void> {
  if (calls.length === 0) return;
  await database.query(
    `insert into octavo.call (job_id, part, number, planned, state)
     select $1, $2, number - 1, planned, 'pending' from unnest($3::json[]) with ordinality as of (planned, number)`,
    [jobId, part, calls.map(({ planned }) => JSON.stringify(planned))],
  );
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
