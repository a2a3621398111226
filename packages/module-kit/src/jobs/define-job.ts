import type { Transaction } from "@octavo/database";
import { assert } from "@octavo/result";
import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import type { RunningModule } from "../definition/part.ts";
import type { Visits } from "../visits/visits-of.ts";
import { insertJob, reviveJob } from "./job-rows.ts";
import { JobRefused, type RunningJob } from "./running-job.ts";

export interface JobInput<Schema extends TSchema, Progress> {
  /** What it is given. Those that an earlier version enqueued must fit too. */
  readonly payload: Schema;
  /** Attempts before it is dead, those that were killed included; without it 5. */
  readonly mostAttempts?: number;
  /** Does it. Throws where it failed: `JobRefused` where another attempt would fail too. */
  readonly run: (job: RunningJob<Static<Schema>, Progress>, running: RunningModule) => Promise<void>;
}

export interface EnqueueOptions {
  /** The same key, the same job, for as long as the first one is kept: a day after its end, 30 days where it failed. */
  readonly key?: string;
  /** Not before. By the database's clock. */
  readonly runAt?: Date;
  readonly mostAttempts?: number;
}

const MOST_ATTEMPTS = 5;
export const JOBS = "jobs";

/** States a kind of job. It is enqueued within a transaction: the job is there when the transaction is committed, and not at all otherwise.
 *
 *     export const exportTags = defineJob("export tags", { payload: Type.Object({ format: Type.String() }), run: async (job) => { ... } });
 *     await db.tx((tx) => exportTags.enqueue(tx, { format: "csv" })); */
export function defineJob<Schema extends TSchema, Progress = unknown>(
  type: string,
  input: JobInput<Schema, Progress>,
): JobType<Static<Schema>> {
  const check = (value: unknown): boolean => Value.Check(input.payload, value);
  // as: `check` has said so, and progress is what an earlier attempt of this type has saved
  const run = (job: RunningJob<unknown, unknown>, running: RunningModule): Promise<void> =>
    input.run(job as RunningJob<Static<Schema>, Progress>, running);
  return new JobType(type, check, run, input.mostAttempts ?? MOST_ATTEMPTS);
}

export class JobType<Payload = never> {
  readonly type: string;
  readonly #check: (value: unknown) => boolean;
  readonly #run: (job: RunningJob<unknown, unknown>, running: RunningModule) => Promise<void>;
  readonly #mostAttempts: number;
  readonly #visits = new Set<Visits>();

  constructor(
    type: string,
    check: (value: unknown) => boolean,
    run: (job: RunningJob<unknown, unknown>, running: RunningModule) => Promise<void>,
    mostAttempts: number,
  ) {
    this.type = type;
    this.#check = check;
    this.#run = run;
    this.#mostAttempts = mostAttempts;
  }

  async enqueue(
    tx: Transaction,
    payload: Payload,
    { key, runAt, mostAttempts = this.#mostAttempts }: EnqueueOptions = {},
  ): Promise<{ readonly id: string; readonly isNew: boolean }> {
    const { tenantId } = tx;
    assert(tenantId !== null, "a job is enqueued in a tenant's transaction");
    assert(this.#check(payload), `job ${this.type}: a payload is as its schema says`);
    const job = { type: this.type, payload, key: key ?? null, runAt: runAt ?? null, mostAttempts };
    const { id, isNew, inSeconds } = await insertJob(tx, job);
    this.#wakeAfter(tx, tenantId, inSeconds);
    return { id, isNew };
  }

  /** Gives a dead job all its attempts again.
   * @returns false where it is not dead, or not of this type */
  async retry(tx: Transaction, id: string): Promise<boolean> {
    const isDead = await reviveJob(tx, this.type, id);
    if (isDead && tx.tenantId !== null) this.#wakeAfter(tx, tx.tenantId, 0);
    return isDead;
  }

  #wakeAfter(tx: Transaction, tenantId: string, inSeconds: number): void {
    tx.afterCommit(() => {
      for (const visits of this.#visits) visits.wake(tenantId, JOBS, inSeconds);
    });
  }

  /** Wakes these when one is enqueued. @returns how to end that */
  wakes(visits: Visits): () => void {
    this.#visits.add(visits);
    return () => this.#visits.delete(visits);
  }

  async run(job: RunningJob<unknown, unknown>, running: RunningModule): Promise<void> {
    if (!this.#check(job.payload)) throw new JobRefused(`its payload is not what ${this.type} takes`);
    await this.#run(job, running);
  }
}
