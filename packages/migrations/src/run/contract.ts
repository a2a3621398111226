import type { Place } from "@octavo/database";
import { err, ok, type Result } from "@octavo/result";
import { dueContracts, readLedger, settleAll } from "../ledger/ledger.ts";
import type { MigrationReport, MigrationStop, MigratorOptions, Release } from "../migrator.ts";
import { planMigration } from "../plan/plan-migration.ts";
import { refuseSteps } from "./refuse-steps.ts";
import { runSteps } from "./run-steps.ts";
import { underLease } from "./under-lease.ts";

/** Contracts that have waited for long enough. What was migrated before cannot be undone from here on. */
export async function contract(
  options: MigratorOptions,
  place: Place,
  release: Release,
  whenDays: number,
): Promise<Result<MigrationReport, MigrationStop>> {
  const refused = refuseSteps(release);
  if (refused !== null) return err(refused);
  const errand = { version: release.version, signal: null, heedsPause: true };
  return underLease(options, place, errand, async (at) => {
    const { ledger, due } = await at.tx(async (tx) => {
      await settleAll(tx);
      return { ledger: await readLedger(tx), due: await dueContracts(tx, whenDays) };
    });
    at.mayGoOn(null);
    const plan = planMigration(release.steps, ledger, "contract");
    if (!plan.ok) return plan;
    const contracts = plan.value.steps.filter(({ step }) => step.kind === "contract");
    const isNow = (stepId: string, action: string): boolean => action === "done" || due.has(stepId);
    const report = await runSteps(
      at,
      contracts.filter(({ step, action }) => isNow(step.id, action)),
    );
    const waiting = contracts.filter(({ step, action }) => !isNow(step.id, action));
    return ok({ ...report, waiting: waiting.map(({ step }) => step.id) });
  });
}
