import { parseModuleDescriptor } from "@octavo/descriptor";
import { parseJson } from "@octavo/json";
import { compileRoutes, pipelineOf, type Stage } from "@octavo/routing";
import { describe, expect, it } from "vitest";
import { permissionsOfStages, speaksPermissionSets } from "./module-permissions.ts";

function moduleOf(descriptor: object) {
  const json = parseJson(JSON.stringify(descriptor));
  if (!json.ok) throw new Error(json.error.message);
  const module = parseModuleDescriptor(json.value);
  if (!module.ok) throw new Error(JSON.stringify(module.error));
  return module.value;
}

function stagesOf(path: string, ...descriptors: readonly object[]): readonly Stage[] {
  const stages = pipelineOf(compileRoutes(descriptors.map(moduleOf)), "GET", path, null);
  if (!stages.ok) throw new Error(stages.error.message);
  return stages.value;
}

const filter = {
  id: "filter-1.0.0",
  filters: [
    {
      methods: ["*"],
      path: "/",
      phase: "pre",
      permissionsRequired: ["a", "filter"],
      permissionsDesired: ["d"],
      modulePermissions: ["fm"],
    },
  ],
};
const handler = {
  id: "handler-1.0.0",
  provides: [
    {
      id: "h",
      version: "1.0",
      handlers: [
        {
          methods: ["GET", "PUT"],
          pathPattern: "/h/{tenantId}",
          permissionsRequired: ["a", "h"],
          permissionsRequiredTenant: ["own"],
          permissionsDesired: ["d", "e"],
          modulePermissions: ["hm"],
        },
        { methods: ["GET"], pathPattern: "/none", permissionsRequired: [] },
        { methods: ["GET"], pathPattern: "/empty", permissionsRequired: [], modulePermissions: [] },
      ],
    },
  ],
};

describe("what an auth filter is told of permissions", () => {
  it("is all that any stage requires or desires, each once", () => {
    expect(permissionsOfStages(stagesOf("/h/other", filter, handler), "north", true, false)).toEqual({
      required: ["a", "filter", "h"],
      desired: ["d", "e"],
      ofModules: new Map([
        ["filter-1.0.0", ["fm"]],
        ["handler-1.0.0", ["hm"]],
      ]),
      extra: [],
    });
  });

  it("is what the tenant's own callers need where the path is his and there is a token", () => {
    const stages = stagesOf("/h/north", handler);
    expect(permissionsOfStages(stages, "north", true, false).required).toEqual(["own"]);
    expect(permissionsOfStages(stages, "north", false, false).required).toEqual(["a", "h"]);
    expect(permissionsOfStages(stages, "south", true, false).required).toEqual(["a", "h"]);
  });

  it("is the name of the generated set where sets are spoken", () => {
    const { ofModules } = permissionsOfStages(stagesOf("/h/x", handler), "north", true, true);
    expect(ofModules).toEqual(new Map([["handler-1.0.0", ["SYS#handler-1.0.0#/h/{tenantId}#[GET, PUT]"]]]));
  });

  it("tells an empty list from none", () => {
    expect(permissionsOfStages(stagesOf("/none", handler), "north", true, false).ofModules).toEqual(
      new Map(),
    );
    expect(permissionsOfStages(stagesOf("/empty", handler), "north", true, false).ofModules).toEqual(
      new Map([["handler-1.0.0", []]]),
    );
  });

  it("are a redirect's own as extra permissions", () => {
    const redirect = {
      id: "redirect-1.0.0",
      filters: [
        {
          methods: ["GET"],
          path: "/away",
          type: "redirect",
          redirectPath: "/none",
          permissionsRequired: [],
          modulePermissions: ["rm"],
        },
      ],
    };
    expect(permissionsOfStages(stagesOf("/away", redirect, handler), "north", true, false).extra).toEqual([
      "rm",
    ]);
  });
});

describe("generated sets are spoken", () => {
  it.each([
    ["1.0", false],
    ["1.1", true],
    ["2.0", true],
  ])("by a permission module with _tenantPermissions %s: %s", (version, is) => {
    const provides = [{ id: "_tenantPermissions", version, interfaceType: "system", handlers: [] }];
    expect(speaksPermissionSets([moduleOf({ id: "p-1.0.0", provides })])).toBe(is);
  });

  it("by nobody without one", () => {
    expect(speaksPermissionSets([moduleOf(handler)])).toBe(false);
  });
});
