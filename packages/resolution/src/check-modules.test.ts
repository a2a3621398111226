import type { ModuleDescriptor } from "@octavo/descriptor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkAvailable, keepAvailable } from "./check-available.ts";
import { checkDelete } from "./check-delete.ts";
import { checkEnableDisable } from "./check-enable-disable.ts";
import { indexModules } from "./create-module-index.ts";
import { byId } from "./module-order.ts";
import { anyModules, describeModule } from "./module-universe.arbitraries.ts";
import type { ModuleSketch } from "./module-universe.arbitraries.ts";
import { planCleanup } from "./plan-cleanup.ts";
import { canDisable, canEnable } from "./step-readiness.ts";

function index(...sketches: readonly ModuleSketch[]) {
  return indexModules(sketches.map(describeModule));
}

const provider = { id: "a-1.0.0", provides: ["i 1.0"] };
const user = { id: "b-1.0.0", requires: ["i 1.0"] };
const lonely = { id: "c-1.0.0", requires: ["missing 1.0"] };

describe("posting a module", () => {
  it("counts known modules only where the version filter allows them, and those posted with it always", () => {
    const snapshot = describeModule({ id: "a-1.0.0-SNAPSHOT.1", provides: ["i 1.0"] });
    const posted = describeModule(user);
    const known = indexModules([snapshot, posted]);
    const versionFilter = { preRelease: "false", npmSnapshot: "true" } as const;
    const refusal = "Missing dependency: b-1.0.0 requires i: 1.0";
    expect(checkAvailable(known, [posted], { versionFilter })).toBe(refusal);
    expect(checkAvailable(known, [posted, snapshot], { versionFilter })).toBe("");
  });

  it("finds what the gateway itself provides", () => {
    const posted = describeModule({ id: "mod-login-1.0.0", requires: ["authtoken 2.0"] });
    const gatewayProvides = [{ id: "authtoken", version: "2.1", scope: [] }];
    expect(checkAvailable(indexModules([posted]), [posted], { gatewayProvides })).toBe("");
    expect(checkAvailable(indexModules([posted]), [posted])).not.toBe("");
  });

  it("names one problem a line", () => {
    const posted = describeModule({ id: "d-1.0.0", requires: ["x 1.0", "y 2.0"] });
    expect(checkAvailable(indexModules([posted]), [posted])).toBe(
      "Missing dependency: d-1.0.0 requires x: 1.0\nMissing dependency: d-1.0.0 requires y: 2.0",
    );
  });
});

describe("keeping only modules that find what they require", () => {
  it("gives up the same ones as taking the first that fails away, again and again", () => {
    fc.assert(
      fc.property(anyModules(), (modules) => {
        let left = [...modules].sort(byId);
        const fails = (module: ModuleDescriptor) => checkAvailable(indexModules(left), [module]) !== "";
        for (let lost = left.find(fails); lost !== undefined; lost = left.find(fails)) {
          const gone = lost;
          left = left.filter((module) => module !== gone);
        }
        const { kept, givenUp } = keepAvailable(indexModules(modules), modules);
        expect(kept).toEqual(left);
        expect([...kept, ...givenUp].sort(byId)).toEqual([...modules].sort(byId));
      }),
      { numRuns: 500 },
    );
  });
});

describe("deleting a module", () => {
  it.each([
    [
      "while a tenant uses it",
      "a-1.0.0",
      "north",
      "in-use",
      "delete: module a-1.0.0 is used by tenant north",
    ],
    ["that is not known", "x-1.0.0", null, "not-found", "delete: module x-1.0.0 does not exist"],
    [
      "that another known module needs",
      "a-1.0.0",
      null,
      "required",
      "delete: module a-1.0.0: Missing dependency: b-1.0.0 requires i: 1.0",
    ],
  ] as const)("%s is refused", (_, id, usedBy, kind, message) => {
    expect(checkDelete(index(provider, user), id, usedBy)).toEqual({ ok: false, error: { kind, message } });
  });

  it("is allowed when another version does as well, or when only others are broken", () => {
    expect(checkDelete(index(provider, user, { ...provider, id: "a-1.1.0" }), "a-1.0.0", null).ok).toBe(true);
    expect(checkDelete(index(provider, lonely), "a-1.0.0", null).ok).toBe(true);
  });
});

describe("a cleanup", () => {
  const nothingInUse = new Map<string, string>();
  const snapshot = { id: "a-1.0.0-SNAPSHOT.1", provides: ["i 1.0"] };
  const known = index(snapshot, { id: "a-1.0.0-SNAPSHOT.2" }, { id: "a-1.0.0" }, user, lonely);
  const options = { saveReleases: 0, saveSnapshots: 1, removeDependencies: false, inUse: nothingInUse };

  it("is refused where it would leave a module without what it requires", () => {
    expect(planCleanup(known, options)).toEqual({
      ok: false,
      error:
        "Removing obsolete modules resulted in missing dependencies.\n" +
        "Supply removeDependencies=true if you think it's ok to remove them.\n" +
        "Missing dependency: b-1.0.0 requires i: 1.0",
    });
  });

  it("takes such a module away too when told to, and leaves alone what was broken before", () => {
    const cleanup = planCleanup(known, { ...options, removeDependencies: true });
    expect(cleanup.ok && cleanup.value.map(({ id }) => id)).toEqual(["a-1.0.0-SNAPSHOT.1", "b-1.0.0"]);
  });

  it("is refused where a tenant uses what would go", () => {
    const inUse = new Map([["a-1.0.0-SNAPSHOT.1", "roskilde"]]);
    expect(
      planCleanup(index(snapshot, { id: "a-1.0.0-SNAPSHOT.2" }, { id: "a-1.0.0" }), { ...options, inUse }),
    ).toEqual({
      ok: false,
      error: "delete: module a-1.0.0-SNAPSHOT.1 is used by tenant roskilde",
    });
  });
});

describe("enabling or disabling one module", () => {
  const newer = { id: "a-2.0.0", provides: ["i 2.0"] };
  const known = index(provider, newer, user, lonely);
  it.each([
    ["enables what finds all it requires", ["a-1.0.0"], null, "b-1.0.0", null],
    ["disables what nothing needs", ["a-1.0.0", "b-1.0.0"], "b-1.0.0", null, null],
    ["disables in a tenant that is in disorder already", ["c-1.0.0", "b-1.0.0"], "b-1.0.0", null, null],
    ["puts a module in its own place", ["a-1.0.0"], "a-1.0.0", "a-1.0.0", null],
    ["refuses what is enabled", ["a-1.0.0"], null, "a-1.0.0", "Module a-1.0.0 already provided"],
    [
      "refuses what finds no provider",
      [],
      null,
      "b-1.0.0",
      "interface i required by module b-1.0.0 not found",
    ],
    [
      "refuses to disable what is needed",
      ["a-1.0.0", "b-1.0.0"],
      "a-1.0.0",
      null,
      "interface i required by module b-1.0.0 not found",
    ],
    [
      "refuses a version that others do not get on with",
      ["a-1.0.0", "b-1.0.0"],
      "a-1.0.0",
      "a-2.0.0",
      "Incompatible version for module b-1.0.0 interface i. Need 1.0. Have 2.0/a-2.0.0",
    ],
    [
      "refuses a second provider",
      ["a-1.0.0"],
      null,
      "a-2.0.0",
      "Multiple modules a-1.0.0, a-2.0.0 provide interface i",
    ],
  ] as const)("%s", (_, enabled, from, to, message) => {
    const check = checkEnableDisable(known, enabled, from, to);
    expect(check.ok ? null : check.error.message).toBe(message);
  });
});

describe("whether a step can be done now (DepResolutionTest.testSorting)", () => {
  const a = describeModule({ id: "modA-1.0.0", provides: ["i1 1.0"] });
  const b = describeModule({
    id: "modB-1.0.0",
    provides: ["i2 1.0"],
    requires: ["i1 1.0"],
    optional: ["i0 1.0"],
  });
  const c = describeModule({ id: "modC-1.0.0", provides: ["i3 1.0"], requires: ["i2 1.0"] });
  const d = describeModule({ id: "modD-1.0.0", optional: ["i2 1.0"] });

  it.each([
    [[], a, true],
    [[], b, false],
    [[], c, false],
    [[a], b, true],
    [[a], c, false],
    [[a, b], c, true],
  ])("enabling beside %j", (enabled, module, expected) => {
    expect(canEnable(enabled, module)).toBe(expected);
  });

  it.each([
    [[], a, true],
    [[a], a, true],
    [[a, b], a, false],
    [[a, b], b, true],
    [[b], b, true],
    [[a, b, c, d], a, false],
    [[a, b, c, d], b, false],
    [[a, b, c, d], c, true],
    [[a, b, c, d], d, true],
  ])("disabling among %j", (enabled, module, expected) => {
    expect(canDisable(enabled, module)).toBe(expected);
  });
});
