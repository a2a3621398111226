import { err, ok } from "@octavo/result";
import type { ModuleIndex } from "./module-index.ts";
import { normaliseWanted } from "./normalise-wanted.ts";
import { orderSteps } from "./order-steps.ts";
import { PlanDraft } from "./plan-draft.ts";
import { rulesOf } from "./plan-options.ts";
import type { PlanOptions } from "./plan-options.ts";
import type { PlanResult, Reason, WantedModule } from "./plan.ts";
import { joinProblems, productTwice } from "./problems.ts";
import { repair } from "./repair.ts";
import type { ResolveError } from "./resolve-error.ts";
import { settleReasons } from "./settle-reasons.ts";
import { unsortable } from "./unsortable.ts";

/** What to do, and in which order, so that a tenant has what is wanted and every requirement is met: as Okapi's install,
 * with a reason for each step. It depends on the arguments alone and not on the order in which `known` or `enabled` came
 * together.
 * @param enabled ids of the tenant's modules; those that are not known are passed over */
export function planInstall(
  known: ModuleIndex,
  enabled: readonly string[],
  wanted: readonly WantedModule[],
  options: PlanOptions = {},
): PlanResult {
  return plan(new PlanDraft(known, enabled, rulesOf(options)), wanted, { kind: "asked-for" });
}

/** Every enabled module to the newest version that may be chosen; what needs no change is not listed. */
export function planUpgrade(
  known: ModuleIndex,
  enabled: readonly string[],
  options: PlanOptions = {},
): PlanResult {
  const draft = new PlanDraft(known, enabled, rulesOf(options));
  const wanted = draft.enabled.modules().flatMap(({ id, product }): readonly WantedModule[] => {
    const newest = draft.newestOf(product);
    return newest === undefined || newest.id === id ? [] : [{ id: newest.id, action: "enable" }];
  });
  return plan(draft, wanted, { kind: "newest-known" });
}

/** Disables all modules of a tenant, those first that nothing needs any more. */
export function planDisableAll(
  known: ModuleIndex,
  enabled: readonly string[],
  options: PlanOptions = {},
): PlanResult {
  const draft = new PlanDraft(known, enabled, rulesOf(options));
  const wanted = draft.enabled.modules().map(({ id }): WantedModule => ({ id, action: "disable" }));
  return plan(draft, wanted, { kind: "asked-for" });
}

function plan(draft: PlanDraft, wanted: readonly WantedModule[], reason: Reason): PlanResult {
  const refused = problemOf(normaliseWanted(draft, wanted, reason));
  if (refused !== null) return err(refused);
  if (!draft.rules.depCheck) return ok({ steps: draft.steps });
  const unmended = problemOf(repair(draft)) ?? problemOf(productsTwice(draft));
  if (unmended !== null) return err(unmended);
  const ordered = orderSteps(draft);
  if (!ordered.ok) return err(unsortable(draft, ordered.error));
  return ok({ steps: settleReasons(draft, ordered.value) });
}

function problemOf(problems: readonly ResolveError[]): ResolveError | null {
  const [first, ...others] = problems;
  return first === undefined ? null : joinProblems(first, others);
}

/** Products of which the plan would enable two versions side by side: one must stay, the other was pulled in. A tenant that
 * was so before stays as it is. */
function productsTwice(draft: PlanDraft): readonly ResolveError[] {
  const pulledIn = draft.steps.filter(
    ({ action, reason }) =>
      action === "enable" && reason.kind !== "asked-for" && reason.kind !== "newest-known",
  );
  return pulledIn.flatMap(({ id }) => {
    const module = draft.known.get(id);
    const versions = module === undefined ? [] : draft.enabled.ofProduct(module.product);
    const kept = versions.find((version) => version !== module);
    return module === undefined || kept === undefined ? [] : [productTwice(kept, module)];
  });
}
