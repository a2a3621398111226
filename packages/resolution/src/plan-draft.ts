import { matchesVersionFilter } from "@octavo/descriptor";
import type { ModuleDescriptor } from "@octavo/descriptor";
import { EnabledSet } from "./enabled-set.ts";
import type { ModuleIndex } from "./module-index.ts";
import type { PlanStep, Reason } from "./plan.ts";
import type { PlanRules } from "./plan-options.ts";

/** A plan while it is being made: what is known and was enabled stays, the rest changes with every repair. */
export class PlanDraft {
  readonly known: ModuleIndex;
  readonly rules: PlanRules;
  /** What is enabled before the plan. */
  readonly before: ReadonlyMap<string, ModuleDescriptor>;
  /** What would be enabled after the steps so far. */
  readonly enabled: EnabledSet;
  /** Okapi's word: modules that were asked for or pulled in, which no repair takes away again. */
  readonly sticky = new Set<string>();
  /** Products of which a module was asked to be enabled. */
  readonly askedProducts = new Set<string>();
  readonly steps: PlanStep[] = [];

  constructor(known: ModuleIndex, enabledIds: readonly string[], rules: PlanRules) {
    this.known = known;
    this.rules = rules;
    const modules = enabledIds.map((id) => known.get(id)).filter((module) => module !== undefined);
    this.before = new Map(modules.map((module) => [module.id, module]));
    this.enabled = new EnabledSet(modules, rules.gatewayProvides);
  }

  /** Whether the plan may end with this module: the version filter allows it, or it is enabled already. */
  isChoosable(module: ModuleDescriptor): boolean {
    return this.before.has(module.id) || matchesVersionFilter(module, this.rules.versionFilter);
  }

  /** The newest version of a product that may be chosen. */
  newestOf(product: string): ModuleDescriptor | undefined {
    return this.known.ofProduct(product).findLast((module) => this.isChoosable(module));
  }

  /** Takes a module in and keeps it.
   * @param instead a provider that goes for it: the version from which it upgrades, or a module of another product */
  enable(
    module: ModuleDescriptor,
    instead: ModuleDescriptor | null,
    reason: Reason,
    interfaceId: string,
  ): void {
    let version = this.enabled.ofProduct(module.product).find(({ id }) => !this.sticky.has(id));
    if (instead?.product === module.product) version = instead;
    else if (instead !== null) {
      this.disable(instead, { kind: "replaced", by: module.id, interface: interfaceId });
    }
    // Two versions of one product are never enabled at once if that can be helped: the one goes for the other.
    if (version !== undefined) this.enabled.remove(version.id);
    const disabled = this.#takeBackDisable(module);
    this.sticky.add(module.id);
    this.enabled.add(module);
    if (disabled?.id === module.id) {
      // It was to go and must stay: said where somebody had asked for it, else nothing happens.
      if (disabled.reason.kind === "asked-for") {
        this.steps.push({ action: "uptodate", id: module.id, from: null, reason });
      }
      return;
    }
    this.steps.push({ action: "enable", id: module.id, from: version?.id ?? disabled?.id ?? null, reason });
  }

  disable(module: ModuleDescriptor, reason: Reason): void {
    this.enabled.remove(module.id);
    this.steps.push({ action: "disable", id: module.id, from: null, reason });
  }

  /** An earlier disable that enabling this module makes untrue: of itself, or by a repair of another version. */
  #takeBackDisable(module: ModuleDescriptor): PlanStep | null {
    const at = this.steps.findLastIndex(
      (step) =>
        step.action === "disable" &&
        (step.id === module.id ||
          (step.reason.kind !== "asked-for" && this.known.get(step.id)?.product === module.product)),
    );
    return at === -1 ? null : (this.steps.splice(at, 1)[0] ?? null);
  }
}
