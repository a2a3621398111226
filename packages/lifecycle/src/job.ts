import type { PlanStep } from "@octavo/resolution";
import type { CallRecord, Fault } from "./call-state.ts";

/** What is asked of a tenant's modules, kept as rows from the moment it is accepted (DECISIONS 17). */
export interface Job {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: JobKind;
  readonly state: JobState;
  /** What it waits for, or why it failed; null otherwise. */
  readonly message: string | null;
  readonly fault: Fault | null;
  /** All by the database's clock, ISO. `endedAt` is null while the job runs or waits. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Since when it is in its state. */
  readonly since: string;
  readonly deadline: string | null;
  /** Whose it is: an actor as in the audit. */
  readonly requestedBy: string;
  readonly requestId: string | null;
  readonly cancelledBy: string | null;
  /** The instance that drives it, or did last, and under which epoch. */
  readonly owner: string | null;
  readonly epoch: number;
  readonly plan: JobPlan;
  /** One for each of the plan. */
  readonly steps: readonly JobStep[];
  /** What is done when all steps are, and what an undo does; null where there is none yet. */
  readonly closing: JobPart | null;
  readonly undo: JobPart | null;
}

/** Okapi lists jobs of the first two kinds; the others are endpoints that it carries out without one. */
export type JobKind = "install" | "upgrade" | "enable" | "disable" | "replace" | "disable-all";

export type JobState = "pending" | "running" | "done" | "undone" | "failed" | "waiting-for-human";

/** What never changes of a job. */
export interface JobPlan {
  readonly steps: readonly PlanStep[];
  /** Ids of the tenant's modules before. */
  readonly before: readonly string[];
  readonly options: JobOptions;
}

export interface JobOptions {
  /** "true", "false" or a pattern over whole module ids. */
  readonly invoke: string;
  readonly purge: boolean;
  readonly tenantParameters: string | null;
  readonly ignoreErrors: boolean;
  readonly depCheck: boolean;
  readonly parallel: number;
  readonly onFailure: "stop" | "undo";
  /** How long one call of a module may take, its own job included. */
  readonly callSeconds: number;
}

/** Calls in order, and where they stand. */
export interface JobPart {
  readonly state: StepState;
  /** Why it failed or what it waits for; null otherwise. */
  readonly message: string | null;
  /** Empty before it begins. */
  readonly calls: readonly CallRecord[];
}

export interface JobStep extends JobPart {
  readonly action: PlanStep["action"];
  readonly moduleId: string;
  readonly from: string | null;
}

/** pending -> intended -> done | failed | waiting-for-human; waiting-for-human -> intended | failed; done -> undone. */
export type StepState =
  | "pending"
  | "intended"
  | "done"
  | "undone"
  | "failed"
  | "indeterminate"
  | "waiting-for-human";
