import type { Place } from "@octavo/database";
import { ok, type Result } from "@octavo/result";
import { readLedger } from "../ledger/ledger.ts";
import type { MigrationStop, MigratorOptions } from "../migrator.ts";
import { orStop } from "./or-stop.ts";
import { undoStep } from "./undo-step.ts";
import { underLease } from "./under-lease.ts";

/** Newest first, each with its row: whoever resumes finds what is left. A pause is no reason to wait: an operator who undoes knows of it. */
export async function undo(
  options: MigratorOptions,
  place: Place,
  signal: AbortSignal | null,
): Promise<Result<readonly string[], MigrationStop>> {
  return underLease(options, place, { version: "", signal, heedsPause: false }, async (at) => {
    const ledger = await at.tx(readLedger);
    const undone: string[] = [];
    for (const row of ledger.filter(({ isSettled }) => !isSettled).toReversed()) {
      at.mayGoOn(row.stepId);
      await orStop(at, row.stepId, () => undoStep(at, row));
      undone.push(row.stepId);
    }
    return ok(undone);
  });
}
