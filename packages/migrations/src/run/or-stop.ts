import { CommitUnknown, DatabaseAway, DatabaseBusy } from "@octavo/database";
import { beginStep, failStep } from "../ledger/ledger.ts";
import { LeaseLost } from "../ledger/lease.ts";
import type { PlannedStep } from "../plan/plan-migration.ts";
import type { LeasedPlace } from "./leased-place.ts";
import { sqlStateOf } from "./sql-state.ts";
import { StepStop } from "./step-stop.ts";

/** Runs what a step does; what ends it is told in the ledger, for whoever looks, and thrown as a stop. A database that is away says nothing
 * of the step. */
export async function orStop<T>(
  at: LeasedPlace,
  stepId: string,
  work: () => Promise<T>,
  planned: PlannedStep | null = null,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOfNoStep = [LeaseLost, DatabaseAway, DatabaseBusy, CommitUnknown].some(
      (kind) => error instanceof kind,
    );
    if (isOfNoStep) throw error;
    const stop = error instanceof StepStop ? error : stopOf(stepId, error);
    if (!["paused", "stopped"].includes(stop.stop.kind)) await tell(at, stepId, planned, stop.message);
    throw stop;
  }
}

function stopOf(stepId: string, error: unknown): StepStop {
  const sqlState = sqlStateOf(error);
  if (sqlState === null) throw error; // a bug, not a refusal of the database
  const message = `Step "${stepId}" failed: ${error instanceof Error ? error.message : String(error)} (SQLSTATE ${sqlState})`;
  return new StepStop({ kind: "step-failed", stepId, sqlState, message });
}

async function tell(
  at: LeasedPlace,
  stepId: string,
  planned: PlannedStep | null,
  problem: string,
): Promise<void> {
  await at.tx(async (tx) => {
    // Their rows went with their transactions.
    if (planned?.step.kind === "expand" || planned?.step.kind === "contract")
      await beginStep(tx, at.lease, at.version, planned);
    await failStep(tx, stepId, problem);
  });
}
