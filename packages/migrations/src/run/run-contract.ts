import { beginStep, endStep } from "../ledger/ledger.ts";
import type { TrashedPart } from "../ledger/ledger-row.ts";
import type { PlannedStep } from "../plan/plan-migration.ts";
import type { ContractStep } from "../steps/step.ts";
import type { LeasedPlace } from "./leased-place.ts";
import { trashPart } from "./trash-part.ts";

/** Takes all parts out of use in one transaction, which only touches the catalogue, with a note of how each comes back. */
export async function runContract(at: LeasedPlace, planned: PlannedStep, step: ContractStep): Promise<void> {
  const schemas = {
    schema: at.place.schema,
    trash: step.parts.some(({ kind }) => kind === "table") ? await at.makeTrash() : "",
  };
  await at.withoutQueue(step.id, () =>
    at.tx(async (tx) => {
      await beginStep(tx, at.lease, at.version, planned);
      const trashed: TrashedPart[] = [];
      for (const part of step.parts) trashed.push(await trashPart(tx, part, schemas));
      await endStep(tx, step.id, { trashed });
    }),
  );
}
