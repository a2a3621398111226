import { parseModuleDescriptor, type ModuleDescriptor } from "@octavo/descriptor";
import { fromPlain } from "@octavo/json";
import type { PlanStep } from "@octavo/resolution";
import { describe, expect, it } from "vitest";
import { systemCallsOf, type SystemCall } from "./system-calls.ts";

const reason = { kind: "asked-for" } as const;
const enable = (id: string, from: string | null = null): PlanStep => ({ action: "enable", id, from, reason });
const disable = (id: string): PlanStep => ({ action: "disable", id, from: null, reason });

function module(id: string, systemInterfaces: Readonly<Record<string, readonly string[]>>): ModuleDescriptor {
  const provides = Object.entries(systemInterfaces).map(([idAndVersion, handlers]) => {
    const [interfaceId, version] = idAndVersion.split(" ");
    return {
      id: interfaceId,
      version,
      interfaceType: "system",
      handlers: handlers.map((handler) => {
        const [method, pathPattern] = handler.split(" ");
        return { methods: [method], pathPattern };
      }),
    };
  });
  const parsed = parseModuleDescriptor(fromPlain({ id, provides }));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const v1 = ["POST /_/tenant", "DELETE /_/tenant"];
const v11 = ["POST /_/tenant/disable", ...v1];
const v2 = ["POST /_/tenant", "GET /_/tenant/{id}", "DELETE /_/tenant/{id}"];
const permissions = ["POST /_/tenantPermissions"];
const modules = [
  module("none-1.0.0", {}),
  module("bare-1.0.0", { "_tenant 1.0": [] }),
  module("old-1.0.0", { "_tenant 1.0": v1 }),
  module("mid-1.0.0", { "_tenant 1.1": v11 }),
  module("half-1.0.0", { "_tenant 1.2": v1 }),
  module("new-1.0.0", { "_tenant 2.0": v2 }),
  module("new-2.0.0", { "_tenant 2.0": v2 }),
  module("strange-1.0.0", { "_tenant 1.3.1": v11 }),
  module("perms-1.0.0", { "_tenantPermissions 1.1": permissions }),
  module("perms-2.0.0", { "_tenantPermissions 2.0": permissions }),
  module("perms-9.0.0", { "_tenantPermissions 9.0": permissions }),
];
const byId = new Map(modules.map((known) => [known.id, known]));

function calls(
  steps: readonly PlanStep[],
  enabled: readonly string[] = [],
  options: { invoke?: (id: string) => boolean; purge?: boolean } = {},
) {
  const find = (id: string): ModuleDescriptor => {
    const found = byId.get(id);
    if (found === undefined) throw new Error(`no module ${id} in this test`);
    return found;
  };
  return systemCallsOf(steps, enabled.map(find), find, {
    invoke: options.invoke ?? (() => true),
    purge: options.purge ?? false,
  });
}

function inShort(result: ReturnType<typeof calls>): readonly string[] | string {
  const text = ({ kind, moduleId, because, method }: SystemCall) =>
    kind === "tenant" ? `${method} ${moduleId}` : `${moduleId} about ${because}`;
  return result.ok ? result.value.map(text) : result.error;
}

describe("the calls that a plan needs", () => {
  const tenantCalls: readonly (readonly [string, readonly string[], readonly string[], readonly string[]])[] =
    [
      // module, when enabled, when disabled, when purged
      ["none-1.0.0", [], [], []],
      ["bare-1.0.0", ["POST bare-1.0.0"], [], []],
      ["old-1.0.0", ["POST old-1.0.0"], [], ["DELETE old-1.0.0"]],
      ["mid-1.0.0", ["POST mid-1.0.0"], ["POST mid-1.0.0"], ["DELETE mid-1.0.0"]],
      ["half-1.0.0", ["POST half-1.0.0"], [], ["DELETE half-1.0.0"]],
      ["new-1.0.0", ["POST new-1.0.0"], ["POST new-1.0.0"], ["POST new-1.0.0"]],
    ];
  it.each(tenantCalls)("of %s follow its _tenant version", (id, whenEnabled, whenDisabled, whenPurged) => {
    expect(inShort(calls([enable(id)]))).toEqual(whenEnabled);
    expect(inShort(calls([disable(id)], [id]))).toEqual(whenDisabled);
    expect(inShort(calls([disable(id)], [id], { purge: true }))).toEqual(whenPurged);
  });

  it("are none where nothing is to be done", () => {
    expect(
      inShort(calls([{ action: "uptodate", id: "new-1.0.0", from: null, reason }], ["new-1.0.0"])),
    ).toEqual([]);
  });

  it("are one for an upgrade", () => {
    expect(inShort(calls([enable("new-2.0.0", "new-1.0.0")], ["new-1.0.0"]))).toEqual(["POST new-2.0.0"]);
  });

  it("cannot be told for a _tenant version that nobody knows", () => {
    expect(inShort(calls([enable("strange-1.0.0")]))).toBe("Unsupported interface _tenant: 1.3.1");
  });

  it("are left out for modules that are not invoked", () => {
    const steps = [enable("new-1.0.0"), enable("old-1.0.0")];
    expect(inShort(calls(steps, [], { invoke: () => false }))).toEqual([]);
    expect(inShort(calls(steps, [], { invoke: (id) => id === "old-1.0.0" }))).toEqual(["POST old-1.0.0"]);
    expect(inShort(calls([enable("strange-1.0.0")], [], { invoke: () => false }))).toEqual([]);
  });

  it("tell an enabled permission module of each module that comes", () => {
    expect(inShort(calls([enable("none-1.0.0"), enable("new-1.0.0")], ["perms-1.0.0"]))).toEqual([
      "perms-1.0.0 about none-1.0.0",
      "perms-1.0.0 about new-1.0.0",
      "POST new-1.0.0",
    ]);
  });

  it("tell it of those that go from version 2.0 on", () => {
    expect(inShort(calls([disable("none-1.0.0")], ["none-1.0.0", "perms-1.0.0"]))).toEqual([]);
    expect(inShort(calls([disable("none-1.0.0")], ["none-1.0.0", "perms-2.0.0"]))).toEqual([
      "perms-2.0.0 about none-1.0.0",
    ]);
  });

  it("tell a new permission module of itself and of everybody that was there before", () => {
    expect(inShort(calls([enable("perms-2.0.0")], ["none-1.0.0", "old-1.0.0"]))).toEqual([
      "perms-2.0.0 about perms-2.0.0",
      "perms-2.0.0 about none-1.0.0",
      "perms-2.0.0 about old-1.0.0",
    ]);
  });

  it("tell an upgraded permission module of itself alone", () => {
    expect(inShort(calls([enable("perms-2.0.0", "perms-1.0.0")], ["none-1.0.0", "perms-1.0.0"]))).toEqual([
      "perms-2.0.0 about perms-2.0.0",
    ]);
  });

  it("tell a permission module that an earlier step enabled", () => {
    expect(inShort(calls([enable("perms-1.0.0"), enable("none-1.0.0")]))).toEqual([
      "perms-1.0.0 about perms-1.0.0",
      "perms-1.0.0 about none-1.0.0",
    ]);
  });

  it("cannot be told for a _tenantPermissions version that nobody knows", () => {
    expect(inShort(calls([enable("none-1.0.0")], ["perms-9.0.0"]))).toBe(
      "Unknown version of _tenantPermissions interface in use 9.0.",
    );
  });
});
