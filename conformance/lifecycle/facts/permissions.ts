import { answer } from "@octavo/testing/stand-in-modules/reply";
import type { Descriptor } from "../descriptor.ts";
import type { Called, Fact } from "../fact.ts";
import {
  disable,
  enable,
  entry,
  module,
  permissions,
  regular,
  system,
  tenant,
  tenant20,
} from "../modules.ts";

// What a permission module is told, and when: ModuleTest.testSystemInterfaces and testTenantPermissionsUnknownVersion, and
// TenantManager.invokePermissionsForModule.

const everything = {
  permissionName: "everything",
  displayName: "every possible permission",
  description: "All permissions combined",
  subPermissions: ["sample.needed", "sample.extra"],
  visible: true,
};
const all = { ...everything, permissionName: "all", replaces: ["everything"] };

const sample = (id: string, set: object): Descriptor =>
  module(id, {
    provides: [
      {
        id: "sample",
        version: "1.0",
        handlers: [entry("GET POST /testb", { modulePermissions: ["sample.modperm"] })],
      },
      tenant("1.0", entry("POST DELETE /_/tenant", { modulePermissions: ["sample.tenantperm"] })),
    ],
    permissionSets: [set as never], // as: a permission set, with or without `replaces`
  });

const generated = (id: string, where: string, permission: string) => ({
  permissionName: `SYS#${id}#${where}`,
  displayName: `System generated: SYS#${id}#${where}`,
  description: "System generated permission set",
  subPermissions: [permission],
  visible: false,
});
const ofSample = (id: string) => [
  generated(id, "/testb#[GET, POST]", "sample.modperm"),
  generated(id, "/_/tenant#[POST, DELETE]", "sample.tenantperm"),
];

const versions = ["1.0", "1.1", "2.0", "2.1"] as const;
/** A permission module of each version of the interface, and one with a version that nobody knows. */
const permissionModule = (version: string): string => `perms${version.replace(".", "")}-1.0.0`;

export const permissionModules: readonly Descriptor[] = [
  sample("sample-1.0.0", everything),
  sample("sample-2.0.0", all),
  { id: "minimal-1.0.0" },
  module("unreplacing-1.0.0", { replaces: [], permissionSets: [everything] }),
  module("textual-1.0.0", { permissionSets: [{ permissionName: "textual", visible: "true" }] }),
  module("empty-sets-1.0.0", { permissionSets: [] }),
  module("replacing-1.0.0", { replaces: ["old-a", "old-b"], permissionSets: [everything] }),
  module("filtering-1.0.0", {
    provides: [regular("filtered", "1.0", { modulePermissions: [] })],
    filters: [entry("* /*", { phase: "post", type: "request-log", modulePermissions: ["filter.perm"] })],
  }),
  ...[...versions, "9.0"].map((version) =>
    module(permissionModule(version), { provides: [permissions(version)] }),
  ),
  module("perms21-1.1.0", { provides: [permissions("2.1"), tenant20], permissionSets: [everything] }),
  module("perms21-2.0.0", { provides: [permissions("2.1"), tenant20] }),
  module("pathless-1.0.0", { provides: [system("_tenantPermissions", "2.0", ["GET /permissionscall"])] }),
];

const told = (by: string, body: object): Called => [by, "POST /permissionscall", body];
const invoked = (id: string, from?: string): Called => [
  id,
  "POST /_/tenant",
  { module_to: id, ...(from === undefined ? {} : { module_from: from }) },
];
const silently = (...ids: readonly string[]) => ({ path: "/install?invoke=false", body: enable(...ids) });

const sets = "ModuleTest.testSystemInterfaces";
const source = "TenantManager.invokePermissionsForModule";
const reload = "TenantManager.reloadPermissions";

export const permissionFacts: readonly Fact[] = [
  {
    claim: "nobody is told where there is no permission module",
    source: "TenantManager.invokePermissions",
    ask: { path: "/modules", body: { id: "sample-1.0.0" } },
    status: 201,
    calls: [invoked("sample-1.0.0")],
  },
  ...versions.map((version): Fact => {
    const by = permissionModule(version);
    const own = version === "1.0" ? [everything] : [everything, ...ofSample("sample-1.0.0")];
    return {
      claim: `${version}: told of a module before it is called`,
      source: version === "2.0" ? sets : source,
      given: [silently(by)],
      ask: { path: "/modules", body: { id: "sample-1.0.0" } },
      status: 201,
      calls: [told(by, { moduleId: "sample-1.0.0", perms: own }), invoked("sample-1.0.0")],
    };
  }),
  ...versions.map((version): Fact => {
    const by = permissionModule(version);
    const { replaces: _, ...plain } = all;
    const own = version.startsWith("2") ? all : plain;
    return {
      claim: `${version}: what an upgrade replaces is ${version.startsWith("2") ? "said" : "left out"}`,
      source: version === "2.0" ? sets : source,
      given: [silently(by, "sample-1.0.0")],
      ask: { path: "/install", body: enable("sample-2.0.0") },
      status: 200,
      calls: [
        told(by, {
          moduleId: "sample-2.0.0",
          perms: version === "1.0" ? [own] : [own, ...ofSample("sample-2.0.0")],
        }),
        invoked("sample-2.0.0", "sample-1.0.0"),
      ],
    };
  }),
  ...versions.map((version): Fact => {
    const by = permissionModule(version);
    return {
      claim: `${version}: told ${version.startsWith("2") ? "an empty list" : "nothing"} of a module that goes`,
      source,
      given: [silently(by, "sample-1.0.0")],
      ask: { path: "/install", body: disable("sample-1.0.0") },
      status: 200,
      calls: version.startsWith("2") ? [told(by, { moduleId: "sample-1.0.0", perms: [] })] : [],
      enabled: [by],
    };
  }),
  ...versions.map((version): Fact => {
    const by = permissionModule(version);
    return {
      claim: `${version}: what a module replaces is ${version === "2.1" ? "said" : "left out"}`,
      source,
      given: [silently(by)],
      ask: { path: "/install", body: enable("replacing-1.0.0") },
      status: 200,
      calls: [
        told(by, {
          moduleId: "replacing-1.0.0",
          perms: [everything],
          ...(version === "2.1" ? { replaces: ["old-a", "old-b"] } : {}),
        }),
      ],
    };
  }),
  {
    claim: "a module that has nothing is told by name alone",
    source: sets,
    given: [silently(permissionModule("2.0"))],
    ask: { path: "/modules", body: { id: "minimal-1.0.0" } },
    status: 201,
    calls: [told(permissionModule("2.0"), { moduleId: "minimal-1.0.0" })],
  },
  {
    claim: "an empty list of replaced modules is left out",
    source: "ModuleDescriptor.setReplaces",
    given: [silently(permissionModule("2.1"))],
    ask: { path: "/modules", body: { id: "unreplacing-1.0.0" } },
    status: 201,
    calls: [told(permissionModule("2.1"), { moduleId: "unreplacing-1.0.0", perms: [everything] })],
  },
  {
    claim: "visible is a boolean, also where the descriptor has a text",
    source: "Permission.setVisible",
    given: [silently(permissionModule("2.0"))],
    ask: { path: "/modules", body: { id: "textual-1.0.0" } },
    status: 201,
    calls: [
      told(permissionModule("2.0"), {
        moduleId: "textual-1.0.0",
        perms: [{ permissionName: "textual", visible: true }],
      }),
    ],
  },
  {
    claim: "an empty list of sets is told as it is",
    source: "ModuleDescriptor.getExpandedPermissionSets",
    given: [silently(permissionModule("2.0"))],
    ask: { path: "/modules", body: { id: "empty-sets-1.0.0" } },
    status: 201,
    calls: [told(permissionModule("2.0"), { moduleId: "empty-sets-1.0.0", perms: [] })],
  },
  {
    claim: "a filter's module permissions make a set, an empty list makes none",
    source: "ModuleDescriptor.getExpandedPermissionSets",
    given: [silently(permissionModule("2.1"))],
    ask: { path: "/modules", body: { id: "filtering-1.0.0" } },
    status: 201,
    calls: [
      told(permissionModule("2.1"), {
        moduleId: "filtering-1.0.0",
        perms: [generated("filtering-1.0.0", "/*#[*]", "filter.perm")],
      }),
    ],
  },
  {
    claim: "a permission module that arrives is told of itself, then of everybody, in order of their ids",
    source: sets,
    given: [silently("sample-1.0.0", "minimal-1.0.0")],
    ask: { path: "/modules", body: { id: permissionModule("2.0") } },
    status: 201,
    calls: [
      told(permissionModule("2.0"), { moduleId: permissionModule("2.0") }),
      told(permissionModule("2.0"), { moduleId: "minimal-1.0.0" }),
      told(permissionModule("2.0"), {
        moduleId: "sample-1.0.0",
        perms: [everything, ...ofSample("sample-1.0.0")],
      }),
    ],
  },
  {
    claim: "a permission module with a tenant interface is told after its tenant was made",
    source: "TenantManager.enableAndDisableModule",
    given: [silently("minimal-1.0.0")],
    ask: { path: "/install", body: enable("perms21-1.1.0") },
    status: 200,
    calls: [
      ["perms21-1.1.0", "POST /_/tenant", { module_to: "perms21-1.1.0", purge: false }],
      told("perms21-1.1.0", { moduleId: "perms21-1.1.0", perms: [everything] }),
      told("perms21-1.1.0", { moduleId: "minimal-1.0.0" }),
    ],
  },
  {
    claim: "an upgraded permission module is told of itself, and of everybody when the job is done",
    source: "TenantManager.runJob",
    given: [silently("minimal-1.0.0", "perms21-1.1.0")],
    ask: { path: "/install", body: enable("perms21-2.0.0", "sample-1.0.0") },
    status: 200,
    calls: [
      [
        "perms21-2.0.0",
        "POST /_/tenant",
        { module_to: "perms21-2.0.0", module_from: "perms21-1.1.0", purge: false },
      ],
      told("perms21-2.0.0", { moduleId: "perms21-2.0.0" }),
      told("perms21-2.0.0", { moduleId: "sample-1.0.0", perms: [everything, ...ofSample("sample-1.0.0")] }),
      invoked("sample-1.0.0"),
      told("perms21-2.0.0", { moduleId: "minimal-1.0.0" }),
      told("perms21-2.0.0", { moduleId: "perms21-2.0.0" }),
      told("perms21-2.0.0", { moduleId: "sample-1.0.0", perms: [everything, ...ofSample("sample-1.0.0")] }),
    ],
  },
  {
    claim: "one that is replaced alone is told of itself only",
    source: "TenantManager.enableAndDisableModule",
    given: [silently("minimal-1.0.0", "perms21-1.1.0")],
    ask: { path: "/modules/perms21-1.1.0", body: { id: "perms21-2.0.0" } },
    status: 201,
    calls: [
      [
        "perms21-2.0.0",
        "POST /_/tenant",
        { module_to: "perms21-2.0.0", module_from: "perms21-1.1.0", purge: false },
      ],
      told("perms21-2.0.0", { moduleId: "perms21-2.0.0" }),
    ],
    octavo: {
      calls: [
        [
          "perms21-2.0.0",
          "POST /_/tenant",
          { module_to: "perms21-2.0.0", module_from: "perms21-1.1.0", purge: false },
        ],
        told("perms21-2.0.0", { moduleId: "perms21-2.0.0" }),
        told("perms21-2.0.0", { moduleId: "minimal-1.0.0" }),
        told("perms21-2.0.0", { moduleId: "perms21-2.0.0" }),
      ],
    },
    enabled: ["minimal-1.0.0", "perms21-2.0.0"],
  },
  {
    claim: "one that is reinstalled is told of itself, and of everybody when the job is done",
    source: "TenantManager.runJob",
    given: [silently("minimal-1.0.0", "perms21-2.0.0")],
    ask: { path: "/install?reinstall=true", body: enable("perms21-2.0.0") },
    status: 200,
    json: [{ id: "perms21-2.0.0", from: "perms21-2.0.0", action: "enable" }],
    calls: [
      [
        "perms21-2.0.0",
        "POST /_/tenant",
        { module_to: "perms21-2.0.0", module_from: "perms21-2.0.0", purge: false },
      ],
      told("perms21-2.0.0", { moduleId: "perms21-2.0.0" }),
      told("perms21-2.0.0", { moduleId: "minimal-1.0.0" }),
      told("perms21-2.0.0", { moduleId: "perms21-2.0.0" }),
    ],
  },
  {
    claim: "a permission module that goes hears of itself as of any other, before it is disabled",
    source: "TenantManager.invokePermissions",
    given: [silently("minimal-1.0.0", "perms21-1.1.0")],
    ask: { path: "/install", body: disable("perms21-1.1.0") },
    status: 200,
    calls: [
      told("perms21-1.1.0", { moduleId: "perms21-1.1.0", perms: [] }),
      ["perms21-1.1.0", "POST /_/tenant", { module_from: "perms21-1.1.0", purge: false }],
    ],
    enabled: ["minimal-1.0.0"],
  },
  {
    claim: "all modules disabled at once: each is told of while somebody listens",
    source: "TenantManager.disableModules",
    given: [silently("minimal-1.0.0", "perms21-1.1.0")],
    ask: { method: "DELETE", path: "/modules" },
    status: 204,
    calls: [
      told("perms21-1.1.0", { moduleId: "minimal-1.0.0", perms: [] }),
      told("perms21-1.1.0", { moduleId: "perms21-1.1.0", perms: [] }),
      ["perms21-1.1.0", "POST /_/tenant", { module_from: "perms21-1.1.0", purge: false }],
    ],
    enabled: [],
  },
  {
    claim: "the gateway's own module is told as any other",
    source: "ModuleTest.testInternalModule",
    given: [silently("okapi")],
    ask: { path: "/modules", body: { id: "minimal-1.0.0" } },
    status: 201,
    calls: [],
  },
  {
    claim: "a version that nobody knows",
    source: "ModuleTest.testTenantPermissionsUnknownVersion",
    ask: { path: "/modules", body: { id: permissionModule("9.0") } },
    status: 400,
    text: "Unknown version of _tenantPermissions interface in use 9.0.",
    calls: [],
    enabled: [],
  },
  {
    claim: "an interface without a path to post to",
    source,
    ask: { path: "/modules", body: { id: "pathless-1.0.0" } },
    status: 400,
    text: "Bad _tenantPermissions interface in module pathless-1.0.0. No path to POST to",
    calls: [],
    enabled: [],
  },
  {
    claim: "a refused announcement stops the module: it is neither called nor enabled",
    source: "InstallTest.installTenantInitVersion1",
    given: [silently(permissionModule("2.1"))],
    script: [[{ kind: "permissions" }, answer(422, "no such permission")]],
    ask: { path: "/install", body: enable("sample-1.0.0") },
    status: 400,
    text: `POST request for ${permissionModule("2.1")} /permissionscall failed with 422: no such permission`,
    calls: [
      told(permissionModule("2.1"), {
        moduleId: "sample-1.0.0",
        perms: [everything, ...ofSample("sample-1.0.0")],
      }),
    ],
    enabled: [permissionModule("2.1")],
  },
  {
    claim: "a permission module that refuses somebody else's list on arrival stays out",
    source: reload,
    given: [silently("minimal-1.0.0")],
    script: [[{ kind: "permissions" }, answer(201), answer(500, "broken")]],
    ask: { path: "/install", body: enable(permissionModule("2.1")) },
    status: 400,
    text: `POST request for ${permissionModule("2.1")} /permissionscall failed with 500: broken`,
    enabled: ["minimal-1.0.0"],
  },
];
