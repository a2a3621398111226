import type { PlanStep } from "@octavo/resolution";

/** What is asked of a tenant's modules, kept as rows from the moment it is accepted (DECISIONS 17). */
export interface Job {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: JobKind;
  readonly state: JobState;
  /** Both by the database's clock, ISO. `endedAt` is null while the job runs or waits. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly steps: readonly JobStep[];
}

export type JobKind = "install" | "upgrade";

export type JobState =
  | "pending"
  | "running"
  | "done"
  | "undone"
  | "failed"
  | "indeterminate"
  | "waiting-for-human";

export interface JobStep {
  readonly action: PlanStep["action"];
  readonly moduleId: string;
  readonly from: string | null;
  readonly state: StepState;
  /** Why it failed or what it waits for; null otherwise. */
  readonly message: string | null;
}

/** pending -> intended -> done | failed | indeterminate -> waiting-for-human; done -> undone.
 *
 * "intended" is written before the effect and its outcome after it, so a crash between the two leaves a step that says
 * "this may have happened": a repeatable one is tried again, any other becomes indeterminate. */
export type StepState =
  | "pending"
  | "intended"
  | "done"
  | "undone"
  | "failed"
  | "indeterminate"
  | "waiting-for-human";
