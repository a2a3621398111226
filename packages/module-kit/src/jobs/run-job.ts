import type { Transaction } from "@octavo/database";
import type { Log } from "../definition/log.ts";
import { beat, type ClaimedJob, endJob, putBackJob } from "./job-rows.ts";
import { retryDelaySeconds } from "./retry-delay.ts";
import { JobCancelled, JobLost, JobRefused, RunningJob, type Transact } from "./running-job.ts";

/** What carries out jobs of one type. */
export type JobHandler = (job: RunningJob<unknown, unknown>) => Promise<void>;

export interface JobRun {
  readonly tenantId: string | null;
  readonly transact: Transact;
  readonly leaseSeconds: number;
  /** Aborted when the process ends: the job is put back, its attempt does not count. */
  readonly leaving: AbortSignal;
  readonly log: Log;
  /** It waits again: it is due in so many seconds. */
  readonly onPutBack: (inSeconds: number) => void;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Works at a claimed job until it has ended, is put back, or is another's. Gives signs of life meanwhile. Never throws: what cannot be
 * written is found again when the lease has run out. */
export async function runJob(claimed: ClaimedJob, handler: JobHandler, run: JobRun): Promise<void> {
  const { transact, leaseSeconds, leaving, log } = run;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, leaving]);
  const job = new RunningJob<unknown, unknown>(claimed, claimed.payload, run.tenantId, {
    transact,
    leaseSeconds,
    signal,
    leaving,
  });
  const giveSign = async (): Promise<void> => {
    try {
      const grip = await transact((tx) => beat(tx, claimed, leaseSeconds));
      if (grip !== "held") stop.abort(grip === "lost" ? new JobLost() : new JobCancelled());
    } catch (error) {
      log.debug({ err: error, jobId: claimed.id }, "a job's sign of life could not be given");
    }
  };
  const heart = setInterval(() => void giveSign(), (leaseSeconds * 1000) / 3);
  try {
    const end = await endOf(job, handler, claimed, run);
    if (end !== null) await transact((tx) => end.write(tx));
    if (end?.againInSeconds !== undefined) run.onPutBack(end.againInSeconds);
  } catch (error) {
    log.warn({ err: error, jobId: claimed.id, type: claimed.type }, "the end of a job could not be written");
  } finally {
    clearInterval(heart);
  }
}

interface JobEnd {
  readonly write: (tx: Transaction) => Promise<unknown>;
  readonly againInSeconds?: number;
}

/** @returns null where nothing is to be written: it is already, or the job is another's */
async function endOf(
  job: RunningJob<unknown, unknown>,
  handler: JobHandler,
  claimed: ClaimedJob,
  { leaving, log, random }: JobRun,
): Promise<JobEnd | null> {
  try {
    if (claimed.isCancelled) throw new JobCancelled();
    await handler(job);
    return job.isFinished ? null : { write: (tx) => endJob(tx, claimed, "done", null) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const fields = { err: error, jobId: claimed.id, type: claimed.type, attempt: claimed.attempt };
    if (job.isFinished) {
      log.error(fields, "a job failed after its end was written");
      return null;
    }
    const cause = job.signal.aborted && isAbort(error) ? job.signal.reason : error;
    if (cause instanceof JobLost) {
      log.warn(fields, "a job was lost to another worker");
      return null;
    }
    if (cause instanceof JobCancelled) return { write: (tx) => endJob(tx, claimed, "cancelled", null) };
    if (leaving.aborted) {
      const how = { afterSeconds: 0, error: null, counts: false };
      return { write: (tx) => putBackJob(tx, claimed, how), againInSeconds: 0 };
    }
    if (cause instanceof JobRefused || claimed.attempt >= claimed.mostAttempts) {
      log.error(fields, "a job is dead");
      return { write: (tx) => endJob(tx, claimed, "dead", message) };
    }
    log.warn(fields, "a job failed and is tried again");
    const afterSeconds = retryDelaySeconds(claimed.attempt, random());
    const how = { afterSeconds, error: message, counts: true };
    return { write: (tx) => putBackJob(tx, claimed, how), againInSeconds: afterSeconds };
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
