import { Counter } from "prom-client";
import type { RunningModule } from "../definition/part.ts";
import type { Errand } from "../visits/errand.ts";
import { JOBS, type JobType } from "./define-job.ts";
import { claimJobs, type ClaimedJob, nextJobSeconds } from "./job-rows.ts";
import { runJob } from "./run-job.ts";
import type { Transact } from "./running-job.ts";

export interface JobsOptions {
  /** Jobs of all tenants together that one instance works at. Default 4. */
  readonly atOnce?: number;
  /** Jobs of one tenant that one instance works at. Default 2. */
  readonly atOncePerTenant?: number;
  /** After so much silence another worker takes the job. Default 30. */
  readonly leaseSeconds?: number;
}

/** Who makes visits, as a worker tells it. */
export interface JobsTold {
  /** A tenant has, or will have, something due. */
  due(tenantId: string, inSeconds: number): void;
  /** A job has ended: there is room for another one. */
  room(): void;
}

/** How soon a tenant is visited again that has more due than this instance takes: another instance may have room. */
const CROWDED_SECONDS = 1;

/** Works at jobs of tenants, no tenant more than its share: each visit takes some of one tenant, and who was visited goes to the end of
 * the line. */
export class JobWorker implements Errand {
  readonly name = JOBS;
  readonly #types: ReadonlyMap<string, Pick<JobType, "run">>;
  readonly #running: RunningModule;
  readonly #options: Required<JobsOptions>;
  readonly #tell: JobsTold;
  readonly #ended: Counter<"type" | "outcome">;
  readonly #leaving = new AbortController();
  /** Under way, by tenant. */
  readonly #jobs = new Map<string, Set<Promise<void>>>();
  /** Tenants that had more due than there was room for. */
  readonly #crowded = new Set<string>();

  constructor(
    types: readonly Pick<JobType, "run" | "type">[],
    running: RunningModule,
    { atOnce = 4, atOncePerTenant = 2, leaseSeconds = 30 }: JobsOptions,
    tell: JobsTold,
  ) {
    this.#types = new Map(types.map((type) => [type.type, type]));
    this.#running = running;
    this.#options = { atOnce, atOncePerTenant, leaseSeconds };
    this.#tell = tell;
    this.#ended = new Counter({
      name: "octavo_jobs_total",
      help: "Jobs that this process has worked at, by what came of it",
      labelNames: ["type", "outcome"],
      registers: [running.metrics],
    });
  }

  free(): number {
    const underWay = [...this.#jobs.values()].reduce((sum, { size }) => sum + size, 0);
    return this.#leaving.signal.aborted ? 0 : this.#options.atOnce - underWay;
  }

  async run(tenantId: string): Promise<number | null> {
    const { atOncePerTenant, leaseSeconds } = this.#options;
    const room = Math.min(this.free(), atOncePerTenant - (this.#jobs.get(tenantId)?.size ?? 0));
    if (room <= 0) {
      this.#crowded.add(tenantId);
      return CROWDED_SECONDS;
    }
    const types = [...this.#types.keys()];
    const transact: Transact = (work) => this.#running.database.tx({ tenantId, work: "background" }, work);
    const { claimed, next } = await transact(async (tx) => ({
      claimed: await claimJobs(tx, types, room, leaseSeconds),
      next: await nextJobSeconds(tx, types),
    }));
    for (const job of claimed) this.#begin(tenantId, job, transact);
    const isMore = next !== null && next <= 0;
    if (isMore) this.#crowded.add(tenantId);
    else this.#crowded.delete(tenantId);
    // Jobs under way count as due when their leases would have run out.
    return isMore ? CROWDED_SECONDS : next;
  }

  /** Puts back what it works at, as soon as it can be left. */
  async stop(): Promise<void> {
    this.#leaving.abort();
    await Promise.all([...this.#jobs.values()].flatMap((jobs) => [...jobs]));
  }

  #begin(tenantId: string, claimed: ClaimedJob, transact: Transact): void {
    const type = this.#types.get(claimed.type);
    if (type === undefined) return; // not asked for
    const jobs = this.#jobs.get(tenantId) ?? new Set();
    this.#jobs.set(tenantId, jobs);
    const made = runJob(claimed, (job) => type.run(job, this.#running), {
      tenantId,
      transact,
      leaseSeconds: this.#options.leaseSeconds,
      leaving: this.#leaving.signal,
      log: this.#running.log,
      onOutcome: (outcome) => this.#ended.inc({ type: claimed.type, outcome }),
      onPutBack: (inSeconds) => this.#tell.due(tenantId, inSeconds),
      random: Math.random,
    }).finally(() => {
      jobs.delete(made);
      if (jobs.size === 0) this.#jobs.delete(tenantId);
      if (this.#crowded.has(tenantId)) this.#tell.due(tenantId, 0);
      else this.#tell.room();
    });
    jobs.add(made);
  }
}
