import { isCompatibleVersion } from "@octavo/descriptor";
import type { PlanDraft } from "./plan-draft.ts";
import type { PlanStep } from "./plan.ts";

/** Makes the reasons true for the end of the plan. A module that was pulled in stays, but the one that needed it may since
 * have moved to another version or gone: then another module that needs the same interface is named. */
export function settleReasons(draft: PlanDraft, steps: readonly PlanStep[]): readonly PlanStep[] {
  return steps.map((step) => {
    const { reason } = step;
    if (reason.kind !== "required" || draft.enabled.has(reason.by)) return step;
    const provided = draft.known
      .get(step.id)
      ?.provides.find((own) => own.type === "proxy" && own.id === reason.interface);
    const users = draft.enabled
      .usersOf(reason.interface)
      .filter(
        (use) => provided !== undefined && isCompatibleVersion(provided.version, use.interface.version),
      );
    const product = draft.known.get(reason.by)?.product;
    const user = users.find((use) => use.module.product === product) ?? users[0];
    if (user === undefined) return step;
    return { ...step, reason: { ...reason, by: user.module.id, version: user.interface.version } };
  });
}
