import { setTimeout as wait } from "node:timers/promises";
import type { HomeDatabase } from "@octavo/database";
import { Value } from "typebox/value";
import type { Log } from "../definition/log.ts";
import { claimJobs, sweepJobs } from "../jobs/job-rows.ts";
import { runJob } from "../jobs/run-job.ts";
import { JobRefused, type RunningJob } from "../jobs/running-job.ts";
import { type TenantProgress, TenantTask } from "./tenant-job.ts";

export interface TenantWorkerOptions {
  readonly pollMs: number;
  readonly leaseSeconds: number;
  /** Tenants that are worked at side by side. */
  readonly atOnce: number;
  /** How often it is looked for what is to be put away or removed. */
  readonly retentionMs: number;
}

/** Works at the jobs of the tenant API, whichever instance was posted them. One at a time for each tenant, as their posts see to. */
export class TenantWorker {
  readonly #home: HomeDatabase;
  readonly #type: string;
  readonly #run: (job: RunningJob<TenantTask, TenantProgress>) => Promise<void>;
  readonly #log: Log;
  readonly #options: TenantWorkerOptions;
  readonly #leaving = new AbortController();
  readonly #jobs = new Set<Promise<void>>();
  readonly #loop: Promise<void>;
  #pause = new AbortController();

  constructor(
    home: HomeDatabase,
    type: string,
    run: (job: RunningJob<TenantTask, TenantProgress>) => Promise<void>,
    log: Log,
    options: TenantWorkerOptions,
  ) {
    this.#home = home;
    this.#type = type;
    this.#run = run;
    this.#log = log;
    this.#options = options;
    this.#loop = this.#poll();
  }

  /** Looks at once. */
  poke(): void {
    this.#pause.abort();
  }

  async stop(): Promise<void> {
    this.#leaving.abort();
    this.poke();
    await this.#loop;
    await Promise.all(this.#jobs);
  }

  async #poll(): Promise<void> {
    while (!this.#leaving.signal.aborted) {
      const pause = (this.#pause = new AbortController());
      await this.#claim().catch((error: unknown) => {
        this.#log.warn({ err: error }, "home could not be asked for tenant jobs");
      });
      await wait(this.#options.pollMs, undefined, { signal: pause.signal }).catch(() => undefined);
    }
  }

  async #claim(): Promise<void> {
    const { atOnce, leaseSeconds } = this.#options;
    const room = atOnce - this.#jobs.size;
    if (room <= 0) return;
    const claimed = await this.#home.tx(async (tx) => {
      await sweepJobs(tx);
      return claimJobs(tx, [this.#type], room, leaseSeconds);
    });
    for (const each of claimed) {
      const made = runJob(each, (job) => this.#handle(job), {
        tenantId: null,
        transact: (work) => this.#home.tx(work),
        leaseSeconds,
        leaving: this.#leaving.signal,
        log: this.#log,
        onPutBack: () => undefined, // home is polled
        onOutcome: () => undefined,
        random: Math.random,
      }).finally(() => {
        this.#jobs.delete(made);
        this.poke();
      });
      this.#jobs.add(made);
    }
  }

  async #handle(job: RunningJob<unknown, unknown>): Promise<void> {
    if (!Value.Check(TenantTask, job.payload)) throw new JobRefused("its payload is not a tenant's task");
    await this.#run(job as RunningJob<TenantTask, TenantProgress>); // as: checked; progress is what this room has saved
  }
}
