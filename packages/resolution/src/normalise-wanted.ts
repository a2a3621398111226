import { parseModuleId } from "@octavo/descriptor";
import type { PlanDraft } from "./plan-draft.ts";
import type { Reason, WantedModule } from "./plan.ts";
import { askedTwice, notEnabled, notKnown } from "./problems.ts";
import type { ResolveError } from "./resolve-error.ts";

/** Turns what is asked for into first steps: ids get their versions, what is enabled already is up to date, another
 * version of a product is an upgrade from it.
 * @returns what cannot be had as asked for; then the draft is of no use */
export function normaliseWanted(
  draft: PlanDraft,
  wanted: readonly WantedModule[],
  reason: Reason,
): readonly ResolveError[] {
  const problems: ResolveError[] = [];
  for (const { id, action } of wanted) {
    if (action === "enable") problems.push(...enableWanted(draft, id, reason));
    else if (action === "disable") problems.push(...disableWanted(draft, id, reason));
    else draft.steps.push({ action, id, from: null, reason });
  }
  return problems;
}

function enableWanted(draft: PlanDraft, wantedId: string, reason: Reason): readonly ResolveError[] {
  const ref = parseModuleId(wantedId);
  const module =
    ref.ok && ref.value.version === null ? draft.newestOf(ref.value.product) : draft.known.get(wantedId);
  if (module === undefined || !draft.isChoosable(module)) return [notKnown(draft, wantedId)];
  const { id, product } = module;
  draft.sticky.add(id);
  draft.askedProducts.add(product);
  if (draft.enabled.has(id) && !draft.rules.reinstall) {
    draft.steps.push({ action: "uptodate", id, from: null, reason });
    return [];
  }
  const from = draft.enabled.ofProduct(product)[0];
  if (from !== undefined) draft.enabled.remove(from.id);
  draft.enabled.add(module);
  draft.steps.push({ action: "enable", id, from: from?.id ?? null, reason });
  return from !== undefined && from.id !== id && draft.sticky.has(from.id) ? [askedTwice(from.id, id)] : [];
}

function disableWanted(draft: PlanDraft, wantedId: string, reason: Reason): readonly ResolveError[] {
  const ref = parseModuleId(wantedId);
  const id =
    ref.ok && ref.value.version === null
      ? (draft.enabled.ofProduct(ref.value.product).at(-1)?.id ?? wantedId)
      : wantedId;
  const module = draft.enabled.has(id) ? draft.known.get(id) : undefined;
  if (module === undefined) return [notEnabled(draft, id)];
  draft.disable(module, reason);
  return [];
}
