/** What a migration would do to a tenant, before anything is done: for an operator to look at. */
export interface Preflight {
  readonly from: string | null;
  readonly to: string;
  readonly steps: readonly PredictedStep[];
  /** Steps that another version has done: left alone. */
  readonly unknown: readonly string[];
  /** Of all steps that are not done, from rates of this tenant's own ledger, or of the benchmark where it has none. */
  readonly predictedSeconds: number;
  /** 2.5 times the largest table that is rewritten row by row. */
  readonly diskNeededBytes: number;
  readonly warnings: readonly PreflightWarning[];
}

export interface PredictedStep {
  readonly id: string;
  readonly kind: string;
  readonly action: "run" | "resume" | "again" | "done" | "later";
  /** The planner's estimate of the rows that it reads. */
  readonly rows: number;
  readonly seconds: number;
}

export interface PreflightWarning {
  readonly kind: "old-transaction" | "replica-lag" | "invalid-index" | "held" | "paused";
  readonly message: string;
}
