import type { ModuleDescriptor } from "@octavo/descriptor";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { hasFolioData, readDescriptors, readInstallList } from "@octavo/testing/folio-data";
import { expect, it } from "vitest";
import { indexModules } from "./create-module-index.ts";
import { explainStep } from "./explain-step.ts";
import { applySteps, describeModule } from "./module-universe.arbitraries.ts";
import type { ModuleSketch } from "./module-universe.arbitraries.ts";
import { planInstall, planUpgrade } from "./plan-install.ts";
import { planOneByOne } from "./plan-one-by-one.ts";
import type { PlanResult, PlanStep, WantedModule } from "./plan.ts";
import { checkAvailable } from "./check-available.ts";
import { canEnable } from "./step-readiness.ts";

type Release = "release-a" | "poppy";

function modulesOf(release: Release): readonly ModuleDescriptor[] {
  if (!hasFolioData) return [];
  return readDescriptors(release).map(({ text }) => describeModule(JSON.parse(text) as ModuleSketch)); // published ones
}

function wantedOf(release: Release): readonly WantedModule[] {
  return hasFolioData ? readInstallList(release).map(({ id }) => ({ id, action: "enable" })) : [];
}

function stepsOf(plan: PlanResult): readonly PlanStep[] {
  if (!plan.ok) throw new Error(plan.error.because);
  return plan.value.steps;
}

/** Steps that enable a module before all that it requires is there. */
function tooEarly(steps: readonly PlanStep[], before: readonly string[]): readonly string[] {
  const there = (count: number) =>
    applySteps(before, steps.slice(0, count)).flatMap((id) => known.get(id) ?? []);
  return steps
    .filter(({ action, id }, at) => {
      const module = known.get(id);
      return action === "enable" && module !== undefined && !canEnable(there(at), module);
    })
    .map(({ id }) => id);
}

const releaseA = modulesOf("release-a");
const known = indexModules([...modulesOf("poppy"), ...releaseA]);
const poppyIds = wantedOf("poppy").map(({ id }) => id);

describeWithFolio("release A of FOLIO", () => {
  const steps = hasFolioData ? stepsOf(planInstall(indexModules(releaseA), [], wantedOf("release-a"))) : [];

  it("plans on an empty tenant as just the 141 modules that were published, each asked for", () => {
    expect(new Set(steps.map(({ id }) => id))).toEqual(new Set(wantedOf("release-a").map(({ id }) => id)));
    expect(steps).toHaveLength(141);
    expect(new Set(steps.map((step) => `${step.action} ${step.from} ${explainStep(step)}`))).toEqual(
      new Set(["enable null asked for"]),
    );
  });

  it("is planned in an order in which each module finds what it requires", () => {
    expect(tooEarly(steps, [])).toEqual([]);
  });

  it("can be posted as a whole: every module finds what it requires", () => {
    expect(checkAvailable(indexModules(releaseA), releaseA)).toBe("");
  });

  it("plans as the plain search does, also among the modules of the release before", () => {
    const plain = planOneByOne(known.all(), [], wantedOf("release-a"));
    expect(plain.ok && plain.value.map(({ id }) => id)).toEqual(steps.map(({ id }) => id));
  });

  it("gives for a single application all that it needs, each with the module that needs it", () => {
    const orders = stepsOf(planInstall(known, [], [{ id: "mod-orders", action: "enable" }]));
    expect(orders.length).toBeGreaterThan(20);
    expect(orders.at(-1)).toEqual({
      action: "enable",
      id: "mod-orders-12.8.10",
      from: null,
      reason: { kind: "asked-for" },
    });
    expect(orders.map((step) => `${step.id}: ${explainStep(step)}`)).toContain(
      "mod-finance-4.9.1: required by mod-orders-12.8.10 for interface finance.budgets 2.0",
    );
    expect(tooEarly(orders, [])).toEqual([]);
  });
});

describeWithFolio("the Poppy release of FOLIO", () => {
  it("plans on an empty tenant as just the 134 modules that were published", () => {
    const steps = stepsOf(planInstall(known, [], wantedOf("poppy")));
    expect(steps.map(({ id }) => id).sort()).toEqual([...poppyIds].sort());
    expect(tooEarly(steps, [])).toEqual([]);
  });

  it("goes to release A when that is asked for: changed modules upgrade, new ones come, equal ones stay", () => {
    const steps = stepsOf(planInstall(known, poppyIds, wantedOf("release-a")));
    const byAction = Map.groupBy(steps, ({ action, from }) => `${action}${from === null ? "" : " from"}`);
    expect([...byAction].map(([action, list]) => [action, list.length])).toEqual(
      expect.arrayContaining([
        ["enable from", expect.any(Number)],
        ["enable", expect.any(Number)],
        ["uptodate", expect.any(Number)],
      ]),
    );
    expect(steps.filter(({ reason }) => reason.kind === "asked-for")).toHaveLength(141);
    const after = applySteps(poppyIds, steps);
    expect(after).toEqual(expect.arrayContaining(wantedOf("release-a").map(({ id }) => id)));
    expect(checkAvailable(indexModules(after.flatMap((id) => known.get(id) ?? [])), releaseA)).toBe("");
  });

  it("upgrades to the newest known versions, and pulls in what these newly need", () => {
    const steps = stepsOf(planUpgrade(known, poppyIds));
    const pulledIn = steps.filter(({ reason }) => reason.kind !== "newest-known");
    expect(pulledIn.map((step) => `${step.action} ${step.id}: ${explainStep(step)}`)).toEqual([
      "enable mod-batch-print-1.2.0: required by mod-sender-1.12.0 for interface batch-print 1.0",
    ]);
    const upgrades = steps.filter(({ reason }) => reason.kind === "newest-known");
    expect(upgrades.every(({ action, from }) => action === "enable" && from !== null)).toBe(true);
    expect(stepsOf(planUpgrade(known, applySteps(poppyIds, steps)))).toEqual([]);
  });
});
