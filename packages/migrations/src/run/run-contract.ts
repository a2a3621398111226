import { beginStep, endStep, writeProgress } from "../ledger/ledger.ts";
import type { PlannedStep } from "../plan/plan-migration.ts";
import type { ContractStep } from "../steps/step.ts";
import type { LeasedPlace } from "./leased-place.ts";
import { trashPart } from "./trash-part.ts";

/** Takes parts out of use one by one, each with a note of how it comes back. */
export async function runContract(at: LeasedPlace, planned: PlannedStep, step: ContractStep): Promise<void> {
  const trash = await at.trashSchema();
  let progress = await at.tx((tx) => beginStep(tx, at.lease, at.version, planned));
  at.tell({ stepId: step.id, what: "begun" });
  for (const part of step.parts.slice(progress.trashed?.length ?? 0)) {
    progress = await at.withoutQueue(step.id, () =>
      at.tx(async (tx) => {
        const trashed = await trashPart(tx, part, { schema: at.place.schema, trash });
        const next = { ...progress, trashed: [...(progress.trashed ?? []), trashed] };
        await writeProgress(tx, step.id, next);
        return next;
      }),
    );
    at.tell({ stepId: step.id, what: "part" });
  }
  await at.tx((tx) => endStep(tx, step.id, progress));
}
