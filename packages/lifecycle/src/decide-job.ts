import type { InterfaceReference, ModuleDescriptor } from "@octavo/descriptor";
import { canDisable, canEnable } from "@octavo/resolution";
import { type CallRecord, type Fault, isOver } from "./call-state.ts";
import type { Job, JobState } from "./job.ts";
import { announces } from "./permissions-call.ts";

/** What a driver does next with a job. */
export type JobDecision =
  /** Begin these steps; others may be under way. */
  | { readonly kind: "begin"; readonly steps: readonly number[] }
  /** Nothing to begin until one that is under way has ended. */
  | { readonly kind: "wait" }
  | { readonly kind: "close" }
  | { readonly kind: "undo" }
  | { readonly kind: "park"; readonly message: string }
  | {
      readonly kind: "end";
      readonly state: Extract<JobState, "done" | "undone" | "failed">;
      readonly message: string | null;
      readonly fault: Fault | null;
    };

export interface JobWorld {
  /** The tenant's modules at this moment. */
  readonly enabled: readonly ModuleDescriptor[];
  readonly moduleOf: (id: string) => ModuleDescriptor;
  readonly gatewayProvides: readonly InterfaceReference[];
  readonly isPastDeadline: boolean;
}

/** Decides from rows and the tenant's modules alone, so that any driver at any moment decides the same.
 * A part that is under way ("intended") is its driver's; one that waits for a human parks the job as soon as nothing else
 * is under way. */
export function decideJob(job: Job, world: JobWorld): JobDecision {
  if (job.undo !== null) return decideUndo(job);
  if (job.closing !== null) return decideClosing(job);
  const underWay = job.steps.filter(({ state }) => state === "intended").length;
  const stop = stopOf(job, world);
  if (stop !== null) {
    if (underWay > 0) return { kind: "wait" };
    const waiting = job.steps.find(({ state }) => state === "waiting-for-human");
    // Who cancels has decided: what is not known then stays unknown, and is said.
    if (waiting !== undefined && job.cancelledBy === null)
      return { kind: "park", message: waiting.message ?? "" };
    const restores = job.plan.options.onFailure === "undo" && job.steps.some(({ state }) => state === "done");
    return restores ? { kind: "undo" } : { kind: "end", state: "failed", ...stop };
  }
  if (job.steps.every(({ state }) => state === "done" || state === "failed")) return { kind: "close" };
  const ready = readySteps(job, world, underWay);
  if (ready.length > 0) return { kind: "begin", steps: ready };
  if (underWay > 0) return { kind: "wait" };
  // Modules that need one another go one by one all the same: the planner has put them in this order.
  const leaving = job.steps.findIndex(({ state, action }) => state === "pending" && action === "disable");
  if (leaving !== -1) return { kind: "begin", steps: [leaving] };
  // With ignoreErrors: what needs a module that failed cannot come.
  return job.plan.options.ignoreErrors
    ? { kind: "close" }
    : { kind: "end", state: "failed", fault: "internal", message: neverReady(job) };
}

/** Why nothing more may begin; null where it may. */
function stopOf(job: Job, { isPastDeadline }: JobWorld): { message: string; fault: Fault } | null {
  if (job.cancelledBy !== null) return { message: cancelledText(job, job.cancelledBy), fault: "user" };
  const waiting = job.steps.find(({ state }) => state === "waiting-for-human");
  if (waiting !== undefined) return { message: waiting.message ?? "", fault: "user" };
  if (!job.plan.options.ignoreErrors) {
    const failed = job.steps.find(({ state }) => state === "failed");
    const call = failed?.calls.find((each) => each.state === "failed" && !isOver(each));
    if (failed !== undefined) return { message: failed.message ?? "", fault: call?.fault ?? "user" };
  }
  return isPastDeadline
    ? { message: `The deadline of the job (${job.deadline ?? ""}) has passed`, fault: "internal" }
    : null;
}

function readySteps(job: Job, { enabled, moduleOf, gatewayProvides }: JobWorld, underWay: number): number[] {
  const { depCheck, parallel } = job.plan.options;
  const ready: number[] = [];
  let isAlone = job.steps.some(
    ({ state, moduleId }) => state === "intended" && isExclusive(moduleOf(moduleId)),
  );
  for (const [number, step] of job.steps.entries()) {
    if (isAlone || underWay + ready.length >= parallel) break;
    if (step.state !== "pending") continue;
    const module = moduleOf(step.moduleId);
    const fits =
      step.action === "disable"
        ? canDisable(enabled, module, gatewayProvides)
        : canEnable(enabled, module, gatewayProvides);
    if (depCheck && !fits) continue;
    if (isExclusive(module)) {
      if (underWay + ready.length > 0) continue;
      isAlone = true;
    }
    ready.push(number);
  }
  return ready;
}

/** A permission module or an auth filter runs alone: the calls of others depend on it. */
function isExclusive(module: ModuleDescriptor): boolean {
  return announces(module) || module.filters.some(({ phase }) => phase === "auth");
}

function decideClosing({ closing, steps }: Job): JobDecision {
  switch (closing?.state) {
    case "done": {
      const failed = steps.filter(({ state }) => state !== "done").map(({ moduleId }) => moduleId);
      const message = failed.length === 0 ? null : `Left out, because of errors: ${failed.join(", ")}`;
      return { kind: "end", state: "done", message, fault: null };
    }
    case "failed":
      return { kind: "end", state: "failed", message: closing.message, fault: "user" };
    case "waiting-for-human":
      return { kind: "park", message: closing.message ?? "" };
    default:
      return { kind: "wait" };
  }
}

function decideUndo(job: Job): JobDecision {
  const failed = job.steps.find(({ message }) => message !== null);
  const why = job.cancelledBy === null ? failed?.message : cancelledText(job, job.cancelledBy);
  const because = why ?? `The deadline of the job (${job.deadline ?? ""}) has passed`;
  switch (job.undo?.state) {
    case "done":
      return { kind: "end", state: "undone", message: because, fault: "user" };
    case "failed":
    case "waiting-for-human": {
      const message = `${because}. Undoing failed: ${job.undo.message ?? ""}`;
      return { kind: "end", state: "failed", message, fault: "user" };
    }
    default:
      return { kind: "wait" };
  }
}

function cancelledText({ steps }: Job, by: string): string {
  const cut = steps.find(({ state }) => state === "waiting-for-human");
  const what = cut === undefined ? "" : `. ${cut.message ?? ""}; ${cut.moduleId} was left as it was before`;
  return `Cancelled by ${by}${what}`;
}

function neverReady({ steps }: Job): string {
  const left = steps.filter(({ state }) => state === "pending").map(({ moduleId }) => moduleId);
  return (
    `None of these can be done next, because the tenant's modules are not those that the plan was made for: ${left.join(", ")}. ` +
    "Make a new plan"
  );
}

/** What a part of a job does next. */
export type PartDecision =
  | { readonly kind: "send" | "poll" | "remove"; readonly call: number; readonly record: CallRecord }
  | { readonly kind: "done" }
  | { readonly kind: "failed" | "waiting-for-human"; readonly message: string };

export function decidePart(calls: readonly CallRecord[]): PartDecision {
  for (const [call, record] of calls.entries()) {
    if (isOver(record)) continue;
    switch (record.state) {
      case "pending":
        return { kind: "send", call, record };
      case "polled":
        return { kind: "poll", call, record };
      case "told":
        return { kind: "remove", call, record };
      case "indeterminate":
        return { kind: "waiting-for-human", message: record.message ?? "" };
      case "failed":
      case "intended":
      case "done":
        return { kind: "failed", message: record.message ?? "" };
    }
  }
  return { kind: "done" };
}
