import { type ProcessTime, processTime, type Registry, releaseLease, underLease } from "@octavo/registry";
import { defaultLeaseTiming, HeldLease, type LeaseTiming } from "./held-lease.ts";
import { JobRun, type JobRunParts } from "./job-run.ts";
import { readJob } from "./job-rows.ts";
import { deleteOldJobs } from "./job-store.ts";
import { defaultPartTiming, type PartTiming } from "./run-part.ts";
import { Throttle } from "./throttle.ts";

export interface JobDriverOptions extends Omit<JobRunParts, "timing" | "time"> {
  readonly registry: Registry;
  /** Of this process: whose the leases are. */
  readonly instanceId: string;
  /** A job has ended or waits for a human, for those who wait for it here. */
  readonly onSettled: (jobId: string) => void;
  /** A mistake of ours. @param jobId null where no job is to blame */
  readonly onProblem: (jobId: string | null, because: string) => void;
  /** Other than the defaults, for tests. */
  readonly leaseTiming?: LeaseTiming;
  readonly timing?: Partial<PartTiming>;
  /** Other than this machine's, for a simulation. */
  readonly time?: ProcessTime;
}

/** Rows of jobs are announced many times a second; a job that is new here is begun by `wake` at once. */
const LOOK_EVERY_MS = 250;
const SWEEP_EVERY_MS = 6 * 3_600_000;
/** More tenants wait their turn. */
const MOST_RUNS = 32;
/** A job of which a mistake of ours keeps failing is not taken up at once again. */
const AFTER_MISTAKE_MS = 5000;

/** Drives the jobs that nobody drives: those that are new, and those of instances that have gone. Any number of instances
 * look for them; the lease of a tenant decides whose he is. */
export class JobDriver {
  readonly #options: JobDriverOptions;
  readonly #runs = new Map<string, JobRun>();
  readonly #running = new Set<Promise<void>>();
  readonly #notBefore = new Map<string, number>();
  readonly #stopListening: () => void;
  readonly #time: ProcessTime;
  readonly #stopSweeping: () => void;
  #looking: Promise<void> | null = null;
  #looksAgain = false;
  #isClosed = false;

  constructor(options: JobDriverOptions) {
    this.#options = options;
    this.#time = options.time ?? processTime;
    const throttle = new Throttle(this.#time, LOOK_EVERY_MS, () => this.wake());
    const stop = options.registry.onRows(() => throttle.want());
    this.#stopListening = () => {
      stop();
      throttle.stop();
    };
    this.#stopSweeping = this.#time.every(SWEEP_EVERY_MS, () => void this.#sweep());
    void this.#sweep();
    this.wake();
  }

  /** There may be a job, or something to hear of one. */
  wake(): void {
    if (this.#isClosed) return;
    if (this.#looking !== null) {
      this.#looksAgain = true;
      return;
    }
    this.#looking = this.#lookUntilQuiet().finally(() => (this.#looking = null));
  }

  /** Begins nothing new, waits for calls in flight, and lets others go on at once.
   * @param graceMs longest wait */
  async close(graceMs: number): Promise<void> {
    this.#isClosed = true;
    this.#stopListening();
    this.#stopSweeping();
    for (const run of this.#runs.values()) run.leave();
    await this.#looking;
    for (const run of this.#runs.values()) run.leave();
    let cancel = (): void => undefined;
    const tooLong = new Promise<void>((resolve) => {
      cancel = this.#time.after(graceMs, resolve);
    });
    await Promise.race([Promise.allSettled(this.#running), tooLong]);
    cancel();
  }

  async #sweep(): Promise<void> {
    const { registry, instanceId } = this.#options;
    await registry
      .transaction((client) =>
        underLease(client, "job-sweeper", instanceId, async (held, lease) => {
          await deleteOldJobs(held);
          // Given back at once: each instance sweeps at its start, whoever did so just before.
          await releaseLease(held, lease);
        }),
      )
      .catch((error: unknown) => this.#options.onProblem(null, describe(error)));
  }

  async #lookUntilQuiet(): Promise<void> {
    do {
      this.#looksAgain = false;
      await this.#look().catch((error: unknown) => this.#options.onProblem(null, describe(error)));
    } while (this.#looksAgain && !this.#isClosed);
  }

  async #look(): Promise<void> {
    const { registry, instanceId } = this.#options;
    const found = await registry.read(async (client) => {
      const { rows } = await client.query<OpenJob>(
        `select job.id, job.tenant_id as "tenantId", job.state, job.cancelled_by as "cancelledBy" from octavo.job
         left join octavo.lease on lease.name = 'jobs/' || job.tenant_id
         where job.ended_at is null and job.state in ('pending', 'running')
           and (lease.name is null or lease.holder = $1 or lease.expires_at < clock_timestamp())
         order by job.started_at`,
        [instanceId],
      );
      return rows;
    });
    if (!found.ok) return; // looked for again when there is contact
    for (const job of found.value) {
      const run = this.#runs.get(job.id);
      if (run !== undefined) {
        if (job.cancelledBy !== null) run.cancel(job.cancelledBy);
      } else if (this.#runs.size < MOST_RUNS && !this.#isClosed && this.#isTime(job.id)) {
        await this.#take(job);
      }
    }
  }

  #isTime(jobId: string): boolean {
    const notBefore = this.#notBefore.get(jobId);
    if (notBefore !== undefined && this.#time.now() < notBefore) return false;
    this.#notBefore.delete(jobId);
    return true;
  }

  async #take({ id, tenantId }: OpenJob): Promise<void> {
    const { registry, instanceId, leaseTiming = defaultLeaseTiming } = this.#options;
    const lease = await HeldLease.take(registry, `jobs/${tenantId}`, instanceId, leaseTiming, this.#time);
    if (lease === null) return;
    // Read under the lease: whoever had it may have written until then.
    const job = await registry.read((client) => readJob(client, null, id));
    const isOpen = job.ok && (job.value?.state === "pending" || job.value?.state === "running");
    if (!isOpen || job.value === null || this.#isClosed) {
      await lease.release();
      return;
    }
    const run = new JobRun(
      { ...this.#options, time: this.#time, timing: { ...defaultPartTiming, ...this.#options.timing } },
      lease,
      job.value,
    );
    this.#runs.set(id, run);
    const running = this.#drive(run, lease).finally(() => {
      this.#runs.delete(id);
      this.#running.delete(running);
      this.wake();
    });
    this.#running.add(running);
  }

  async #drive(run: JobRun, lease: HeldLease): Promise<void> {
    try {
      if (await run.run()) this.#options.onSettled(run.jobId);
    } catch (error) {
      this.#notBefore.set(run.jobId, this.#time.now() + AFTER_MISTAKE_MS);
      this.#options.onProblem(run.jobId, describe(error));
    }
    if (!lease.isLost) await lease.release();
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

interface OpenJob {
  readonly id: string;
  readonly tenantId: string;
  readonly cancelledBy: string | null;
}
