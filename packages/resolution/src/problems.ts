import { isCompatibleVersion } from "@octavo/descriptor";
import type { InterfaceReference, ModuleDescriptor } from "@octavo/descriptor";
import type { InterfaceUse } from "./enabled-set.ts";
import { explainReason } from "./explain-step.ts";
import type { ModuleIndex } from "./module-index.ts";
import { okapiTexts } from "./okapi-texts.ts";
import type { PlanDraft } from "./plan-draft.ts";
import type { ResolveError } from "./resolve-error.ts";

/** How many versions or modules one line names; the rest is counted. */
const MAX_NAMED = 3;

/** All problems as one: Okapi's texts joined as Okapi joins them, the kind of the first. */
export function joinProblems(first: ResolveError, others: readonly ResolveError[]): ResolveError {
  const all = [first, ...others];
  return {
    kind: first.kind,
    message: all.map(({ message }) => message).join(". "),
    because: named(
      all.map(({ because }) => because),
      "; ",
    ),
  };
}

export function notKnown(draft: PlanDraft, wantedId: string): ResolveError {
  const hidden = draft.known.get(wantedId);
  const product = hidden?.product ?? wantedId.replace(/-\d.*$/, "");
  const versions = draft.known.ofProduct(product).map(({ id }) => id);
  const choosable = draft.known.ofProduct(product).filter((module) => draft.isChoosable(module));
  let because = `no version of ${product} is known; import its descriptor first`;
  if (hidden !== undefined || (versions.length > 0 && choosable.length === 0)) {
    because = `the version filter leaves out ${named(hidden === undefined ? versions : [hidden.id])}; widen it (preRelease, npmSnapshot)`;
  } else if (versions.length > 0) {
    because = `known are ${named(versions.toReversed())}; ask for one of these or import its descriptor`;
  }
  return {
    kind: "module-not-found",
    message: okapiTexts.moduleNotFound(wantedId),
    because: `${wantedId} cannot be enabled: ${because}`,
  };
}

export function notEnabled(draft: PlanDraft, id: string): ResolveError {
  const product = draft.known.get(id)?.product ?? id.replace(/-\d.*$/, "");
  const enabled = draft.enabled.ofProduct(product).map((module) => module.id);
  const instead =
    enabled.length === 0
      ? `no version of ${product} is`
      : `${named(enabled)} is; ask for that to be disabled`;
  return {
    kind: "module-not-found",
    message: okapiTexts.moduleNotFound(id),
    because: `${id} cannot be disabled: it is not enabled, ${instead}`,
  };
}

export function askedTwice(first: string, second: string): ResolveError {
  return {
    kind: "explicitly-given",
    message: okapiTexts.explicitlyGiven(first),
    because: `${first} and ${second} are versions of one product and only one can be enabled; ask for one of them`,
  };
}

/** A module must stay, and another version of its product would have to come. */
export function productTwice(kept: ModuleDescriptor, other: ModuleDescriptor): ResolveError {
  return {
    kind: "explicitly-given",
    message: okapiTexts.explicitlyGiven(kept.id),
    because: `${kept.id} must stay and ${other.id} is needed too, but only one version of a product can be enabled; ask for a version that serves both`,
  };
}

export function severalProducts(
  draft: PlanDraft,
  need: InterfaceUse,
  providers: readonly ModuleDescriptor[],
): ResolveError {
  const products = providers.map(({ product }) => product);
  return {
    kind: "several-products",
    message: okapiTexts.severalProducts(need.interface.id, need.module.id, products),
    because: `${describeNeed(draft, need)} could come from ${providers.map(({ id }) => id).join(" or ")}; ask for one of them in the same call`,
  };
}

export function missing(draft: PlanDraft, need: InterfaceUse): ResolveError {
  return {
    kind: "missing-interface",
    message: okapiTexts.interfaceNotFound(need.interface.id, need.module.id),
    because: `${describeNeed(draft, need)} is provided by no module that may be enabled: ${describeKnown(draft, need.interface)}`,
  };
}

export function incompatible(draft: PlanDraft, need: InterfaceUse, provision: InterfaceUse): ResolveError {
  const { id, version } = need.interface;
  const has = provision.interface.version;
  const fitting = draft.known
    .ofProduct(need.module.product)
    .filter((module) => everyNeedFits(module, id, has))
    .map((module) => module.id);
  const remedy =
    fitting.length > 0
      ? `${named(fitting.toReversed())} would get on with it`
      : describeKnown(draft, need.interface);
  return {
    kind: "incompatible-interface",
    message: okapiTexts.incompatibleVersion(need.module.id, id, version, `${has}/${provision.module.id}`),
    because: `${describeNeed(draft, need)} is not what ${provision.module.id} (${whyThere(draft, provision.module)}) has, ${has}: ${remedy}`,
  };
}

export function providedTwice(providers: readonly ModuleDescriptor[], interfaceId: string): ResolveError {
  const ids = providers.map(({ id }) => id);
  return {
    kind: "provided-twice",
    message: okapiTexts.providedTwice(ids, interfaceId),
    because: `interface ${interfaceId} may have one provider, and ${ids.join(" and ")} are all to be enabled; leave all but one out`,
  };
}

export function notConverging(draft: PlanDraft, passes: number): ResolveError {
  const recent = draft.steps.slice(-MAX_NAMED).map(({ action, id }) => `${action} ${id}`);
  return {
    kind: "not-converging",
    message: okapiTexts.notConverging(passes),
    because: `after ${passes} changes there was still something to mend, last: ${recent.join(", ")}; ask for more of the needed modules by name`,
  };
}

/** "interface finance.orders 1.0, required by mod-orders-12.8.10 (asked for)," */
function describeNeed(draft: PlanDraft, need: InterfaceUse): string {
  const { id, version } = need.interface;
  return `interface ${id} ${version}, required by ${need.module.id} (${whyThere(draft, need.module)}),`;
}

function whyThere(draft: PlanDraft, module: ModuleDescriptor): string {
  const step = draft.steps.findLast(({ id }) => id === module.id);
  return step === undefined ? "enabled" : explainReason(step.reason);
}

/** Which versions of an interface are known, and what would help. */
function describeKnown(draft: PlanDraft, required: InterfaceReference): string {
  const provisions = provisionsOf(draft.known, required.id);
  if (provisions.length === 0) return "no known module provides that interface; import one that does";
  const hidden = provisions.filter(
    ({ module, version }) => isCompatibleVersion(version, required.version) && !draft.isChoosable(module),
  );
  if (hidden.length > 0) {
    return `the version filter leaves out ${named(hidden.map(({ module }) => module.id))}, which would do; widen it`;
  }
  const versions = provisions.map(({ module, version }) => `${version} (${module.id})`);
  return `known are ${named(versions)}; import a module with a version that fits`;
}

/** Regular provisions of an interface, of each version the newest module, newest version of a module first. */
function provisionsOf(known: ModuleIndex, interfaceId: string) {
  const byVersion = new Map<string, ModuleDescriptor>();
  for (const module of known.providersOf(interfaceId).toReversed()) {
    for (const { id, type, version } of module.provides) {
      if (id === interfaceId && type === "proxy" && !byVersion.has(version)) byVersion.set(version, module);
    }
  }
  return [...byVersion].map(([version, module]) => ({ version, module }));
}

function everyNeedFits(module: ModuleDescriptor, interfaceId: string, provided: string): boolean {
  return [...module.requires, ...module.optional]
    .filter(({ id }) => id === interfaceId)
    .every(({ version }) => isCompatibleVersion(provided, version));
}

function named(items: readonly string[], separator = ", "): string {
  const rest = items.length - MAX_NAMED;
  const shown = items.slice(0, MAX_NAMED).join(separator);
  return rest > 0 ? `${shown}${separator}and ${rest} more` : shown;
}
