import type { Collision } from "../ledger/ledger-row.ts";
import type { PlannedStep } from "../plan/plan-migration.ts";
import type { LeasedPlace } from "./leased-place.ts";
import { runBackfill } from "./run-backfill.ts";
import { runContract } from "./run-contract.ts";
import { runExpand } from "./run-expand.ts";
import { runIndex } from "./run-index.ts";
import { runReferenceData } from "./run-reference-data.ts";
import { runVerify } from "./run-verify.ts";

/** Runs a step to its end, or throws; what it committed by then stays, and is not done again.
 * @returns what was not written as shipped */
export async function runStep(at: LeasedPlace, planned: PlannedStep): Promise<readonly Collision[]> {
  const { step } = planned;
  at.mayGoOn(step.id);
  switch (step.kind) {
    case "expand":
      await runExpand(at, planned, step);
      return [];
    case "index":
      await runIndex(at, planned, step);
      return [];
    case "backfill":
      await runBackfill(at, planned, step);
      return [];
    case "verify":
      await runVerify(at, planned, step);
      return [];
    case "referenceData":
      return runReferenceData(at, planned, step);
    case "contract":
      await runContract(at, planned, step);
      return [];
  }
}
