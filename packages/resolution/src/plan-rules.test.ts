import { describe, expect, it } from "vitest";
import { indexModules } from "./create-module-index.ts";
import { explainStep } from "./explain-step.ts";
import { describeModule } from "./module-universe.arbitraries.ts";
import type { ModuleSketch } from "./module-universe.arbitraries.ts";
import { planDisableAll, planInstall, planUpgrade } from "./plan-install.ts";
import type { PlanOptions } from "./plan-options.ts";
import type { PlanResult, WantedModule } from "./plan.ts";

function index(sketches: readonly ModuleSketch[]) {
  return indexModules(sketches.map(describeModule));
}

function enable(...ids: readonly string[]): readonly WantedModule[] {
  return ids.map((id) => ({ id, action: "enable" }));
}

function told(plan: PlanResult): readonly string[] | string {
  if (!plan.ok) return plan.error.message;
  return plan.value.steps.map(
    (step) =>
      `${step.action} ${step.id}${step.from === null ? "" : ` from ${step.from}`}: ${explainStep(step)}`,
  );
}

describe("the family rule: whose module provides an interface that both families have", () => {
  const circulation = { id: "mod-circulation-1.0.0", requires: ["users 16.0"] };
  const theirs = { id: "mod-users-19.0.0", provides: ["users 16.0"] };
  const ours = { id: "octavo-users-1.0.0", provides: ["users 16.0"], replaces: ["mod-users"] };
  const known = index([circulation, theirs, ours]);
  const ask = (options: PlanOptions, ...ids: string[]) =>
    told(planInstall(known, [], enable(...ids), options));

  it.each([
    ["folio where nothing is said", {}, "mod-users-19.0.0"],
    ["folio where that is the default", { family: "folio" }, "mod-users-19.0.0"],
    ["octavo where that is the default", { family: "octavo" }, "octavo-users-1.0.0"],
  ] as const)("takes the module of %s", (_, options, provider) => {
    expect(ask(options, "mod-circulation")).toEqual([
      `enable ${provider}: required by mod-circulation-1.0.0 for interface users 16.0`,
      "enable mod-circulation-1.0.0: asked for",
    ]);
  });

  it("takes what is asked for, whatever the default", () => {
    expect(ask({ family: "folio" }, "mod-circulation", "octavo-users")).toEqual([
      "enable octavo-users-1.0.0: asked for",
      "enable mod-circulation-1.0.0: asked for",
    ]);
  });

  it("stays with the family of an enabled product that must take another version", () => {
    const older = { id: "octavo-users-0.9.0", provides: ["users 15.0"] };
    const plan = planInstall(
      index([circulation, theirs, ours, older]),
      [older.id],
      enable("mod-circulation"),
      {
        family: "folio",
      },
    );
    expect(told(plan)).toEqual([
      "enable octavo-users-1.0.0 from octavo-users-0.9.0: required by mod-circulation-1.0.0 for interface users 16.0",
      "enable mod-circulation-1.0.0: asked for",
    ]);
  });

  it("leaves the choice to the caller where one family has several", () => {
    const second = { id: "mod-users-lite-1.0.0", provides: ["users 16.0"] };
    expect(told(planInstall(index([circulation, theirs, ours, second]), [], enable("mod-circulation")))).toBe(
      "interface users required by module mod-circulation-1.0.0 is provided by multiple products: mod-users, mod-users-lite",
    );
  });
});

describe("what the gateway itself provides", () => {
  const gatewayProvides = [{ id: "authtoken", version: "2.1", scope: [] }];
  const login = { id: "mod-login-1.0.0", requires: ["authtoken 2.0"] };
  const authtoken = { id: "mod-authtoken-1.0.0", provides: ["authtoken 2.1"] };

  it("meets a requirement and is in no plan", () => {
    const plan = planInstall(index([login, authtoken]), [], enable("mod-login"), { gatewayProvides });
    expect(told(plan)).toEqual(["enable mod-login-1.0.0: asked for"]);
  });

  it("does not come in the way of a module that provides it, which is then enabled first", () => {
    const wanted = enable("mod-login", "mod-authtoken");
    expect(told(planInstall(index([login, authtoken]), [], wanted, { gatewayProvides }))).toEqual([
      "enable mod-authtoken-1.0.0: asked for",
      "enable mod-login-1.0.0: asked for",
    ]);
  });

  it("takes over when the module that provided it is disabled", () => {
    const enabled = [login.id, authtoken.id];
    const wanted = [{ id: authtoken.id, action: "disable" }] as const;
    expect(told(planInstall(index([login, authtoken]), enabled, wanted, { gatewayProvides }))).toEqual([
      "disable mod-authtoken-1.0.0: asked for",
    ]);
  });

  it("does not do in a version that does not fit", () => {
    const newer = { id: "mod-login-2.0.0", requires: ["authtoken 3.0"] };
    expect(told(planInstall(index([newer]), [], enable("mod-login"), { gatewayProvides }))).toBe(
      "interface authtoken required by module mod-login-2.0.0 not found",
    );
  });
});

describe("the version filter", () => {
  const snapshot = { id: "a-1.1.0-SNAPSHOT.5", provides: ["i 1.0"] };
  const user = { id: "b-1.0.0", requires: ["i 1.0"] };
  const versionFilter = { preRelease: "false", npmSnapshot: "true" } as const;

  it("does not hide what is enabled: a snapshot keeps its users content", () => {
    const plan = planInstall(index([snapshot, user]), [snapshot.id], enable("b"), { versionFilter });
    expect(told(plan)).toEqual(["enable b-1.0.0: asked for"]);
  });

  it("lets an enabled snapshot upgrade to a release, and not fall back to an older one", () => {
    const older = { id: "a-1.0.0", provides: ["i 1.0"] };
    const newer = { id: "a-1.1.0", provides: ["i 1.0"] };
    expect(told(planUpgrade(index([snapshot, older]), [snapshot.id], { versionFilter }))).toEqual([]);
    expect(told(planUpgrade(index([snapshot, older, newer]), [snapshot.id], { versionFilter }))).toEqual([
      "enable a-1.1.0 from a-1.1.0-SNAPSHOT.5: the newest known version",
    ]);
  });

  it("keeps what it leaves out from being enabled, also when it is named", () => {
    expect(told(planInstall(index([snapshot]), [], enable(snapshot.id), { versionFilter }))).toBe(
      "Module a-1.1.0-SNAPSHOT.5 not found",
    );
  });
});

describe("a product that is enabled in another version", () => {
  const one = { id: "a-1.0.0", provides: ["i 1.0"] };
  const two = { id: "a-2.0.0", provides: ["i 1.0", "j 1.0"] };
  const user = { id: "b-1.0.0", requires: ["j 1.0"] };

  it("is upgraded when a newly needed interface comes from its newer version", () => {
    expect(told(planInstall(index([one, two, user]), [one.id], enable("b")))).toEqual([
      "enable a-2.0.0 from a-1.0.0: required by b-1.0.0 for interface j 1.0",
      "enable b-1.0.0: asked for",
    ]);
  });

  it("is not enabled twice, even where the two versions have no interface in common", () => {
    const other = { id: "a-2.0.0", provides: ["j 1.0"] };
    expect(told(planInstall(index([one, other, user]), [], enable("a-1.0.0", "b")))).toBe(
      "Cannot remove module a-1.0.0 which is explicitly given",
    );
  });
});

describe("without the check of dependencies", () => {
  it("the wanted modules come in the order asked for, with versions completed, and nothing else", () => {
    const known = index([
      { id: "a-1.0.0" },
      { id: "a-2.0.0" },
      { id: "b-1.0.0", requires: ["missing 1.0"] },
      { id: "c-1.0.0" },
    ]);
    const wanted = [...enable("b", "a", "c"), { id: "c-1.0.0", action: "disable" } as const];
    expect(told(planInstall(known, ["a-1.0.0", "c-1.0.0"], wanted, { depCheck: false }))).toEqual([
      "enable b-1.0.0: asked for",
      "enable a-2.0.0 from a-1.0.0: asked for",
      "uptodate c-1.0.0: asked for",
      "disable c-1.0.0: asked for",
    ]);
  });
});

describe("a module that is asked to go and is needed", () => {
  it("stays, and the plan says for whom", () => {
    const known = index([
      { id: "a-1.0.0", provides: ["i 1.0"] },
      { id: "b-1.0.0", requires: ["i 1.0"] },
    ]);
    const wanted = [{ id: "a-1.0.0", action: "disable" } as const, ...enable("b")];
    expect(told(planInstall(known, ["a-1.0.0"], wanted))).toEqual([
      "enable b-1.0.0: asked for",
      "uptodate a-1.0.0: required by b-1.0.0 for interface i 1.0",
    ]);
  });
});

describe("disabling all modules of a tenant", () => {
  it("begins with those that nothing needs", () => {
    const known = index([
      { id: "a-1.0.0", provides: ["i 1.0"] },
      { id: "b-1.0.0", requires: ["i 1.0"], provides: ["j 1.0"] },
      { id: "c-1.0.0", requires: ["j 1.0"] },
    ]);
    expect(told(planDisableAll(known, ["a-1.0.0", "b-1.0.0", "c-1.0.0"]))).toEqual([
      "disable c-1.0.0: asked for",
      "disable b-1.0.0: asked for",
      "disable a-1.0.0: asked for",
    ]);
  });
});

describe("a module that was pulled in for one that then moves to another version", () => {
  it("is explained by the version that stays", () => {
    const known = index([
      { id: "i-1.0.0", provides: ["i 1.0"] },
      { id: "i-2.0.0", provides: ["i 2.0"] },
      { id: "k-1.0.0", provides: ["k 1.0"] },
      { id: "k-2.0.0", provides: ["k 2.0"] },
      { id: "user-1.0.0", requires: ["i 2.0", "k 1.0"] },
      { id: "user-2.0.0", requires: ["i 2.0", "k 2.0"] },
    ]);
    expect(told(planInstall(known, ["i-1.0.0", "k-1.0.0", "user-1.0.0"], enable("k")))).toEqual([
      "enable k-2.0.0 from k-1.0.0: asked for",
      "enable i-2.0.0 from i-1.0.0: required by user-2.0.0 for interface i 2.0",
      "enable user-2.0.0 from user-1.0.0: moves to a version that gets on with interface k 2.0 of k-2.0.0",
    ]);
  });
});

describe("each kind of repair says why", () => {
  it.each<{ kind: string; known: ModuleSketch[]; enabled: string[]; wanted: string; step: string }>([
    {
      kind: "provided-twice",
      known: [
        { id: "a-1.0.0", provides: ["i 1.0"] },
        { id: "b-1.0.0", provides: ["i 1.0"] },
      ],
      enabled: ["a-1.0.0"],
      wanted: "b",
      step: "disable a-1.0.0: interface i is provided by b-1.0.0, and only one module may provide it",
    },
    {
      kind: "replaced",
      known: [
        { id: "a-1.0.0", provides: ["i 1.0"] },
        { id: "b-1.0.0", provides: ["i 2.0"] },
        { id: "c-1.0.0", requires: ["i 2.0"] },
      ],
      enabled: ["a-1.0.0"],
      wanted: "c",
      step: "disable a-1.0.0: replaced by b-1.0.0, which provides interface i",
    },
    {
      kind: "fits-provider",
      known: [
        { id: "a-1.0.0", provides: ["i 1.0"] },
        { id: "a-2.0.0", provides: ["i 2.0"] },
        { id: "b-1.0.0", requires: ["i 1.0"] },
        { id: "b-2.0.0", requires: ["i 2.0"] },
      ],
      enabled: ["a-1.0.0", "b-1.0.0"],
      wanted: "a-2.0.0",
      step: "enable b-2.0.0 from b-1.0.0: moves to a version that gets on with interface i 2.0 of a-2.0.0",
    },
    {
      kind: "incompatible",
      known: [
        { id: "a-1.0.0", provides: ["i 1.0"] },
        { id: "a-2.0.0", provides: ["i 2.0"] },
        { id: "b-1.0.0", requires: ["i 1.0"] },
      ],
      enabled: ["a-1.0.0", "b-1.0.0"],
      wanted: "a-2.0.0",
      step: "disable b-1.0.0: needs interface i 1.0, but a-2.0.0 has 2.0, and no known version of it gets on with that",
    },
    {
      kind: "requirement-gone",
      known: [
        { id: "a-1.0.0", provides: ["i 1.0"] },
        { id: "a-2.0.0", provides: [] },
        { id: "b-1.0.0", requires: ["i 1.0"] },
      ],
      enabled: ["a-1.0.0", "b-1.0.0"],
      wanted: "a-2.0.0",
      step: "disable b-1.0.0: interface i 1.0, which it requires, is no longer provided",
    },
  ])("$kind", ({ known, enabled, wanted, step }) => {
    expect(told(planInstall(index(known), enabled, enable(wanted)))).toContain(step);
  });
});
