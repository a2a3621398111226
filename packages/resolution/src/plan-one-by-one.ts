// The planner in its plainest form: lists and loops over all modules, as the rules are told. Never used to plan; the
// property tests hold planInstall against it, and the benchmark measures what the index is worth.
import { isCompatibleVersion, matchesVersionFilter, parseModuleId } from "@octavo/descriptor";
import type { InterfaceReference, ModuleDescriptor } from "@octavo/descriptor";
import { err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";
import { familyOf } from "./family.ts";
import { byId, compareTexts } from "./module-order.ts";
import { okapiTexts } from "./okapi-texts.ts";
import { rulesOf } from "./plan-options.ts";
import type { PlanOptions, PlanRules } from "./plan-options.ts";
import type { PlanStep, WantedModule } from "./plan.ts";
import { canDisable, canEnable } from "./step-readiness.ts";

export type PlainStep = Pick<PlanStep, "action" | "id" | "from">;

/** The steps of planInstall without their reasons, or its message. */
export function planOneByOne(
  known: readonly ModuleDescriptor[],
  enabledIds: readonly string[],
  wanted: readonly WantedModule[],
  options: PlanOptions = {},
): Result<readonly PlainStep[], string> {
  const draft = new PlainDraft([...known].sort(byId), enabledIds, rulesOf(options));
  const refusals = wanted.flatMap((want) => draft.take(want));
  if (refusals.length > 0) return err(refusals.join(". "));
  if (!draft.rules.depCheck) return ok(draft.steps.map(plain));
  const problems = draft.mend();
  if (problems.length > 0) return err(problems.join(". "));
  return draft.inOrder();
}

interface DraftStep extends PlainStep {
  readonly isAsked: boolean;
}

class PlainDraft {
  readonly rules: PlanRules;
  readonly steps: DraftStep[] = [];
  readonly #known: readonly ModuleDescriptor[];
  readonly #before: readonly ModuleDescriptor[];
  readonly #sticky = new Set<string>();
  readonly #asked = new Set<string>();
  #enabled: readonly ModuleDescriptor[];

  constructor(known: readonly ModuleDescriptor[], enabledIds: readonly string[], rules: PlanRules) {
    this.rules = rules;
    this.#known = known;
    this.#before = known.filter(({ id }) => enabledIds.includes(id));
    this.#enabled = this.#before;
  }

  take({ id: wantedId, action }: WantedModule): readonly string[] {
    const ref = parseModuleId(wantedId);
    const hasVersion = !ref.ok || ref.value.version !== null;
    const among = action === "enable" ? this.#choosable() : this.#enabled;
    const module = among.findLast(({ id, product }) => (hasVersion ? id : product) === wantedId);
    if (action === "uptodate") {
      this.steps.push({ action, id: wantedId, from: null, isAsked: true });
      return [];
    }
    if (module === undefined) return [okapiTexts.moduleNotFound(wantedId)];
    if (action === "disable") {
      this.#disable(module, true);
      return [];
    }
    const { id, product } = module;
    this.#asked.add(product);
    this.#sticky.add(id);
    if (this.#enabled.includes(module) && !this.rules.reinstall) {
      this.steps.push({ action: "uptodate", id, from: null, isAsked: true });
      return [];
    }
    const from = this.#enabled.find((other) => other.product === product);
    this.#enabled = [...this.#enabled.filter((other) => other !== from && other !== module), module].sort(
      byId,
    );
    this.steps.push({ action: "enable", id, from: from?.id ?? null, isAsked: true });
    const isAskedTwice = from !== undefined && from !== module && this.#sticky.has(from.id);
    return isAskedTwice ? [okapiTexts.explicitlyGiven(from.id)] : [];
  }

  mend(): readonly string[] {
    const { maxPasses } = this.rules;
    for (let pass = 0; pass < maxPasses; pass++) {
      const problems = this.#lookOver(true);
      if (problems !== "changed") return problems.length > 0 ? problems : this.#productsTwice();
    }
    const problems = this.#lookOver(false);
    return maxPasses === 0 && problems !== "changed" ? problems : [okapiTexts.notConverging(maxPasses)];
  }

  inOrder(): Result<readonly PlainStep[], string> {
    const gateway = this.rules.gatewayProvides.filter((own) => this.#providers(own.id).length === 0);
    let present = [...this.#before];
    const waiting = [...this.steps];
    const ordered: DraftStep[] = [];
    const canDo = ({ action, id }: DraftStep): boolean => {
      const module = this.#known.find((other) => other.id === id);
      if (action === "uptodate" || module === undefined) return true;
      return action === "enable" ? canEnable(present, module, gateway) : canDisable(present, module, gateway);
    };
    for (let at = waiting.findIndex(canDo); at !== -1; at = waiting.findIndex(canDo)) {
      for (const step of waiting.splice(at, 1)) {
        ordered.push(step);
        if (step.action === "enable") present.push(...this.#known.filter(({ id }) => id === step.id));
        const leaves = step.action === "disable" ? step.id : step.from;
        const index = present.findIndex(({ id }) => id === leaves);
        if (index !== -1) present = present.filter((_, other) => other !== index);
      }
    }
    if (waiting.some(({ action }) => action === "enable")) {
      return err(okapiTexts.unsortable(waiting.map(({ id }) => id)));
    }
    return ok([...waiting, ...ordered].map(plain));
  }

  /** One pass: a change, or what cannot be mended. */
  #lookOver(mayChange: boolean): "changed" | readonly string[] {
    const problems: string[] = [];
    for (const interfaceId of this.#interfaces()) {
      const providers = this.#providers(interfaceId).map(({ module }) => module);
      if (providers.length < 2) continue;
      const loser = providers.find(({ id }) => !this.#sticky.has(id));
      if (mayChange && loser !== undefined) {
        this.#disable(loser, false);
        return "changed";
      }
      problems.push(
        okapiTexts.providedTwice(
          providers.map(({ id }) => id),
          interfaceId,
        ),
      );
    }
    const missing = this.#lookForMissing(mayChange);
    if (missing === "changed") return "changed";
    const incompatible = this.#lookForIncompatible(mayChange);
    return incompatible === "changed" ? "changed" : [...problems, ...missing, ...incompatible];
  }

  #lookForMissing(mayChange: boolean): "changed" | readonly string[] {
    const problems: string[] = [];
    for (const interfaceId of this.#interfaces()) {
      if (this.#providers(interfaceId).length > 0) continue;
      for (const { module, interface: need } of this.#uses(interfaceId, false)) {
        if (this.rules.gatewayProvides.some((own) => meets(own, need))) continue;
        const candidates = mayChange ? this.#candidates(need) : [];
        if (candidates.length > 1) {
          return [...problems, okapiTexts.severalProducts(interfaceId, module.id, candidates.map(productOf))];
        }
        for (const candidate of candidates) {
          if (this.#sticky.has(module.id)) this.#enable(candidate, null);
          else this.#disable(module, false);
          return "changed";
        }
        problems.push(okapiTexts.interfaceNotFound(interfaceId, module.id));
      }
    }
    return problems;
  }

  #lookForIncompatible(mayChange: boolean): "changed" | readonly string[] {
    const problems: string[] = [];
    for (const interfaceId of this.#interfaces()) {
      const [provider] = this.#providers(interfaceId);
      if (provider === undefined) continue;
      for (const { module, interface: need } of this.#uses(interfaceId, true)) {
        if (meets(provider.interface, need)) continue;
        if (mayChange && !this.#sticky.has(provider.module.id)) {
          const candidates = this.#candidates(need);
          if (candidates.length > 1) {
            return [
              ...problems,
              okapiTexts.severalProducts(interfaceId, module.id, candidates.map(productOf)),
            ];
          }
          for (const candidate of candidates) {
            this.#enable(candidate, provider.module);
            return "changed";
          }
        }
        if (mayChange && !this.#sticky.has(module.id)) {
          const fitting = this.#fitting(module.product, provider.interface);
          if (fitting === undefined) this.#disable(module, false);
          else this.#enable(fitting, module);
          return "changed";
        }
        const has = `${provider.interface.version}/${provider.module.id}`;
        problems.push(okapiTexts.incompatibleVersion(module.id, interfaceId, need.version, has));
      }
    }
    return problems;
  }

  #productsTwice(): readonly string[] {
    const pulledIn = this.steps.filter(({ action, isAsked }) => action === "enable" && !isAsked);
    return pulledIn.flatMap(({ id }) => {
      const kept = this.#enabled.find((other) => other.product === productOfId(id) && other.id !== id);
      return kept === undefined ? [] : [okapiTexts.explicitlyGiven(kept.id)];
    });
  }

  #enable(module: ModuleDescriptor, instead: ModuleDescriptor | null): void {
    if (instead !== null) {
      if (instead.product === module.product)
        this.#enabled = this.#enabled.filter((other) => other !== instead);
      else this.#disable(instead, false);
    }
    const version = this.#enabled.find(
      ({ id, product }) => product === module.product && !this.#sticky.has(id),
    );
    const undone = this.steps.findLastIndex(
      ({ action, id, isAsked }) =>
        action === "disable" && (id === module.id || (!isAsked && productOfId(id) === module.product)),
    );
    const [taken] = undone === -1 ? [] : this.steps.splice(undone, 1);
    const sameProduct = instead?.product === module.product ? instead : version;
    this.#sticky.add(module.id);
    this.#enabled = [...this.#enabled.filter((other) => other !== version), module].sort(byId);
    if (taken?.id !== module.id) {
      const from = sameProduct?.id ?? taken?.id ?? null;
      this.steps.push({ action: "enable", id: module.id, from, isAsked: false });
    } else if (taken.isAsked) {
      this.steps.push({ action: "uptodate", id: module.id, from: null, isAsked: false });
    }
  }

  #disable(module: ModuleDescriptor, isAsked: boolean): void {
    this.#enabled = this.#enabled.filter((other) => other !== module);
    this.steps.push({ action: "disable", id: module.id, from: null, isAsked });
  }

  #choosable(): readonly ModuleDescriptor[] {
    return this.#known.filter(
      (module) => this.#before.includes(module) || matchesVersionFilter(module, this.rules.versionFilter),
    );
  }

  #candidates(need: InterfaceReference): readonly ModuleDescriptor[] {
    const fitting = this.#choosable().filter(({ provides }) =>
      provides.some((own) => own.type === "proxy" && meets(own, need)),
    );
    const families = (modules: readonly ModuleDescriptor[]) => [...new Set(modules.map(familyOfModule))];
    const asked = families(fitting.filter(({ product }) => this.#asked.has(product)));
    const enabled = families(
      fitting.filter(({ product }) => this.#enabled.some((other) => other.product === product)),
    );
    let family = this.rules.family;
    if (enabled.length === 1) family = enabled[0] ?? family;
    if (asked.length === 1) family = asked[0] ?? family;
    const isMixed = families(fitting).length > 1;
    return newestOfEach(isMixed ? fitting.filter((module) => familyOfModule(module) === family) : fitting);
  }

  #fitting(product: string, own: InterfaceReference): ModuleDescriptor | undefined {
    const fitting = this.#choosable().filter(
      (module) =>
        familyOfModule(module) === familyOf(product) &&
        [...module.requires, ...module.optional].some((need) => meets(own, need)),
    );
    return newestOfEach(fitting).find((module) => module.product === product);
  }

  #interfaces(): readonly string[] {
    const ids = this.#enabled.flatMap(({ provides, requires, optional }) =>
      [...provides, ...requires, ...optional].map(({ id }) => id),
    );
    return [...new Set(ids)].sort(compareTexts);
  }

  #providers(interfaceId: string) {
    return this.#enabled.flatMap((module) =>
      module.provides
        .filter(({ id, type }) => type === "proxy" && id === interfaceId)
        .map((own) => ({ module, interface: own })),
    );
  }

  #uses(interfaceId: string, withOptional: boolean) {
    return this.#enabled.flatMap((module) =>
      [...module.requires, ...(withOptional ? module.optional : [])]
        .filter(({ id }) => id === interfaceId)
        .map((need) => ({ module, interface: need })),
    );
  }
}

function plain({ action, id, from }: DraftStep): PlainStep {
  return { action, id, from };
}

function meets(own: InterfaceReference, need: InterfaceReference): boolean {
  return own.id === need.id && isCompatibleVersion(own.version, need.version);
}

function newestOfEach(modules: readonly ModuleDescriptor[]): readonly ModuleDescriptor[] {
  const replaced = modules.flatMap(({ replaces }) => replaces);
  return modules.filter(
    ({ product }, at) =>
      !replaced.includes(product) && !modules.slice(at + 1).some((later) => later.product === product),
  );
}

function productOf({ product }: ModuleDescriptor): string {
  return product;
}

function productOfId(id: string): string {
  const ref = parseModuleId(id);
  return ref.ok ? ref.value.product : id;
}

function familyOfModule({ product }: ModuleDescriptor) {
  return familyOf(product);
}
