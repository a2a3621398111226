import type { LedgerRow } from "../ledger/ledger-row.ts";
import type { PlannedStep } from "../plan/plan-migration.ts";
import { tableOfIndex } from "../steps/table-of-index.ts";
import type { Step } from "../steps/step.ts";
import type { Preflight } from "./preflight.ts";

export interface TableSize {
  readonly rows: number;
  readonly bytes: number;
}

export type Predicted = Pick<Preflight, "steps" | "predictedSeconds" | "diskNeededBytes">;

/** Rows a second where the tenant's own ledger has none: measured with 300,000 documents on two cores, rounded down. */
const RATES = { backfill: 8000, index: 200_000, verify: 500_000, referenceData: 500 } as const;
/** Takes a lock for a moment. */
const MOMENT_SECONDS = 0.05;
/** Fewer rows say more about the start than about the rate. */
const ROWS_FOR_A_RATE = 1000;
const DISK_FACTOR = 2.5;

/** How long each step takes, and how much disk is needed: by the rates at which this tenant's own steps of that kind went. */
export function predict(
  planned: readonly PlannedStep[],
  ledger: readonly LedgerRow[],
  sizes: ReadonlyMap<string, TableSize>,
): Predicted {
  const done = new Map(ledger.map((row) => [row.stepId, row]));
  const steps = planned.map(({ step, action }) => {
    const table = tableOf(step);
    const all =
      step.kind === "referenceData"
        ? step.rows.length
        : ((table === null ? null : sizes.get(table)?.rows) ?? 0);
    const isToDo = action !== "done" && action !== "later";
    const behind = action === "resume" ? (done.get(step.id)?.progress.rows ?? 0) : 0;
    const rows = isToDo ? Math.max(0, Math.round(all - behind)) : 0;
    const seconds = isToDo ? MOMENT_SECONDS + rows / rateOf(step.kind, ledger) : 0;
    return { id: step.id, kind: step.kind, action, rows, seconds };
  });
  const rewritten = planned.filter(
    ({ step, action }) => step.kind === "backfill" && (action === "run" || action === "resume"),
  );
  const bytes = rewritten.map(({ step }) => sizes.get(tableOf(step) ?? "")?.bytes ?? 0);
  return {
    steps,
    predictedSeconds: steps.reduce((sum, { seconds }) => sum + seconds, 0),
    diskNeededBytes: Math.ceil(DISK_FACTOR * Math.max(0, ...bytes)),
  };
}

/** The table whose rows a step reads; null where it reads none, or several. */
export function tableOf(step: Step): string | null {
  switch (step.kind) {
    case "backfill":
    case "referenceData":
      return step.table;
    case "index":
      return tableOfIndex(step.index);
    case "verify":
      return step.checks.flatMap((check) => ("table" in check ? [check.table] : []))[0] ?? null;
    case "expand":
    case "contract":
      return null;
  }
}

function rateOf(kind: Step["kind"], ledger: readonly LedgerRow[]): number {
  const measured = ledger.filter((row) => row.kind === kind && (row.progress.rows ?? 0) >= ROWS_FOR_A_RATE);
  const sum = (field: "rows" | "ms"): number =>
    measured.reduce((total, { progress }) => total + (progress[field] ?? 0), 0);
  if (sum("ms") > 0) return (1000 * sum("rows")) / sum("ms");
  return kind === "expand" || kind === "contract" ? Number.POSITIVE_INFINITY : RATES[kind];
}
