import type { Collision } from "../ledger/ledger-row.ts";
import type { MigrationReport } from "../migrator.ts";
import type { PlannedStep } from "../plan/plan-migration.ts";
import type { LeasedPlace } from "./leased-place.ts";
import { orStop } from "./or-stop.ts";
import { runStep } from "./run-step.ts";

/** In the order of the release; the first that stops ends it. */
export async function runSteps(
  at: LeasedPlace,
  steps: readonly PlannedStep[],
): Promise<Omit<MigrationReport, "waiting">> {
  const done: string[] = [];
  const collisions: ({ readonly stepId: string } & Collision)[] = [];
  for (const planned of steps.filter(({ action }) => action !== "done" && action !== "later")) {
    const stepId = planned.step.id;
    at.mayGoOn(stepId);
    const found = await orStop(at, stepId, () => runStep(at, planned), planned);
    collisions.push(...found.map((collision) => ({ stepId, ...collision })));
    done.push(stepId);
    at.tell({ stepId, what: "done" });
  }
  const alreadyDone = steps.filter(({ action }) => action === "done").map(({ step }) => step.id);
  return { done, alreadyDone, collisions };
}
