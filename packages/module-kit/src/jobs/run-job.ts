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
  readonly onOutcome: (outcome: JobOutcome) => void;
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
    const { outcome, write, againInSeconds } = await endOf(job, handler, claimed, run);
    if (write !== null) await transact(write);
    if (againInSeconds !== null) run.onPutBack(againInSeconds);
    run.onOutcome(outcome);
  } catch (error) {
    log.warn({ err: error, jobId: claimed.id, type: claimed.type }, "the end of a job could not be written");
  } finally {
    clearInterval(heart);
  }
}

/** left: the process ends. lost: to another worker. */
type JobOutcome = "done" | "retried" | "dead" | "cancelled" | "left" | "lost";

interface JobEnd {
  readonly outcome: JobOutcome;
  /** Null where nothing is to be written: it is already, or the job is another's. */
  readonly write: ((tx: Transaction) => Promise<unknown>) | null;
  /** Null where it is not tried again. */
  readonly againInSeconds: number | null;
}

async function endOf(
  job: RunningJob<unknown, unknown>,
  handler: JobHandler,
  claimed: ClaimedJob,
  { leaving, log, random }: JobRun,
): Promise<JobEnd> {
  const ends = (outcome: "done" | "dead" | "cancelled", error: string | null): JobEnd => ({
    outcome,
    write: (tx) => endJob(tx, claimed, outcome, error),
    againInSeconds: null,
  });
  const goesBack = (outcome: "retried" | "left", afterSeconds: number, error: string | null): JobEnd => ({
    outcome,
    write: (tx) => putBackJob(tx, claimed, { afterSeconds, error, counts: outcome === "retried" }),
    againInSeconds: afterSeconds,
  });
  const isOver = (outcome: "done" | "lost"): JobEnd => ({ outcome, write: null, againInSeconds: null });
  try {
    if (claimed.isCancelled) throw new JobCancelled();
    await handler(job);
    return job.isFinished ? isOver("done") : ends("done", null);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const fields = { err: error, jobId: claimed.id, type: claimed.type, attempt: claimed.attempt };
    if (job.isFinished) {
      log.error(fields, "a job failed after its end was written");
      return isOver("done");
    }
    const cause: unknown = job.signal.aborted && isAbort(error) ? job.signal.reason : error;
    if (cause instanceof JobLost) {
      log.warn(fields, "a job was lost to another worker");
      return isOver("lost");
    }
    if (cause instanceof JobCancelled) return ends("cancelled", null);
    if (leaving.aborted) return goesBack("left", 0, null);
    if (cause instanceof JobRefused || claimed.attempt >= claimed.mostAttempts) {
      log.error(fields, "a job is dead");
      return ends("dead", message);
    }
    log.warn(fields, "a job failed and is tried again");
    return goesBack("retried", retryDelaySeconds(claimed.attempt, random()), message);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
