import { err, ok, type Result } from "@octavo/result";
import { afterEvent } from "./call-state.ts";
import type { Job, JobPart } from "./job.ts";
import { type JobDatabase, closingPart, readJob } from "./job-rows.ts";
import { type JournalEntry, writeJournal } from "./journal.ts";

/** What a human may say to a job.
 * - retry: send the call again whose outcome is not known, or look again at the module's job
 * - resume: it was carried out; go on
 * - fail: it was not; the step has failed
 * - cancel: begin nothing more, give up what is under way */
export type HumanVerb = "retry" | "resume" | "fail" | "cancel";

/** Writes it; a driver carries it out.
 * @returns in the error: why this cannot be said of the job as it stands, and what can */
export async function answerJob(
  database: JobDatabase,
  jobId: string,
  verb: HumanVerb,
  by: string,
): Promise<Result<Job | null, string>> {
  // Whoever drives the job writes its row too, so nothing changes between the look and the answer.
  await database.query("select from octavo.job where id = $1 for update", [jobId]);
  const job = await readJob(database, null, jobId);
  if (job === null) return ok(null);
  if (job.endedAt !== null) return err(`Job ${jobId} has ended (${job.state}): there is nothing to ${verb}`);
  if (verb === "cancel") {
    await database.query("update octavo.job set cancelled_by = coalesce(cancelled_by, $2) where id = $1", [
      jobId,
      by,
    ]);
    // One that waits is taken up again, to end.
    if (job.state === "waiting-for-human") await writeJournal(database, jobId, [running], null);
    return ok(await readJob(database, null, jobId));
  }
  if (job.state !== "waiting-for-human") {
    return err(`Job ${jobId} waits for nobody (${job.state}): it can only be cancelled`);
  }
  await writeJournal(database, jobId, [...answersOf(job, verb, by), running], null);
  return ok(await readJob(database, null, jobId));
}

const running: JournalEntry = { kind: "job", state: "running", message: null, fault: null };

/** All that it waits for: with `parallel` that may be several calls. */
function answersOf(job: Job, verb: Exclude<HumanVerb, "cancel">, by: string): readonly JournalEntry[] {
  const parts: (readonly [number, string | null, JobPart | null])[] = [
    ...job.steps.map((step, number) => [number, step.moduleId, step] as const),
    [closingPart(job.plan.steps), null, job.closing],
  ];
  return parts.flatMap(([part, moduleId, found]): readonly JournalEntry[] => {
    if (found?.state !== "waiting-for-human") return [];
    const answered = found.calls.flatMap((call, number): readonly JournalEntry[] =>
      call.state === "indeterminate"
        ? [{ kind: "call", part, number, call: afterEvent(call, { kind: verb, by }, call.epoch) }]
        : [],
    );
    return [...answered, { kind: "part", part, moduleId, state: "intended", message: null }];
  });
}
