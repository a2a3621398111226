import { isCompatibleVersion } from "@octavo/descriptor";
import type { ModuleDescriptor } from "@octavo/descriptor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { indexModules } from "./create-module-index.ts";
import { explainStep } from "./explain-step.ts";
import { anyUniverse, applySteps } from "./module-universe.arbitraries.ts";
import type { Universe } from "./module-universe.arbitraries.ts";
import { planInstall, planUpgrade } from "./plan-install.ts";
import { planOneByOne } from "./plan-one-by-one.ts";

const RUNS = { numRuns: 3000 };

function planOf({ modules, enabled, wanted, options }: Universe) {
  return planInstall(indexModules(modules), enabled, wanted, options);
}

function modulesOf(universe: Universe, ids: readonly string[]): readonly ModuleDescriptor[] {
  return ids.flatMap((id) => universe.modules.find((module) => module.id === id) ?? []);
}

function regular(module: ModuleDescriptor) {
  return module.provides.filter(({ type }) => type === "proxy");
}

describe("a plan, whatever is known, enabled and wanted", () => {
  it("is what the rules give when they are followed one by one over all modules", () => {
    fc.assert(
      fc.property(anyUniverse(), (universe) => {
        const plan = planOf(universe);
        const plain = planOneByOne(universe.modules, universe.enabled, universe.wanted, universe.options);
        const outcome = plan.ok
          ? plan.value.steps.map(({ action, id, from }) => ({ action, id, from }))
          : plan.error.message;
        expect(outcome).toEqual(plain.ok ? plain.value : plain.error);
      }),
      RUNS,
    );
  });

  it("does not depend on the order in which descriptors became known or modules were enabled", () => {
    const shuffled = anyUniverse().chain((universe) =>
      fc.tuple(
        fc.constant(universe),
        fc.shuffledSubarray([...universe.modules], { minLength: universe.modules.length }),
        fc.shuffledSubarray([...universe.enabled], { minLength: universe.enabled.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([universe, modules, enabled]) => {
        const oneByOne = modules.reduce((index, module) => index.with([module]), indexModules([]));
        expect(planInstall(oneByOne, enabled, universe.wanted, universe.options)).toEqual(planOf(universe));
      }),
      RUNS,
    );
  });

  it("leaves every requirement met, no regular interface provided twice and no product enabled twice", () => {
    fc.assert(
      fc.property(anyUniverse(), (universe) => {
        const plan = planOf(universe);
        fc.pre(plan.ok);
        const after = modulesOf(universe, applySteps(universe.enabled, plan.value.steps));
        const provided = after.flatMap(regular);
        const isMet = (id: string, version: string) =>
          [...provided, ...(universe.options.gatewayProvides ?? [])].some(
            (own) => own.id === id && isCompatibleVersion(own.version, version),
          );
        for (const { requires, optional } of after) {
          for (const { id, version } of requires) expect(isMet(id, version)).toBe(true);
          for (const { id, version } of optional) {
            expect(provided.every((own) => own.id !== id || isCompatibleVersion(own.version, version))).toBe(
              true,
            );
          }
        }
        expect(provided.map(({ id }) => id)).toHaveLength(new Set(provided.map(({ id }) => id)).size);
        expect(after).toHaveLength(new Set(after.map(({ product }) => product)).size);
      }),
      RUNS,
    );
  });

  it("has nothing left to do once it is done", () => {
    fc.assert(
      fc.property(anyUniverse(), (universe) => {
        const plan = planOf(universe);
        fc.pre(plan.ok);
        const after = applySteps(universe.enabled, plan.value.steps);
        const wanted = universe.wanted.filter(({ action }) => action === "enable");
        const again = planOf({
          ...universe,
          enabled: after,
          wanted,
          options: { ...universe.options, reinstall: false },
        });
        const changes = again.ok
          ? again.value.steps.filter(({ action }) => action !== "uptodate")
          : again.error;
        expect(changes).toEqual([]);
      }),
      RUNS,
    );
  });

  it("names for what is pulled in a module that needs it, there at the end or gone by this plan", () => {
    fc.assert(
      fc.property(anyUniverse(), (universe) => {
        const plan = planOf(universe);
        fc.pre(plan.ok);
        const after = applySteps(universe.enabled, plan.value.steps);
        for (const step of plan.value.steps) {
          expect(explainStep(step)).not.toBe("");
          const { reason } = step;
          if (reason.kind !== "required") continue;
          const [by, provider] = modulesOf(universe, [reason.by, step.id]);
          const need = { id: reason.interface, version: reason.version };
          expect([...(by?.requires ?? []), ...(by?.optional ?? [])]).toContainEqual(
            expect.objectContaining(need),
          );
          expect(
            provider?.provides.some(
              (own) => own.id === need.id && isCompatibleVersion(own.version, need.version),
            ),
          ).toBe(true);
          expect(after.includes(reason.by) || universe.enabled.includes(reason.by)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it("fails, where it fails, with a message and one line that says why", () => {
    fc.assert(
      fc.property(anyUniverse(), (universe) => {
        const plan = planOf(universe);
        fc.pre(!plan.ok);
        expect(plan.error.message).not.toBe("");
        expect(plan.error.because).toMatch(/^\S.*\S$/);
      }),
      RUNS,
    );
  });
});

describe("an upgrade plan", () => {
  it("lists only changes", () => {
    fc.assert(
      fc.property(anyUniverse(), (universe) => {
        const plan = planUpgrade(indexModules(universe.modules), universe.enabled, universe.options);
        fc.pre(plan.ok);
        for (const { action, id, from } of plan.value.steps) {
          expect(action).not.toBe("uptodate");
          expect(from).not.toBe(id);
        }
      }),
      RUNS,
    );
  });
});
