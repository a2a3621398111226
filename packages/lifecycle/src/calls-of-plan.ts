import type { ModuleDescriptor } from "@octavo/descriptor";
import type { PlanStep } from "@octavo/resolution";
import { callsAfterSteps, callsOfStep, type CallOptions } from "./calls-of-step.ts";

/** Whether any module is called when these steps are done one after another; if not, the plan is a mere switch.
 * A step that cannot be done counts as one that calls: it is for a job to fail at it. */
export function callsModules(
  steps: readonly PlanStep[],
  enabled: readonly ModuleDescriptor[],
  moduleOf: (id: string) => ModuleDescriptor,
  options: CallOptions,
): boolean {
  const present = new Map(enabled.map((module) => [module.id, module]));
  for (const step of steps) {
    const calls = callsOfStep(step, { enabled: [...present.values()], moduleOf }, options);
    if (!calls.ok || calls.value.some(({ kind }) => kind !== "switch")) return true;
    if (step.action === "disable") present.delete(step.id);
    if (step.action !== "enable") continue;
    if (step.from !== null) present.delete(step.from);
    present.set(step.id, moduleOf(step.id));
  }
  const after = callsAfterSteps(steps, { enabled: [...present.values()], moduleOf }, options);
  return !after.ok || after.value.length > 0;
}
