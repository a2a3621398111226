import { addedSince, schemaObjects } from "../catalog/schema-objects.ts";
import { beginStep, endStep } from "../ledger/ledger.ts";
import type { PlannedStep } from "../plan/plan-migration.ts";
import type { ExpandStep } from "../steps/step.ts";
import { splitStatements } from "../text/split-statements.ts";
import type { LeasedPlace } from "./leased-place.ts";

/** One transaction with its row: it is done, or nothing of it is there. */
export async function runExpand(at: LeasedPlace, planned: PlannedStep, step: ExpandStep): Promise<void> {
  await at.withoutQueue(step.id, () =>
    at.tx(async (tx) => {
      await beginStep(tx, at.lease, at.version, planned);
      const before = await schemaObjects(tx);
      for (const text of step.texts.flatMap(splitStatements)) await tx.run({ text, values: [] });
      await endStep(tx, step.id, { added: addedSince(before, await schemaObjects(tx)) });
    }),
  );
}
