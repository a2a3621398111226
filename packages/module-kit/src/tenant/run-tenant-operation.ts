import { setTimeout as wait } from "node:timers/promises";
import {
  CommitUnknown,
  DatabaseAway,
  DatabaseBusy,
  type ModuleDatabase,
  type Place,
  type Provisioner,
} from "@octavo/database";
import type { MigrationStop, Migrator, Step } from "@octavo/migrations";
import type { Result } from "@octavo/result";
import { JobCancelled, JobLost, JobRefused, type RunningJob } from "../jobs/running-job.ts";
import { messagesOfPreflight, messagesOfReport } from "./migration-messages.ts";
import { operationOf, type TenantOperation } from "./tenant-attributes.ts";
import type { TenantData } from "./tenant-data.ts";
import type { TenantProgress, TenantTask } from "./tenant-job.ts";
import { closeTenant, enableTenant, isTenantKnown, noteTenant } from "./tenant-rows.ts";
import { noteTrash } from "./trash.ts";

export interface TenantTools {
  readonly moduleId: string;
  readonly steps: readonly Step[];
  readonly data: readonly TenantData[];
  readonly database: ModuleDatabase;
  readonly provisioner: Provisioner;
  readonly migrator: Migrator;
  readonly placeOf: (tenantId: string) => Promise<Place>;
  /** What looks for work in tenants. */
  readonly errandNames: () => readonly string[];
}

type TenantJobRun = RunningJob<TenantTask, TenantProgress>;

/** Carries out what was posted, from wherever an instance before has left it. Everything it does may be done twice; that the tenant is
 * enabled, disabled or purged is written together with the job's end.
 * @throws JobRefused where another attempt would fail too */
export async function runTenantOperation(job: TenantJobRun, tools: TenantTools): Promise<void> {
  const operation = operationOf(job.payload.attributes, tools.moduleId);
  if (!operation.ok) throw new JobRefused(operation.error);
  try {
    await run(job, operation.value, tools);
  } catch (error) {
    if (job.signal.aborted || mayPass(error)) throw error;
    throw new JobRefused(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Not now: another attempt may succeed. */
class NotNow extends Error {
  override readonly name = "NotNow";
}

function mayPass(error: unknown): boolean {
  const passing = [NotNow, DatabaseAway, DatabaseBusy, CommitUnknown, JobLost, JobCancelled];
  return passing.some((kind) => error instanceof kind);
}

async function run(job: TenantJobRun, operation: TenantOperation, tools: TenantTools): Promise<void> {
  const place = await tools.placeOf(job.payload.tenantId);
  switch (operation.kind) {
    case "enable":
      return enable(job, operation, place, tools);
    case "dry-run":
      return dryRun(job, operation, place, tools);
    case "disable":
      return disable(job, place, tools);
    case "purge":
      return purge(job, place, tools);
  }
}

async function enable(
  job: TenantJobRun,
  operation: Extract<TenantOperation, { kind: "enable" }>,
  place: Place,
  tools: TenantTools,
): Promise<void> {
  const { tenantId } = job.payload;
  const { moduleId, migrator, database } = tools;
  await job.tx((tx) => noteTenant(tx, tenantId, moduleId));
  const release = { version: moduleId, steps: stepsFor(operation, tools.steps) };
  await once(job, "migrate", async () => {
    const report = await untilFree(job, () =>
      migrator.migrate(place, release, { from: operation.from, signal: job.signal }),
    );
    return messagesOfReport(report);
  });
  for (const { kind, name, load } of tools.data) {
    if (kind === "reference" ? !operation.loadsReference : !operation.loadsSample) continue;
    await once(job, `load ${kind} ${name}`, async () => {
      await database.tx({ tenantId, work: "background" }, (tx) => load(tx, tenantId));
      return [`${kind} data "${name}" loaded`];
    });
  }
  await job.finish((tx) => enableTenant(tx, tenantId, moduleId, tools.errandNames()));
}

async function dryRun(
  job: TenantJobRun,
  { from }: Extract<TenantOperation, { kind: "dry-run" }>,
  place: Place,
  { moduleId, steps, migrator }: TenantTools,
): Promise<void> {
  await once(job, "preflight", async () => {
    const found = await untilFree(job, () => migrator.preflight(place, { version: moduleId, steps }));
    return messagesOfPreflight({ ...found, from });
  });
}

/** What was never enabled is disabled already. */
async function disable(
  job: TenantJobRun,
  place: Place,
  { migrator, provisioner }: TenantTools,
): Promise<void> {
  const { tenantId } = job.payload;
  if (await job.tx((tx) => isTenantKnown(tx, tenantId))) {
    await migrator.settle(place);
    await provisioner.withdraw(place);
  }
  await job.finish((tx) => closeTenant(tx, tenantId, "disabled"));
}

async function purge(job: TenantJobRun, place: Place, { provisioner }: TenantTools): Promise<void> {
  const { tenantId } = job.payload;
  if (await job.tx((tx) => isTenantKnown(tx, tenantId))) {
    // Written as soon as it has its new name; a process that is killed between the two leaves a schema that only its name tells of.
    const trash = await provisioner.moveToTrash(place);
    if (trash !== null) await job.tx((tx) => noteTrash(tx, { name: trash, place }));
  }
  await job.finish((tx) => closeTenant(tx, tenantId, "purged"));
}

function stepsFor({ loadsReference }: { loadsReference: boolean }, steps: readonly Step[]): readonly Step[] {
  return loadsReference ? steps : steps.filter(({ kind }) => kind !== "referenceData");
}

/** Does a part unless an attempt before has done it, and notes what came of it. */
async function once(job: TenantJobRun, part: string, work: () => Promise<readonly string[]>): Promise<void> {
  const before = job.progress ?? { done: [], messages: [] };
  if (before.done.includes(part)) return;
  await job.checkpoint();
  const messages = await work();
  const after = { done: [...before.done, part], messages: [...before.messages, ...messages] };
  await job.tx((_tx, save) => save(after));
}

const MOST_WAITS = 60;

/** Waits while another process, or what is left of one, has the schema. */
async function untilFree<T>(job: TenantJobRun, work: () => Promise<Result<T, MigrationStop>>): Promise<T> {
  for (let waits = 0; ; waits += 1) {
    const result = await work();
    if (result.ok) return result.value;
    const stop = result.error;
    if (stop.kind === "held" && waits < MOST_WAITS) {
      await wait(Math.min(stop.retryAfterMs, 5000), undefined, { signal: job.signal });
      continue;
    }
    job.signal.throwIfAborted();
    if (mayWorkLater(stop)) throw new NotNow(stop.message);
    throw new JobRefused(stop.message);
  }
}

function mayWorkLater({ kind }: MigrationStop): boolean {
  return kind === "held" || kind === "lease-lost" || kind === "locked" || kind === "stopped";
}
