import type { Transaction } from "@octavo/database";
import { endJob, type ClaimedJob, type Grip, gripJob, writeProgress } from "./job-rows.ts";

/** Where a job's rows and its effects are: a tenant's schema, or home. */
export type Transact = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;

/** Somebody has asked for the job to end. Thrown at its checkpoints; a handler may undo what it did and throw it on. */
export class JobCancelled extends Error {
  override readonly name = "JobCancelled";
}

/** Another worker has the job: nothing of this one is written any more. */
export class JobLost extends Error {
  override readonly name = "JobLost";
}

/** The process ends: thrown at checkpoints, so that another one goes on at once. */
class JobLeft extends Error {
  override readonly name = "JobLeft";
}

/** Thrown by a handler: it will never succeed, do not try again. */
export class JobRefused extends Error {
  override readonly name = "JobRefused";
}

/** A job while it is worked at. What it does to rows goes through `tx` or `finish`: there it is certain that nobody else does it too. */
export class RunningJob<Payload, Progress> {
  readonly id: string;
  /** Null in home. */
  readonly tenantId: string | null;
  readonly payload: Payload;
  /** From 1. */
  readonly attempt: number;
  /** Aborted when the job is cancelled, was taken by another worker, or the process ends; what it waits for elsewhere should end with it. */
  readonly signal: AbortSignal;
  readonly #claimed: ClaimedJob;
  readonly #transact: Transact;
  readonly #leaseSeconds: number;
  readonly #leaving: AbortSignal;
  #progress: Progress | null;
  #isFinished = false;

  constructor(
    claimed: ClaimedJob,
    payload: Payload,
    tenantId: string | null,
    { transact, leaseSeconds, signal, leaving }: JobSurroundings,
  ) {
    this.id = claimed.id;
    this.tenantId = tenantId;
    this.payload = payload;
    this.attempt = claimed.attempt;
    this.signal = signal;
    this.#claimed = claimed;
    this.#transact = transact;
    this.#leaseSeconds = leaseSeconds;
    this.#leaving = leaving;
    this.#progress = claimed.progress as Progress | null; // written by an earlier attempt of the same type
  }

  /** As saved last, by whichever worker; null where nothing was. */
  get progress(): Progress | null {
    return this.#progress;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** One transaction of the job, which is a checkpoint too.
   * @param work what it does; `save` notes how far the job is, together with it: whoever goes on goes on from there
   * @throws JobCancelled before it has done anything; JobLost: nothing was written */
  async tx<T>(
    work: (tx: Transaction, save: (progress: Progress) => Promise<void>) => Promise<T>,
  ): Promise<T> {
    this.#stayOrLeave();
    let saved: { readonly progress: Progress } | null = null;
    const value = await this.#guarded(async (tx) => {
      const save = async (progress: Progress): Promise<void> => {
        await writeProgress(tx, this.#claimed, progress);
        saved = { progress };
      };
      return work(tx, save);
    });
    this.#progress = (saved as { readonly progress: Progress } | null)?.progress ?? this.#progress; // as: assigned in the callback
    return value;
  }

  /** The last transaction of the job: its effect and its end are written together, so that the effect is there once, whatever is killed. */
  async finish<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const value = await this.#guarded(async (tx) => {
      const made = await work(tx);
      await endJob(tx, this.#claimed, "done", null);
      return made;
    });
    this.#isFinished = true;
    return value;
  }

  /** Looks whether to go on, where there is nothing to write.
   * @throws JobCancelled, JobLost */
  async checkpoint(): Promise<void> {
    this.#stayOrLeave();
    await this.#guarded(async () => undefined);
  }

  /** The last transaction of a job is made all the same. */
  #stayOrLeave(): void {
    if (this.#leaving.aborted) throw new JobLeft(`job ${this.id} is left to another process`);
  }

  async #guarded<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (this.#isFinished)
      throw new Error(`job ${this.id} has finished: nothing can be written under it any more`);
    return this.#transact(async (tx) => {
      refuseUnlessHeld(this.id, await gripJob(tx, this.#claimed, this.#leaseSeconds));
      return work(tx);
    });
  }
}

export interface JobSurroundings {
  readonly transact: Transact;
  readonly leaseSeconds: number;
  readonly signal: AbortSignal;
  /** Aborted when the process ends. */
  readonly leaving: AbortSignal;
}

function refuseUnlessHeld(id: string, grip: Grip): void {
  if (grip === "cancelled") throw new JobCancelled(`job ${id} was cancelled`);
  if (grip === "lost")
    throw new JobLost(`job ${id} is worked at by another worker: this one was silent for too long`);
}
