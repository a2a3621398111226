import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { type Place, type Provisioner, sql } from "@octavo/database";
import { type Migrator, openMigrator } from "@octavo/migrations";
import type { RunningModule } from "../definition/part.ts";
import { visitsOf } from "../visits/visits-of.ts";
import { homeSteps } from "./home-steps.ts";
import { noteInstance, removeInstance } from "./instance-rows.ts";
import { keepRetention } from "./retention.ts";
import { runTenantOperation } from "./run-tenant-operation.ts";
import type { TenantData } from "./tenant-data.ts";
import { tenantJobType } from "./tenant-job.ts";
import { TenantWorker, type TenantWorkerOptions } from "./tenant-worker.ts";

const RETRY_MS = 2000;
const MIGRATION_LEASE_MS = 10_000;
const SIGN_OF_LIFE_MS = 60_000;
/** Where another instance is at it. */
const RETENTION_RETRY_MS = 60_000;

/** A module's home while it runs: its tables, made by the first instance that may, and what works at tenant jobs.
 *
 * opening: the tables are not known to be there; the module is not ready. open: they are, and jobs are done if this process may. stopped. */
export class Home {
  readonly #running: RunningModule;
  readonly #data: readonly TenantData[];
  readonly #options: TenantWorkerOptions;
  readonly #instanceId = randomUUID();
  readonly #leaving = new AbortController();
  readonly #opened: Promise<void>;
  #worker: TenantWorker | null = null;
  #retention: Promise<void> = Promise.resolve();
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
    await this.#retention;
    await this.#leave();
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
        await this.#noteInstance();
        this.#problem = null;
        void this.#showLife();
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
    await this.#running.database.home.read((tx) => tx.rows(sql`select from octavo_instance limit 0`));
  }

  async #prepare(provisioner: Provisioner, homePlace: Place): Promise<void> {
    const { definition, database, placeOf, log } = this.#running;
    const migrator = openMigrator({
      provisioner,
      instanceId: this.#instanceId,
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
    this.#retention = this.#keepRetention(provisioner, migrator);
  }

  /** Others count on knowing of it: before it is ready it is written down. */
  async #noteInstance(): Promise<void> {
    const { definition, database } = this.#running;
    const contracts = definition.steps.filter(({ kind }) => kind === "contract").map(({ id }) => id);
    const instance = { instanceId: this.#instanceId, moduleId: definition.id, contracts };
    await database.home.tx((tx) => noteInstance(tx, instance));
  }

  async #showLife(): Promise<void> {
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      await wait(SIGN_OF_LIFE_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      await this.#noteInstance().catch((error: unknown) => {
        this.#running.log.warn({ err: error }, "this instance could not show that it lives");
      });
    }
  }

  /** Where the database is away its row counts for a while longer. */
  async #leave(): Promise<void> {
    if (this.#problem !== null) return;
    await this.#running.database.home.tx((tx) => removeInstance(tx, this.#instanceId)).catch(() => undefined);
  }

  /** Not all instances at once, and none while it starts. */
  async #keepRetention(provisioner: Provisioner, migrator: Migrator): Promise<void> {
    const { definition, database, placeOf, log, retention } = this.#running;
    const { signal } = this.#leaving;
    const { id: moduleId, steps } = definition;
    const { retentionMs } = this.#options;
    const tools = { moduleId, steps, instanceId: this.#instanceId, home: database.home };
    for (let waitMs = Math.random() * Math.min(retentionMs, RETENTION_RETRY_MS); ;) {
      await wait(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        const round = await keepRetention({
          ...tools,
          provisioner,
          migrator,
          placeOf,
          log,
          signal,
          retention,
        });
        if (round !== null && round.contracts.length + round.removed.length > 0)
          log.info({ ...round, ...retention }, "what tenants no longer use was put away");
        waitMs = round === null ? Math.min(retentionMs, RETENTION_RETRY_MS) : retentionMs;
      } catch (error) {
        log.warn({ err: error }, "what tenants no longer use could not be put away");
        waitMs = retentionMs;
      }
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
