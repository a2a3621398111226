import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AccessModel, type Asker, pathFor, type Question } from "./access-model.ts";
import { type ClosedPlatform, startClosedPlatform } from "./closed-platform.ts";
import { type Case, complaintOf, headersOf } from "./compare.ts";
import { inParallel } from "./keep-alive-client.ts";
import type { RawDescriptor } from "./raw-descriptor.ts";

/** What no module of release A has, and descriptors may say all the same: filters with permissions, permissions of the
 * tenant's own paths, patterns of desired ones, public routes. Asked by every user that the permissions can make. */

const get = { methods: ["GET"], permissionsRequired: [] };
const modules: readonly RawDescriptor[] = [
  {
    id: "mod-filter-1.0.0",
    filters: [
      {
        methods: ["*"],
        pathPattern: "/a/*",
        phase: "pre",
        type: "headers",
        permissionsRequired: ["filter.needed"],
        permissionsDesired: ["wish.*"],
      },
    ],
    // Only a route's own module can open it.
    metadata: { octavo: { public: ["GET /b/nothing", "GET /b/{tenantId}/own"] } },
  },
  {
    id: "mod-b-1.0.0",
    provides: [
      {
        id: "b",
        handlers: [
          {
            ...get,
            pathPattern: "/a/one",
            permissionsRequired: ["b.one"],
            permissionsDesired: ["b.wished"],
            modulePermissions: [],
          },
          { ...get, pathPattern: "/a/nothing" },
          { ...get, pathPattern: "/a/open" },
          { ...get, pathPattern: "/b/nothing", permissionsDesired: ["wish.*", "*.wished"] },
          { ...get, pathPattern: "/b/open", permissionsDesired: ["b.wished"] },
          { ...get, pathPattern: "/b/openbutneeds", permissionsRequired: ["b.one"] },
          {
            ...get,
            pathPattern: "/b/{tenantId}/own",
            permissionsRequired: ["b.any"],
            permissionsRequiredTenant: ["b.own"],
          },
          {
            ...get,
            pathPattern: "/b/{tenantId}/free",
            permissionsRequired: ["b.any"],
            permissionsRequiredTenant: [],
          },
          { methods: ["*"], pathPattern: "/b/*", permissionsRequired: ["b.any"] },
        ],
      },
      { id: "_timer", handlers: [{ ...get, pathPattern: "/b/timer/one" }] },
      { id: "quiet", interfaceType: "system", handlers: [{ ...get, pathPattern: "/quiet" }] },
      {
        id: "many",
        interfaceType: "multiple",
        handlers: [{ ...get, pathPattern: "/many", permissionsRequired: ["b.own"] }],
      },
    ],
    metadata: { octavo: { public: ["GET /a/open", "GET /b/open", "GET /b/openbutneeds"] } },
  },
  {
    id: "mod-c-1.0.0",
    provides: [
      {
        id: "many",
        interfaceType: "multiple",
        handlers: [{ ...get, pathPattern: "/many", modulePermissions: ["c"] }],
      },
    ],
  },
  {
    id: "mod-users-1.0.0",
    provides: [
      {
        id: "users",
        handlers: [{ ...get, pathPattern: "/users/{id}", permissionsRequired: ["users.item.get"] }],
      },
      { id: "permissions", handlers: [{ ...get, pathPattern: "/perms/users/{id}/permissions" }] },
    ],
  },
  {
    id: "mod-login-1.0.0",
    provides: [
      {
        id: "login",
        handlers: [
          { ...get, methods: ["POST"], pathPattern: "/authn/login", modulePermissions: ["auth.signtoken"] },
        ],
      },
    ],
  },
];

/** /r leads to /a/one, and brings one of the permissions that are needed there. */
const redirecting: RawDescriptor = {
  id: "mod-redirect-1.0.0",
  filters: [
    {
      ...get,
      pathPattern: "/r",
      type: "redirect",
      redirectPath: "/a/one",
      phase: "pre",
      modulePermissions: ["b.set"],
    },
  ],
  permissionSets: [{ permissionName: "b.set", subPermissions: ["b.one"] }],
};

const permissions = ["filter.needed", "b.one", "b.wished", "wish.x", "b.any", "b.own"];
const everySet = Array.from({ length: 2 ** permissions.length }, (_each, bits) =>
  permissions.filter((_permission, at) => (bits & (2 ** at)) !== 0),
);

let platform: ClosedPlatform;
const askers: { readonly asker: Asker; readonly token: string | null }[] = [
  { asker: { kind: "nobody" }, token: null },
];

const versioned = (each: RawDescriptor) => ({
  ...each,
  provides: (each.provides ?? []).map((provided) => ({ version: "1.0", ...provided })),
});

beforeAll(async () => {
  platform = await startClosedPlatform(2);
  for (const id of ["diku", "north"]) await platform.tenant(id, [...modules, redirecting].map(versioned));
  for (const [number, set] of everySet.entries()) {
    const userId = `user-${number}`;
    platform.module.users.set(userId, { permissions: set, isActive: true });
    const token = await platform.tokenOf("diku", userId);
    askers.push({ asker: { kind: "known", userId, permissions: new Set(set) }, token });
  }
  platform.module.users.set("stranger", { permissions, isActive: true });
  askers.push({
    asker: { kind: "stranger", tenantId: "north" },
    token: await platform.tokenOf("north", "stranger"),
  });
});
afterAll(() => platform.close());

describe("every rule of a descriptor", () => {
  const model = new AccessModel(modules);
  const questions = model.routes
    .filter(({ module }) => module.id !== "mod-users-1.0.0")
    .flatMap(({ module, method, entry }): Question[] => {
      const name = { method: method === "*" ? "PURGE" : method, tenantId: "diku", moduleId: null };
      const path = pathFor(entry);
      const paths =
        entry.pathPattern?.includes("{tenantId}") === true ? [path, path.replace("v1", "diku")] : [path];
      return paths.flatMap((each) => [
        { ...name, path: each },
        { ...name, path: each, moduleId: module.id },
      ]);
    });

  it("holds for every set of permissions, at each gateway", async () => {
    const cases = questions.flatMap((question) =>
      askers.map(({ asker, token }): Case => ({
        question,
        asker,
        token,
        expected: model.expected(question, asker),
      })),
    );
    const wrong: string[] = [];
    for (const client of platform.clients) {
      await inParallel(cases, async (each) => {
        const { method, path } = each.question;
        const complaint = complaintOf(each, await client.call({ method, path, headers: headersOf(each) }));
        if (complaint !== null) wrong.push(`${JSON.stringify(each.asker)}: ${complaint}`);
      });
    }
    const reached = cases.filter(({ expected }) => expected.kind === "reached").length;
    expect([cases.length > 1500, reached > 300]).toEqual([true, true]);
    expect(wrong.slice(0, 20)).toEqual([]);
  });

  it("holds behind a redirect, whose module gives its permissions to whoever has a token", async () => {
    const users = askers.filter(({ asker }) => asker.kind === "known");
    const wrong: string[] = [];
    for (const client of platform.clients) {
      await inParallel(users, async ({ asker, token }) => {
        if (asker.kind !== "known") return;
        // As if he held what the redirect brings, on the way to where it leads.
        const permissions = new Set([...asker.permissions, "b.one"]);
        const question: Question = { method: "GET", path: "/a/one", moduleId: null, tenantId: "diku" };
        const expected = model.expected(question, { ...asker, permissions });
        const each: Case = { question, asker, token, expected };
        const answer = await client.call({ method: "GET", path: "/r", headers: headersOf(each) });
        const complaint = complaintOf(each, answer);
        if (complaint !== null) wrong.push(`${JSON.stringify([...asker.permissions])}: ${complaint}`);
      });
    }
    expect(wrong).toEqual([]);
  });

  it("holds behind a redirect for nobody: what it brings opens nothing to him", async () => {
    for (const client of platform.clients) {
      const answer = await client.call({ method: "GET", path: "/r", headers: { "X-Okapi-Tenant": "diku" } });
      expect(answer.status).toBe(400);
      expect(answer.text).toMatch(/^Token missing, access requires /);
    }
  });
});
