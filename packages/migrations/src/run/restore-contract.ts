import type { Place } from "@octavo/database";
import { ok, type Result } from "@octavo/result";
import { readLedger, waitAgain } from "../ledger/ledger.ts";
import type { MigrationStop, MigratorOptions } from "../migrator.ts";
import { orStop } from "./or-stop.ts";
import { StepStop } from "./step-stop.ts";
import { restorePart } from "./trash-part.ts";
import { underLease } from "./under-lease.ts";

/** Brings all parts of a contract back, the last one first, in one transaction. */
export function restoreContract(
  options: MigratorOptions,
  place: Place,
  stepId: string,
): Promise<Result<null, MigrationStop>> {
  return underLease(options, place, { version: "", signal: null, heedsPause: false }, async (at) => {
    const row = (await at.tx(readLedger)).find((row) => row.stepId === stepId && row.kind === "contract");
    const parts = row?.progress.trashed;
    if (parts === undefined) {
      const message = `"${stepId}" has taken nothing out of use in ${place.schema}; nothing comes back.`;
      throw new StepStop({ kind: "step-failed", stepId, sqlState: null, message });
    }
    await orStop(at, stepId, () =>
      at.withoutQueue(stepId, () =>
        at.tx(async (tx) => {
          for (const part of parts.toReversed()) await restorePart(tx, stepId, part);
          await waitAgain(tx, stepId);
        }),
      ),
    );
    return ok(null);
  });
}
