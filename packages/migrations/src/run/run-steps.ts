import type { Collision } from "../ledger/ledger-row.ts";
import type { MigrationReport } from "../migrator.ts";
import type { PlannedStep } from "../plan/plan-migration.ts";
import type { LeasedPlace } from "./leased-place.ts";
import { orStop } from "./or-stop.ts";
import { makeOnEmptyTables } from "./run-index.ts";
import { runStep } from "./run-step.ts";
import type { IndexStep } from "../steps/step.ts";

/** Indexes of empty tables that are made in one transaction. */
const INDEXES_AT_ONCE = 25;

/** In the order of the release; the first that stops ends it. */
export async function runSteps(
  at: LeasedPlace,
  steps: readonly PlannedStep[],
): Promise<Omit<MigrationReport, "waiting">> {
  const done: string[] = [];
  const collisions: ({ readonly stepId: string } & Collision)[] = [];
  const todo = steps.filter(({ action }) => action !== "done" && action !== "later");
  const tell = (stepId: string): void => {
    done.push(stepId);
    at.tell({ stepId, what: "done" });
  };
  for (let n = 0; n < todo.length; n += 1) {
    const indexes = newIndexes(todo, n);
    if (indexes.length > 1) {
      at.mayGoOn(indexes[0]?.step.id ?? null);
      const made = await makeOnEmptyTables(at, indexes);
      for (const { step } of indexes.slice(0, made)) tell(step.id);
      n += made;
    }
    const planned = todo[n];
    if (planned === undefined) break;
    const stepId = planned.step.id;
    at.mayGoOn(stepId);
    const found = await orStop(at, stepId, () => runStep(at, planned), planned);
    collisions.push(...found.map((collision) => ({ stepId, ...collision })));
    tell(stepId);
  }
  const alreadyDone = steps.filter(({ action }) => action === "done").map(({ step }) => step.id);
  return { done, alreadyDone, collisions };
}

/** The indexes from this step on that nobody has begun. */
function newIndexes(
  steps: readonly PlannedStep[],
  from: number,
): readonly { readonly planned: PlannedStep; readonly step: IndexStep }[] {
  const indexes: { readonly planned: PlannedStep; readonly step: IndexStep }[] = [];
  for (const planned of steps.slice(from, from + INDEXES_AT_ONCE)) {
    const { step, action } = planned;
    if (step.kind !== "index" || action !== "run") break;
    indexes.push({ planned, step });
  }
  return indexes;
}
