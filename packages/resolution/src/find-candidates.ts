import { isCompatibleVersion } from "@octavo/descriptor";
import type { InterfaceReference, ModuleDescriptor } from "@octavo/descriptor";
import { familyOf } from "./family.ts";
import type { Family } from "./family.ts";
import type { PlanDraft } from "./plan-draft.ts";

/** Of each product its newest module that provides what is required, ordered by product. Products that another candidate
 * replaces are left out, and of several families only the one to choose from is left: more than one candidate means that
 * the choice is the caller's. */
export function findProviders(draft: PlanDraft, required: InterfaceReference): readonly ModuleDescriptor[] {
  const providers = draft.known
    .providersOf(required.id)
    .filter(
      (module) =>
        draft.isChoosable(module) &&
        module.provides.some(
          (own) =>
            own.type === "proxy" &&
            own.id === required.id &&
            isCompatibleVersion(own.version, required.version),
        ),
    );
  return withoutReplaced(ofOneFamily(draft, providers));
}

/** The newest module of a product that gets on with what is provided, whether it requires it or takes it where it is.
 * None where another product that gets on with it replaces this one. */
export function findFittingVersion(
  draft: PlanDraft,
  product: string,
  provided: InterfaceReference,
): ModuleDescriptor | undefined {
  const fitting = draft.known
    .requirersOf(provided.id)
    .filter(
      (module) =>
        draft.isChoosable(module) &&
        [...module.requires, ...module.optional].some(
          (need) => need.id === provided.id && isCompatibleVersion(provided.version, need.version),
        ),
    );
  return withoutReplaced(ofFamily(fitting, familyOf(product))).find((module) => module.product === product);
}

/** The rule between families: asked for, else enabled, else the default. Inside a family Okapi's rules stand alone. */
function ofOneFamily(draft: PlanDraft, modules: readonly ModuleDescriptor[]): readonly ModuleDescriptor[] {
  const families = familiesOf(modules);
  if (families.size < 2) return modules;
  const asked = familiesOf(modules.filter(({ product }) => draft.askedProducts.has(product)));
  const enabled = familiesOf(modules.filter(({ product }) => draft.enabled.ofProduct(product).length > 0));
  const decided = [asked, enabled].find(({ size }) => size === 1);
  const [family = draft.rules.family] = decided ?? [];
  return ofFamily(modules, family);
}

function familiesOf(modules: readonly ModuleDescriptor[]): ReadonlySet<Family> {
  return new Set(modules.map(({ product }) => familyOf(product)));
}

function ofFamily(modules: readonly ModuleDescriptor[], family: Family): readonly ModuleDescriptor[] {
  return modules.filter(({ product }) => familyOf(product) === family);
}

/** @param modules ordered by id, so that the last one of a product is its newest */
function withoutReplaced(modules: readonly ModuleDescriptor[]): readonly ModuleDescriptor[] {
  const newest = new Map(modules.map((module) => [module.product, module]));
  for (const replaced of modules.flatMap(({ replaces }) => replaces)) newest.delete(replaced);
  return [...newest.values()];
}
