import { describe, expect, it } from "vitest";
import { checkPermissionNames } from "./check-permission-names.ts";
import { indexModules } from "./create-module-index.ts";
import { describeModule } from "./module-universe.arbitraries.ts";
import type { ModuleSketch } from "./module-universe.arbitraries.ts";

function permissions(...names: readonly string[]) {
  return names.map((permissionName) => ({ permissionName }));
}

const a: ModuleSketch = {
  id: "moda-1.0.0",
  provides: [
    {
      id: "inta",
      version: "1.0",
      handlers: [
        { permissionsRequired: ["inta.get"] },
        { permissionsRequired: ["inta.post"], modulePermissions: ["intb.get"] },
        { permissionsDesired: ["intb.get"] },
      ],
    },
  ],
  optional: ["intb 1.0"],
  permissionSets: permissions("inta.get", "inta.ppost"), // a slip of the pen, as in Okapi's test
};

const b: ModuleSketch = {
  id: "modb-1.0.0",
  provides: [
    {
      id: "intb",
      version: "1.0",
      handlers: [
        { permissionsRequired: ["intb.get", "intc.get"] },
        {
          permissionsRequired: ["intb.post"],
          modulePermissions: ["intc.post"],
          permissionsDesired: ["intc.post"],
        },
      ],
    },
  ],
  requires: ["inta 1.0"],
  optional: ["intc 1.0"],
  permissionSets: [
    ...permissions("intb.get", "intb.post"),
    { permissionName: "intb.all", subPermissions: ["intc.delete", "intb.get"] },
  ],
};

const c: ModuleSketch = {
  id: "modc-1.0.0",
  provides: [
    {
      id: "intc",
      version: "1.0",
      handlers: [{ permissionsRequired: ["intc.get"] }, { permissionsRequired: ["intc.post"] }],
    },
  ],
  permissionSets: permissions("intc.get", "intc.ppost", "intc.ddelete", "inta.get"),
};

function warningsOf(known: readonly ModuleSketch[]) {
  return checkPermissionNames(indexModules(known.map(describeModule)), ["moda-1.0.0", "modb-1.0.0"]);
}

describe("permission names (DepResolutionTest.permissionCheck)", () => {
  it("are not judged where the module that may define them is not known", () => {
    expect(warningsOf([a, b])).toEqual([
      { moduleId: "moda-1.0.0", warnings: ["Undefined permission 'inta.post' in permissionsRequired"] },
    ]);
  });

  it("are reported where nobody defines them or several do, the known optional modules counted in", () => {
    const twice = "Permission 'inta.get' defined in multiple modules: moda-1.0.0, modc-1.0.0";
    expect(warningsOf([a, b, c])).toEqual([
      {
        moduleId: "moda-1.0.0",
        warnings: ["Undefined permission 'inta.post' in permissionsRequired", twice],
      },
      {
        moduleId: "modb-1.0.0",
        warnings: [
          "Undefined permission 'intc.post' in modulePermissions",
          "Undefined permission 'intc.post' in permissionsDesired",
          "Undefined permission 'intc.delete' in subPermissions",
        ],
      },
      { moduleId: "modc-1.0.0", warnings: [twice] },
    ]);
  });

  it("give no warning once all are defined once", () => {
    const mended = { ...c, permissionSets: permissions("intc.get", "intc.post", "intc.delete", "inta.post") };
    expect(warningsOf([a, b, mended])).toEqual([]);
  });

  it("are reported where a route requires them, not again where they are passed on (permissionCheckAlreadyMentioned)", () => {
    const module: ModuleSketch = {
      id: "moda-1.0.0",
      provides: [
        {
          id: "inta",
          version: "1.0",
          handlers: [
            { permissionsRequired: ["inta.get"] },
            { permissionsRequired: ["inta.post"], modulePermissions: ["inta.get"] },
          ],
        },
      ],
      permissionSets: [
        ...permissions("inta.post"),
        { permissionName: "inta.delete", subPermissions: ["inta.get"] },
      ],
    };
    expect(warningsOf([module])).toEqual([
      { moduleId: "moda-1.0.0", warnings: ["Undefined permission 'inta.get' in permissionsRequired"] },
    ]);
  });
});
