import type { PlanStep } from "@octavo/resolution";
import { describe, expect, it } from "vitest";
import { callsModules } from "./calls-of-plan.ts";
import { callsAfterSteps, callsOfStep, callsOfUndo, type CallOptions } from "./calls-of-step.ts";
import type { PlannedCall } from "./planned-call.ts";
import { disable, enable, knownModule, moduleOf } from "./testing/modules-in-test.ts";

const everything: CallOptions = { invoke: () => true, purge: false, tenantParameters: null };

function calls(
  step: PlanStep,
  enabled: readonly string[] = [],
  options: Partial<CallOptions> = {},
): readonly PlannedCall[] {
  const world = { enabled: enabled.map(knownModule), moduleOf: knownModule };
  const found = callsOfStep(step, world, { ...everything, ...options });
  if (!found.ok) throw new Error(found.error.message);
  return found.value;
}

function inShort(planned: readonly PlannedCall[]): readonly string[] {
  return planned.map((call) => {
    if (call.kind === "switch") return `switch +${call.enable.join()} -${call.disable.join()}`;
    if (call.kind === "permissions") return `${call.moduleId} about ${call.about}`;
    return `${call.method} ${call.path} ${call.moduleId}${call.mayFail ? " (may fail)" : ""}`;
  });
}

const short = (...given: Parameters<typeof calls>): readonly string[] => inShort(calls(...given));
const ownCall = (...given: Parameters<typeof calls>): readonly string[] => short(...given).slice(0, -1);

describe("a step", () => {
  it.each([
    // module, enabled, disabled, purged
    ["none-1.0.0", [], [], []],
    ["bare-1.0.0", ["POST /_/tenant"], [], []],
    ["old-1.0.0", ["POST /_/tenant"], [], ["DELETE /_/tenant"]],
    ["mid-1.0.0", ["POST /_/tenant"], ["POST /_/tenant/disable"], ["DELETE /_/tenant"]],
    ["half-1.0.0", ["POST /_/tenant"], [], ["DELETE /_/tenant"]],
    ["new-1.0.0", ["POST /_/tenant"], ["POST /_/tenant"], ["POST /_/tenant"]],
  ])("calls %s as its _tenant version has it, and switches", (id, enabling, disabling, purging) => {
    const named = (paths: readonly string[]) => paths.map((path) => `${path} ${id}`);
    expect(short(enable(id))).toEqual([...named(enabling), `switch +${id} -`]);
    expect(short(disable(id), [id])).toEqual([...named(disabling), `switch + -${id}`]);
    expect(short(disable(id), [id], { purge: true })).toEqual([...named(purging), `switch + -${id}`]);
  });

  it("does nothing for a module that is up to date", () => {
    expect(short({ ...enable("new-1.0.0"), action: "uptodate" }, ["new-1.0.0"])).toEqual([]);
  });

  it("of an upgrade calls the new version and switches both at once", () => {
    expect(short(enable("new-2.0.0", "new-1.0.0"), ["new-1.0.0"])).toEqual([
      "POST /_/tenant new-2.0.0",
      "switch +new-2.0.0 -new-1.0.0",
    ]);
  });

  it("of a reinstall calls the module from itself and leaves it enabled", () => {
    const reinstall = enable("new-1.0.0", "new-1.0.0");
    expect(short(reinstall, ["new-1.0.0"]).at(-1)).toBe("switch +new-1.0.0 -");
    expect(calls(reinstall, ["new-1.0.0"])[0]).toMatchObject({
      body: '{\n  "module_to" : "new-1.0.0",\n  "module_from" : "new-1.0.0",\n  "purge" : false\n}',
    });
  });

  it("that enables with purge purges first, and then enables as if it had never been there", () => {
    expect(short(enable("new-2.0.0", "new-1.0.0"), ["new-1.0.0"], { purge: true })).toEqual([
      "POST /_/tenant new-2.0.0 (may fail)",
      "POST /_/tenant new-2.0.0",
      "switch +new-2.0.0 -new-1.0.0",
    ]);
    const [purge, init] = calls(enable("new-2.0.0", "new-1.0.0"), ["new-1.0.0"], { purge: true });
    expect(purge).toMatchObject({ body: '{\n  "module_from" : "new-2.0.0",\n  "purge" : true\n}' });
    expect(init).toMatchObject({ body: '{\n  "module_to" : "new-2.0.0",\n  "purge" : false\n}' });
  });

  it("calls nobody who is not to be invoked", () => {
    expect(ownCall(enable("new-1.0.0"), [], { invoke: () => false })).toEqual([]);
    expect(ownCall(enable("strange-1.0.0"), [], { invoke: () => false })).toEqual([]);
    expect(ownCall(enable("none-1.0.0"), ["perms-1.0.0"], { invoke: (id) => id === "none-1.0.0" })).toEqual(
      [],
    );
  });

  it("may be repeated where the module says so, and announcements always", () => {
    const repeatable = (id: string, enabled: readonly string[] = []) =>
      calls(enable(id), enabled).map((call) => call.kind !== "switch" && call.isRepeatable);
    expect(repeatable("new-1.0.0", ["perms-1.0.0"])).toEqual([true, false, false]);
    expect(repeatable("kind-1.0.0")).toEqual([true, false]);
  });

  it.each([
    ["strange-1.0.0", [], "user", "Unsupported interface _tenant: 1.3.1"],
    [
      "lame-1.0.0",
      [],
      "internal",
      "Missing DELETE method for tenant interface version 2 for module lame-1.0.0",
    ],
    ["none-1.0.0", ["perms-9.0.0"], "user", "Unknown version of _tenantPermissions interface in use 9.0."],
    [
      "none-1.0.0",
      ["deaf-1.0.0"],
      "user",
      "Bad _tenantPermissions interface in module deaf-1.0.0. No path to POST to",
    ],
  ])("cannot be done for %s beside %j: %s error %s", (id, enabled, fault, message) => {
    const world = { enabled: enabled.map(knownModule), moduleOf: knownModule };
    expect(callsOfStep(enable(id), world, everything)).toEqual({ ok: false, error: { fault, message } });
  });
});

describe("a permission module", () => {
  it("hears of each module that comes, before that is called", () => {
    expect(ownCall(enable("new-1.0.0"), ["perms-1.0.0"])).toEqual([
      "perms-1.0.0 about new-1.0.0",
      "POST /_/tenant new-1.0.0",
    ]);
  });

  it("hears of those that go from version 2.0 on: an empty list", () => {
    expect(ownCall(disable("none-1.0.0"), ["none-1.0.0", "perms-1.0.0"])).toEqual([]);
    const [told] = calls(disable("none-1.0.0"), ["none-1.0.0", "perms-2.0.0"]);
    expect(told).toMatchObject({ body: '{\n  "moduleId" : "none-1.0.0",\n  "perms" : [ ]\n}' });
  });

  it("that is new hears of itself and of everybody that was there before", () => {
    expect(ownCall(enable("perms-2.0.0"), ["none-1.0.0", "old-1.0.0"])).toEqual([
      "perms-2.0.0 about perms-2.0.0",
      "perms-2.0.0 about none-1.0.0",
      "perms-2.0.0 about old-1.0.0",
    ]);
  });

  it("that is upgraded hears of itself, and of everybody when all is done", () => {
    const upgrade = enable("perms-2.0.0", "perms-1.0.0");
    expect(ownCall(upgrade, ["none-1.0.0", "perms-1.0.0"])).toEqual(["perms-2.0.0 about perms-2.0.0"]);
    const world = { enabled: ["none-1.0.0", "perms-2.0.0"].map(knownModule), moduleOf: knownModule };
    const after = callsAfterSteps([upgrade], world, everything);
    expect(after.ok && inShort(after.value)).toEqual([
      "perms-2.0.0 about none-1.0.0",
      "perms-2.0.0 about perms-2.0.0",
    ]);
  });

  it("gets sets made of module permissions, and what the descriptor has besides", () => {
    const rich = moduleOf(
      "rich-1.0.0",
      {},
      {
        provides: [
          {
            id: "rich",
            version: "1.0",
            handlers: [
              {
                methods: ["GET", "PUT"],
                pathPattern: "/rich/{id}",
                permissionsRequired: [],
                modulePermissions: ["a.b"],
              },
              { methods: ["POST"], pathPattern: "/rich", permissionsRequired: [], modulePermissions: [] },
            ],
          },
        ],
        permissionSets: [
          {
            permissionName: "p",
            replaces: ["q"],
            displayName: "P",
            subPermissions: [],
            odd: 1,
            visible: true,
          },
        ],
        replaces: ["poor"],
      },
    );
    const bodyFor = (version: string): unknown => {
      const announcer = moduleOf("perms-7.0.0", {
        [`_tenantPermissions ${version}`]: ["POST /_/tenantPermissions"],
      });
      const found = callsOfStep(
        enable("rich-1.0.0"),
        { enabled: [announcer], moduleOf: () => rich },
        everything,
      );
      const [told] = found.ok ? found.value : [];
      return told?.kind === "permissions" ? JSON.parse(told.body) : null;
    };
    const own = { permissionName: "p", displayName: "P", subPermissions: [], visible: true };
    const name = "SYS#rich-1.0.0#/rich/{id}#[GET, PUT]";
    const made = {
      permissionName: name,
      displayName: `System generated: ${name}`,
      description: "System generated permission set",
      subPermissions: ["a.b"],
      visible: false,
    };
    expect(bodyFor("1.0")).toEqual({ moduleId: "rich-1.0.0", perms: [own] });
    expect(bodyFor("1.1")).toEqual({ moduleId: "rich-1.0.0", perms: [own, made] });
    expect(bodyFor("2.0")).toEqual({ moduleId: "rich-1.0.0", perms: [{ ...own, replaces: ["q"] }, made] });
    expect(bodyFor("2.1")).toEqual({
      moduleId: "rich-1.0.0",
      perms: [{ ...own, replaces: ["q"] }, made],
      replaces: ["poor"],
    });
  });
});

describe("undoing", () => {
  it("goes back in one switch, without _tenant, and tells the permission module of before who has gone and is back", () => {
    const world = {
      enabled: ["new-2.0.0", "old-1.0.0", "perms-2.0.0"].map(knownModule),
      moduleOf: knownModule,
    };
    const undo = callsOfUndo(["new-1.0.0", "perms-2.0.0"], world, everything);
    expect(inShort(undo)).toEqual([
      "perms-2.0.0 about new-2.0.0",
      "perms-2.0.0 about old-1.0.0",
      "perms-2.0.0 about new-1.0.0",
      "switch +new-1.0.0 -new-2.0.0,old-1.0.0",
    ]);
    expect(undo.every((call) => call.kind === "switch" || call.mayFail)).toBe(true);
  });
});

describe("a plan calls modules", () => {
  it.each([
    ["none that only switches", [enable("none-1.0.0"), disable("old-1.0.0")], ["old-1.0.0"], false],
    ["one with _tenant", [enable("none-1.0.0"), enable("new-1.0.0")], [], true],
    ["one of whom a permission module of an earlier step hears", [enable("perms-2.0.0")], [], true],
    ["one that cannot be called: the job says why", [enable("strange-1.0.0")], [], true],
  ])("%s", (_claim, steps, enabled, expected) => {
    expect(callsModules(steps, enabled.map(knownModule), knownModule, everything)).toBe(expected);
  });
});
