import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { type Place, type Provisioner, sql } from "@octavo/database";
import { type Migrator, openMigrator } from "@octavo/migrations";
import type { RunningModule } from "../definition/part.ts";
import { visitsOf } from "../visits/visits-of.ts";
import { homeSteps } from "./home-steps.ts";
import { runTenantOperation } from "./run-tenant-operation.ts";
import type { TenantData } from "./tenant-data.ts";
import { tenantJobType } from "./tenant-job.ts";
import { TenantWorker, type TenantWorkerOptions } from "./tenant-worker.ts";
import { emptyTrash } from "./trash.ts";

const RETRY_MS = 2000;
const MIGRATION_LEASE_MS = 10_000;
const TRASH_MS = 3_600_000;

/** A module's home while it runs: its tables, made by the first instance that may, and what works at tenant jobs.
 *
 * opening: the tables are not known to be there; the module is not ready. open: they are, and jobs are done if this process may. stopped. */
export class Home {
  readonly #running: RunningModule;
  readonly #data: readonly TenantData[];
  readonly #options: TenantWorkerOptions;
  readonly #leaving = new AbortController();
  readonly #opened: Promise<void>;
  #worker: TenantWorker | null = null;
  #problem: string | null = "its tables are not known to be there yet";

  constructor(running: RunningModule, data: readonly TenantData[], options: TenantWorkerOptions) {
    this.#running = running;
    this.#data = data;
    this.#options = options;
    this.#opened = this.#open();
  }

  /** Why the module cannot take tenants; null where it can. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Waits until it can, `atMostMs` at the longest: an operator registers an instance as soon as it listens.
   * @returns why it still cannot; null where it can */
  async whenOpen(atMostMs: number, signal: AbortSignal): Promise<string | null> {
    if (this.#problem === null) return null;
    const over = new AbortController();
    const time = wait(atMostMs, undefined, { signal: AbortSignal.any([signal, over.signal]) });
    await Promise.race([this.#opened, time.catch(() => undefined)]);
    over.abort();
    return this.#problem;
  }

  get isDraining(): boolean {
    return this.#running.draining.aborted;
  }

  /** A job was posted. */
  poke(): void {
    this.#worker?.poke();
  }

  async stop(): Promise<void> {
    this.#leaving.abort();
    await this.#opened;
    await this.#worker?.stop();
  }

  async #open(): Promise<void> {
    const { provisioner, homePlace, log } = this.#running;
    if (homePlace === null) {
      this.#problem = "OCTAVO_DB_URL is not set";
      return;
    }
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      try {
        await (provisioner === null ? this.#look() : this.#prepare(provisioner, homePlace));
        this.#problem = null;
        return;
      } catch (error) {
        this.#problem = error instanceof Error ? error.message : String(error);
        log.warn({ err: error }, "the module's home is not there yet");
        await wait(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Somebody else makes it: a process with OCTAVO_DB_ADMIN_URL. */
  async #look(): Promise<void> {
    // The last of its tables: the others are there before it.
    await this.#running.database.home.read((tx) => tx.rows(sql`select from octavo_wake limit 0`));
  }

  async #prepare(provisioner: Provisioner, homePlace: Place): Promise<void> {
    const { definition, database, placeOf, log } = this.#running;
    const migrator = openMigrator({
      provisioner,
      instanceId: randomUUID(),
      leaseMs: Math.min(this.#options.leaseSeconds * 1000, MIGRATION_LEASE_MS),
      onEvent: ({ place, stepId, what, rows }) =>
        log.info({ schema: place.schema, stepId, what, rows }, "migration"),
    });
    await migrateHome(migrator, homePlace, this.#leaving.signal);
    const tools = {
      moduleId: definition.id,
      steps: definition.steps,
      data: this.#data,
      database,
      provisioner,
      migrator,
      placeOf,
      errandNames: () => visitsOf(this.#running).errandNames,
    };
    this.#worker = new TenantWorker(
      database.home,
      tenantJobType(definition.id),
      (job) => runTenantOperation(job, tools),
      log,
      this.#options,
    );
    void this.#emptyTrash(provisioner);
  }

  async #emptyTrash(provisioner: Provisioner): Promise<void> {
    const { database, log } = this.#running;
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      try {
        const removed = await emptyTrash(database.home, provisioner);
        if (removed > 0) log.info({ removed }, "purged tenants were removed for good after 30 days");
      } catch (error) {
        log.warn({ err: error }, "the trash could not be emptied");
      }
      await wait(TRASH_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}

/** The kit's own steps: they only add, so that instances of several versions of it share a home. */
async function migrateHome(migrator: Migrator, place: Place, signal: AbortSignal): Promise<void> {
  for (;;) {
    const migrated = await migrator.migrate(
      place,
      { version: "octavo-home-1.0.0", steps: homeSteps },
      { from: null, signal },
    );
    if (migrated.ok) return;
    if (migrated.error.kind !== "held") throw new Error(migrated.error.message);
    await wait(Math.min(migrated.error.retryAfterMs, RETRY_MS), undefined, { signal });
  }
}
