import { type Place, sql } from "@octavo/database";
import { err, ok, type Result } from "@octavo/result";
import { readLedger, settleUpTo, waitForContract } from "../ledger/ledger.ts";
import type {
  MigrateOptions,
  MigrationReport,
  MigrationStop,
  MigratorOptions,
  Release,
} from "../migrator.ts";
import { planMigration } from "../plan/plan-migration.ts";
import { refuseSteps } from "./refuse-steps.ts";
import { runSteps } from "./run-steps.ts";
import { underLease } from "./under-lease.ts";

/** Everything of a release but its contracts, which begin to wait. */
export async function migrate(
  options: MigratorOptions,
  place: Place,
  release: Release,
  { from, signal }: MigrateOptions,
): Promise<Result<MigrationReport, MigrationStop>> {
  const refused = refuseSteps(release);
  if (refused !== null) return err(refused);
  await options.provisioner.provision(place);
  const errand = { version: release.version, signal: signal ?? null, heedsPause: true };
  return underLease(options, place, errand, async (at) => {
    const ledger = await at.tx(async (tx) => {
      if (from !== null) await settleUpTo(tx, from);
      await tx.run(sql`update octavo_migration set target = ${release.version}`);
      return readLedger(tx);
    });
    at.mayGoOn(null);
    const plan = planMigration(release.steps, ledger, "migrate");
    if (!plan.ok) return plan;
    const report = await runSteps(at, plan.value.steps);
    const waiting = plan.value.steps.filter(({ action }) => action === "later");
    await at.tx(async (tx) => {
      for (const step of waiting) await waitForContract(tx, at.lease, release.version, step);
    });
    return ok({ ...report, waiting: waiting.map(({ step }) => step.id) });
  });
}
