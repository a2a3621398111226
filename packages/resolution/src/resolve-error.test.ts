import { describe, expect, it } from "vitest";
import { indexModules } from "./create-module-index.ts";
import { describeModule } from "./module-universe.arbitraries.ts";
import type { ModuleSketch } from "./module-universe.arbitraries.ts";
import { planInstall } from "./plan-install.ts";
import type { PlanOptions } from "./plan-options.ts";
import type { WantedModule } from "./plan.ts";

interface Case {
  readonly claim: string;
  readonly known: readonly ModuleSketch[];
  readonly enabled?: readonly string[];
  readonly wanted: readonly string[];
  readonly options?: PlanOptions;
  readonly because: string;
}

const noPreReleases: PlanOptions = { versionFilter: { preRelease: "false", npmSnapshot: "true" } };

const cases: readonly Case[] = [
  {
    claim: "a product of which nothing is known",
    known: [],
    wanted: ["enable mod-users"],
    because: "mod-users cannot be enabled: no version of mod-users is known; import its descriptor first",
  },
  {
    claim: "a version that is not known, with those that are",
    known: ["1.0.0", "1.1.0", "1.2.0", "2.0.0"].map((version) => ({ id: `mod-users-${version}` })),
    wanted: ["enable mod-users-3.0.0"],
    because:
      "mod-users-3.0.0 cannot be enabled: known are mod-users-2.0.0, mod-users-1.2.0, mod-users-1.1.0, and 1 more; ask for one of these or import its descriptor",
  },
  {
    claim: "a version that the filter leaves out",
    known: [{ id: "mod-users-1.0.0-SNAPSHOT.1" }],
    wanted: ["enable mod-users"],
    options: noPreReleases,
    because:
      "mod-users cannot be enabled: the version filter leaves out mod-users-1.0.0-SNAPSHOT.1; widen it (preRelease, npmSnapshot)",
  },
  {
    claim: "a module to disable that is enabled in another version",
    known: [{ id: "a-1.0.0" }, { id: "a-2.0.0" }],
    enabled: ["a-1.0.0"],
    wanted: ["disable a-2.0.0"],
    because: "a-2.0.0 cannot be disabled: it is not enabled, a-1.0.0 is; ask for that to be disabled",
  },
  {
    claim: "two versions of one product",
    known: [{ id: "a-1.0.0" }, { id: "a-2.0.0" }],
    wanted: ["enable a-1.0.0", "enable a-2.0.0"],
    because:
      "a-1.0.0 and a-2.0.0 are versions of one product and only one can be enabled; ask for one of them",
  },
  {
    claim: "an interface that no known module has, with the way to it",
    known: [
      { id: "orders-1.0.0", requires: ["finance 1.0"] },
      { id: "finance-1.0.0", provides: ["finance 1.0"], requires: ["ledgers 2.0"] },
    ],
    wanted: ["enable orders"],
    because:
      "interface ledgers 2.0, required by finance-1.0.0 (required by orders-1.0.0 for interface finance 1.0), is provided by no module that may be enabled: no known module provides that interface; import one that does",
  },
  {
    claim: "an interface that is known in other versions only",
    known: [
      { id: "orders-1.0.0", requires: ["finance 1.0"] },
      { id: "finance-2.0.0", provides: ["finance 2.0"] },
      { id: "finance-3.0.0", provides: ["finance 3.0"] },
    ],
    wanted: ["enable orders"],
    because:
      "interface finance 1.0, required by orders-1.0.0 (asked for), is provided by no module that may be enabled: known are 3.0 (finance-3.0.0), 2.0 (finance-2.0.0); import a module with a version that fits",
  },
  {
    claim: "an interface of a module that the filter leaves out",
    known: [
      { id: "orders-1.0.0", requires: ["finance 1.0"] },
      { id: "finance-1.0.0-rc.1", provides: ["finance 1.0"] },
    ],
    wanted: ["enable orders"],
    options: noPreReleases,
    because:
      "interface finance 1.0, required by orders-1.0.0 (asked for), is provided by no module that may be enabled: the version filter leaves out finance-1.0.0-rc.1, which would do; widen it",
  },
  {
    claim: "an interface of several products",
    known: [
      { id: "orders-1.0.0", requires: ["finance 1.0"] },
      { id: "finance-1.0.0", provides: ["finance 1.0"] },
      { id: "money-2.0.0", provides: ["finance 1.1"] },
    ],
    wanted: ["enable orders"],
    because:
      "interface finance 1.0, required by orders-1.0.0 (asked for), could come from finance-1.0.0 or money-2.0.0; ask for one of them in the same call",
  },
  {
    claim: "versions that do not get on, with one that would",
    known: [
      { id: "orders-1.0.0", requires: ["finance 1.0"] },
      { id: "orders-2.0.0", requires: ["finance 2.0"] },
      { id: "finance-2.0.0", provides: ["finance 2.0"] },
    ],
    wanted: ["enable orders-1.0.0", "enable finance-2.0.0"],
    because:
      "interface finance 1.0, required by orders-1.0.0 (asked for), is not what finance-2.0.0 (asked for) has, 2.0: orders-2.0.0 would get on with it",
  },
  {
    claim: "two providers of one interface",
    known: [
      { id: "a-1.0.0", provides: ["i 1.0"] },
      { id: "b-1.0.0", provides: ["i 1.0"] },
    ],
    wanted: ["enable a", "enable b"],
    because:
      "interface i may have one provider, and a-1.0.0 and b-1.0.0 are all to be enabled; leave all but one out",
  },
  {
    claim: "a circle of needs, without what only leads to it",
    known: [
      { id: "a-1.0.0", provides: ["a 1.0"], requires: ["b 1.0"] },
      { id: "b-1.0.0", provides: ["b 1.0"], requires: ["c 1.0"] },
      { id: "c-1.0.0", provides: ["c 1.0"], requires: ["b 1.0"] },
    ],
    wanted: ["enable a"],
    because:
      "there is no order in which each module finds what it requires: b-1.0.0 requires c of c-1.0.0, c-1.0.0 requires b of b-1.0.0; one of these must be optional",
  },
  {
    claim: "a repair that is cut short",
    known: [
      { id: "a-1.0.0", requires: ["i 1.0"] },
      { id: "b-1.0.0", provides: ["i 1.0"], requires: ["j 1.0"] },
      { id: "c-1.0.0", provides: ["j 1.0"] },
    ],
    wanted: ["enable a"],
    options: { maxPasses: 2 },
    because:
      "after 2 changes there was still something to mend, last: enable a-1.0.0, enable b-1.0.0, enable c-1.0.0; ask for more of the needed modules by name",
  },
  {
    claim: "many problems in one line: the first three, and how many more",
    known: [],
    wanted: ["a", "b", "c", "d", "e"].map((product) => `enable ${product}`),
    because: `${["a", "b", "c"].map((it) => `${it} cannot be enabled: no version of ${it} is known; import its descriptor first`).join("; ")}; and 2 more`,
  },
];

describe("a plan that cannot be had says in one line what and why", () => {
  it.each(cases)("$claim", ({ known, enabled = [], wanted, options, because }) => {
    const plan = planInstall(
      indexModules(known.map(describeModule)),
      enabled,
      wanted.map((text): WantedModule => {
        const [action, id = ""] = text.split(" ");
        return { id, action: action === "disable" ? "disable" : "enable" };
      }),
      options,
    );
    expect(plan.ok ? plan.value : plan.error.because).toBe(because);
  });
});
