import { isCompatibleVersion } from "@octavo/descriptor";
import type { InterfaceReference, ModuleDescriptor } from "@octavo/descriptor";
import { err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";
import type { PlanDraft } from "./plan-draft.ts";
import type { PlanStep } from "./plan.ts";

/** Puts the steps in an order in which they can be done, as Okapi: again and again the first step that can be done now.
 * A module can be enabled when what it requires is provided, and disabled when nothing requires what it provides or a
 * module that replaces it is there. Disables that never become possible come first, as in Okapi.
 *
 * Okapi looks through all modules for each step. Here every step counts what it waits for, and a module that comes or
 * goes changes the counts of the steps that it concerns.
 * @returns or the steps that no order can do */
export function orderSteps(draft: PlanDraft): Result<readonly PlanStep[], readonly PlanStep[]> {
  const run = new OrderingRun(draft);
  const ordered: PlanStep[] = [];
  const waiting = draft.steps.map((step, at) => ({ step, at }));
  for (;;) {
    const next = waiting.findIndex(({ at }) => run.canDo(at));
    const [taken] = next === -1 ? [] : waiting.splice(next, 1);
    if (taken === undefined) break;
    run.do(taken.step);
    ordered.push(taken.step);
  }
  const left = waiting.map(({ step }) => step);
  return left.some(({ action }) => action === "enable") ? err(left) : ok([...left, ...ordered]);
}

/** A requirement of a step that enables. */
interface OpenNeed {
  readonly step: number;
  readonly version: string;
  /** How many of the present modules provide it. */
  providers: number;
}

class OrderingRun {
  readonly #draft: PlanDraft;
  /** By step: for an enable how many of its requirements are open, for a disable how many uses hold the module. */
  readonly #obstacles: number[];
  /** By step: how many present modules replace the one to be disabled. */
  readonly #replacers: number[];
  readonly #needs = new Map<string, OpenNeed[]>();
  readonly #provisions = new Map<string, { readonly step: number; readonly version: string }[]>();
  readonly #disables = new Map<string, number[]>();
  /** A module that is reinstalled is present twice for a moment. */
  readonly #present = new Map<string, number>();

  constructor(draft: PlanDraft) {
    this.#draft = draft;
    this.#obstacles = draft.steps.map(() => 0);
    this.#replacers = draft.steps.map(() => 0);
    draft.steps.forEach(({ action, id }, step) => {
      const module = draft.known.get(id);
      if (module === undefined) return;
      if (action === "enable") {
        for (const need of module.requires.filter((each) => this.#counts(each))) {
          push(this.#needs, need.id, { step, version: need.version, providers: 0 });
          this.#add(step, 1);
        }
      } else if (action === "disable") {
        for (const own of regular(module)) push(this.#provisions, own.id, { step, version: own.version });
        push(this.#disables, module.product, step);
      }
    });
    for (const module of draft.before.values()) this.#arrive(module);
  }

  canDo(step: number): boolean {
    return this.#obstacles[step] === 0 || (this.#replacers[step] ?? 0) > 0;
  }

  do({ action, id, from }: PlanStep): void {
    if (action === "uptodate") return;
    if (action === "enable") this.#arrive(this.#draft.known.get(id));
    this.#leave(this.#draft.known.get(action === "disable" ? id : (from ?? "")));
  }

  #arrive(module: ModuleDescriptor | undefined): void {
    if (module === undefined) return;
    const times = this.#present.get(module.id) ?? 0;
    this.#present.set(module.id, times + 1);
    if (times === 0) this.#count(module, 1);
  }

  #leave(module: ModuleDescriptor | undefined): void {
    const times = module === undefined ? 0 : (this.#present.get(module.id) ?? 0);
    if (module === undefined || times === 0) return;
    this.#present.set(module.id, times - 1);
    if (times === 1) this.#count(module, -1);
  }

  #count(module: ModuleDescriptor, by: 1 | -1): void {
    for (const own of regular(module)) {
      for (const need of this.#needs.get(own.id) ?? []) {
        if (!isCompatibleVersion(own.version, need.version)) continue;
        const wasOpen = need.providers === 0;
        need.providers += by;
        const isOpen = need.providers === 0;
        if (wasOpen !== isOpen) this.#add(need.step, isOpen ? 1 : -1);
      }
    }
    for (const need of module.requires.filter((each) => this.#counts(each))) {
      for (const own of this.#provisions.get(need.id) ?? []) {
        if (isCompatibleVersion(own.version, need.version)) this.#add(own.step, by);
      }
    }
    for (const product of new Set(module.replaces)) {
      for (const step of this.#disables.get(product) ?? []) {
        this.#replacers[step] = (this.#replacers[step] ?? 0) + by;
      }
    }
  }

  /** Not what the gateway gives once the plan is done. */
  #counts(need: InterfaceReference): boolean {
    return !this.#draft.enabled.isMetByGateway(need);
  }

  #add(step: number, by: 1 | -1): void {
    this.#obstacles[step] = (this.#obstacles[step] ?? 0) + by;
  }
}

function regular(module: ModuleDescriptor) {
  return module.provides.filter(({ type }) => type === "proxy");
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
