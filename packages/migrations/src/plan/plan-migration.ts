import { err, ok, type Result } from "@octavo/result";
import type { LedgerRow } from "../ledger/ledger-row.ts";
import { checksumOf } from "../steps/checksum.ts";
import type { Step } from "../steps/step.ts";

/** "migrate" is what a tenant's POST does; "contract" comes long after it. */
export type PlanMode = "migrate" | "contract";

export interface MigrationPlan {
  /** All steps of the release, in its order. */
  readonly steps: readonly PlannedStep[];
  /** Steps of versions after this one, or before what this one still has: left alone. An older instance meets a newer ledger so. */
  readonly unknown: readonly string[];
}

export interface PlannedStep {
  readonly step: Step;
  readonly checksum: string;
  /** "resume": somebody began it, and what it committed stays. "again": shipped rows are others now. "later": not in this mode. */
  readonly action: "run" | "resume" | "again" | "done" | "later";
}

/** A step that was done is another one now: a program that has changed its past cannot say what the tenant has. */
export interface ChangedStep {
  readonly kind: "changed-step";
  readonly stepId: string;
  readonly message: string;
}

/** What is to be done for a tenant, from its ledger; touches nothing. */
export function planMigration(
  steps: readonly Step[],
  ledger: readonly LedgerRow[],
  mode: PlanMode,
): Result<MigrationPlan, ChangedStep> {
  const rows = new Map(ledger.map((row) => [row.stepId, row]));
  const planned: PlannedStep[] = [];
  for (const step of steps) {
    const checksum = checksumOf(step);
    const row = rows.get(step.id);
    if (row !== undefined && hasChanged(step, row, checksum)) return err(changed(step, row));
    planned.push({ step, checksum, action: actionOf(step, row, checksum, mode) });
  }
  const known = new Set(steps.map(({ id }) => id));
  const unknown = ledger.map(({ stepId }) => stepId).filter((id) => !known.has(id));
  return ok({ steps: planned, unknown });
}

/** Only what a step has left behind binds it: one that failed before anything of it was committed may be mended. */
function hasChanged(step: Step, row: LedgerRow, checksum: string): boolean {
  if (row.kind !== step.kind) return true;
  if (row.checksum === checksum || step.kind === "referenceData") return false;
  return row.state === "done";
}

function actionOf(
  step: Step,
  row: LedgerRow | undefined,
  checksum: string,
  mode: PlanMode,
): PlannedStep["action"] {
  if (row?.state === "done") return row.checksum === checksum ? "done" : "again";
  if ((step.kind === "contract") !== (mode === "contract")) return "later";
  if (row === undefined || row.state === "waiting") return "run";
  return row.checksum === checksum ? "resume" : "run";
}

function changed(step: Step, row: LedgerRow): ChangedStep {
  const message =
    row.kind === step.kind
      ? `Step "${step.id}" is done in version ${row.version} and has been changed since; put its old text back and add a new step.`
      : `Step "${step.id}" was of kind ${row.kind} in version ${row.version} and is of kind ${step.kind} now; give it a new id.`;
  return { kind: "changed-step", stepId: step.id, message };
}
