import { randomUUID } from "node:crypto";
import { descriptorOf } from "@octavo/module-kit";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { routesWithoutAnswer } from "@octavo/testing/every-route";
import { readDescriptors } from "@octavo/testing/folio-data";
import { moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import {
  type ComparedDescriptor,
  permissionsOf,
  realDescriptor,
  routesOf,
} from "@octavo/testing/real-descriptor";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { permissionsModule } from "./index.ts";

let running: ModuleOfTenant;
beforeAll(async () => {
  running = await moduleOfTenant(permissionsModule);
});
afterAll(() => running.close());

const ask = (request: string, body?: unknown) => running.ask(request, body);
interface Perm {
  readonly permissionName: string;
  readonly subPermissions?: readonly string[];
  readonly replaces?: readonly string[];
  readonly displayName?: string;
}
const announce = (moduleId: string, perms: readonly Perm[], more: object = {}) =>
  ask("POST /_/tenantpermissions", { moduleId, perms, ...more });
const named = async (permissionName: string) => {
  const query = encodeURIComponent(`permissionName=="${permissionName}"`);
  const { body } = await ask(`GET /perms/permissions?includeDummy=true&query=${query}`);
  return (body as { permissions: readonly object[] }).permissions[0];
};
const holder = async (permissions: readonly string[]) => {
  const userId = randomUUID();
  const answer = await ask("POST /perms/users", { userId, permissions });
  expect(answer).toMatchObject({ status: 201 });
  return userId;
};
const namesOf = async (userId: string, parameters = "") =>
  (
    (await ask(`GET /perms/users/${userId}/permissions?indexField=userId${parameters}`)).body as {
      permissionNames: string[];
    }
  ).permissionNames;

describe("an announcement", () => {
  it("renames and splits for whoever has the old one, and deprecates it; a second time nothing changes", async () => {
    await announce("mod-re-1.0.0", [
      { permissionName: "re.old", displayName: "Old" },
      { permissionName: "re.set", subPermissions: ["re.old", "re.elsewhere"] },
    ]);
    expect(await named("re.elsewhere")).toMatchObject({ dummy: true, childOf: ["re.set"] });
    const userId = await holder(["re.old"]);
    const next = [
      { permissionName: "re.one", replaces: ["re.old"] },
      { permissionName: "re.two", replaces: ["re.old"] },
    ];
    expect((await announce("mod-re-1.1.0", next)).status).toBe(201);
    expect((await namesOf(userId)).toSorted()).toEqual(["re.old", "re.one", "re.two"]);
    expect(await named("re.old")).toMatchObject({ deprecated: true, displayName: "(deprecated) Old" });
    const before = await named("re.two");
    expect(before).toMatchObject({ moduleVersion: "1.1.0", childOf: ["re.set"] });
    await announce("mod-re-1.1.0", next);
    expect(await named("re.two")).toEqual(before);
    expect((await ask("POST /perms/purge-deprecated")).body).toMatchObject({
      permissionNames: expect.arrayContaining(["re.old", "re.set"]) as string[],
    });
    expect((await namesOf(userId)).toSorted()).toEqual(["re.one", "re.two"]);
  });

  it("does not take what is another module's", async () => {
    await announce("mod-first-1.0.0", [{ permissionName: "first.get" }]);
    const refused = await announce("mod-other-1.0.0", [{ permissionName: "first.get" }]);
    expect(refused).toMatchObject({
      status: 400,
      body: { errors: [{ message: expect.stringContaining("Collision!") as string }] },
    });
    const replacing = await announce("mod-second-1.0.0", [{ permissionName: "first.get" }], {
      replaces: ["mod-first"],
    });
    expect(replacing.status).toBe(201);
    expect(await named("first.get")).toMatchObject({ moduleName: "mod-second" });
  });
});

describe("a set of a user", () => {
  it("is created, changed, given, taken and deleted; each unhappy way says why", async () => {
    await announce("mod-a-1.0.0", [{ permissionName: "a.get" }, { permissionName: "a.put" }]);
    const made = await ask("POST /perms/permissions", { permissionName: "mine", subPermissions: ["a.get"] });
    const set = made.body as { id: string };
    expect(made).toMatchObject({ status: 201, body: { mutable: true, visible: true } });
    const userId = await holder(["mine"]);
    expect((await namesOf(userId, "&expanded=true")).toSorted()).toEqual(["a.get", "mine"]);
    expect(await namesOf(userId, "&full=true")).toMatchObject([
      { permissionName: "mine", subPermissions: ["a.get"] },
    ]);
    const path = `/perms/permissions/${set.id}`;
    expect((await ask(`PUT ${path}`, { ...set, subPermissions: ["a.put"] })).status).toBe(200);
    expect((await namesOf(userId, "&expanded=true")).toSorted()).toEqual(["a.put", "mine"]);
    const cases: readonly (readonly [string, unknown, number, string])[] = [
      [`PUT ${path}`, { ...set, permissionName: "other" }, 400, "permission name property cannot change"],
      [`PUT ${path}`, { id: randomUUID() }, 400, "Invalid id value"],
      [
        `PUT ${path}`,
        { ...set, subPermissions: ["no.such"] },
        422,
        "Attempting to add non-existent permissions no.such",
      ],
      ["POST /perms/permissions", { permissionName: "mine" }, 422, "already exists"],
      [
        `POST /perms/users/${userId}/permissions?indexField=userId`,
        { permissionName: "mine" },
        422,
        "already has permission mine",
      ],
      [
        `POST /perms/users/${userId}/permissions?indexField=userId`,
        { permissionName: "x" },
        400,
        "Permission by name 'x' does not exist",
      ],
      [`DELETE /perms/users/${userId}/permissions/x?indexField=userId`, undefined, 400, "does not contain x"],
      [`GET /perms/users/${userId}?indexField=name`, undefined, 400, "Invalid value 'name' for indexField"],
      ["POST /perms/users", { userId: "x" }, 400, "Invalid UUID string: x"],
      ["POST /perms/users", { userId: randomUUID(), permissions: ["x"] }, 422, "non-existent permissions x"],
    ];
    for (const [request, body, status, message] of cases) {
      const answer = await ask(request, body);
      expect([request, answer.status, JSON.stringify(answer.body)]).toEqual([
        request,
        status,
        expect.stringContaining(message),
      ]);
    }
    expect((await ask(`DELETE /perms/users/${userId}/permissions/mine?indexField=userId`)).status).toBe(204);
    expect(
      (await ask(`POST /perms/users/${userId}/permissions?indexField=userId`, { permissionName: "mine" }))
        .status,
    ).toBe(200);
    expect((await ask(`DELETE ${path}`)).status).toBe(204);
    expect(await namesOf(userId)).toEqual([]);
    expect((await ask("GET /perms/users?length=1&start=1")).status).toBe(200);
  });
});

it("expansion is what a walk finds, circles included", async () => {
  let run = 0;
  const graph = fc.array(fc.array(fc.nat(7), { maxLength: 4 }), { minLength: 8, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(graph, async (edges) => {
      run += 1;
      const name = (at: number): string => `walk${run}.${at}`;
      const perms = edges.map((subs, at) => ({ permissionName: name(at), subPermissions: subs.map(name) }));
      expect((await announce(`mod-walk${run}-1.0.0`, perms)).status).toBe(201);
      const seen = new Set<number>();
      const walk = (at: number): void => {
        if (seen.has(at)) return;
        seen.add(at);
        for (const sub of edges[at] ?? []) walk(sub);
      };
      walk(0);
      const found = await namesOf(await holder([name(0)]), "&expanded=true");
      expect(found.toSorted()).toEqual([...seen].map(name).toSorted());
    }),
    { numRuns: 15 },
  );
});

it("sets are nested as deep as one likes, by many ways to the same: each permission is looked at once", async () => {
  // 40 steps with two ways at each: a walk along every path would not end.
  const rung = (step: number, side: number): string => `ladder.${step}.${side}`;
  const steps = Array.from({ length: 40 }, (_, step) => step);
  const perms = steps.flatMap((step) =>
    [0, 1].map((side) => ({
      permissionName: rung(step, side),
      subPermissions: step === 39 ? [] : [rung(step + 1, 0), rung(step + 1, 1)],
    })),
  );
  expect((await announce("mod-ladder-1.0.0", perms)).status).toBe(201);
  const found = await namesOf(await holder([rung(0, 0)]), "&expanded=true");
  expect(found).toHaveLength(79);
  // A user's own sets, one in the other: the 60th is made as the second is, and a circle over all of them is refused.
  const sets: { readonly id: string; readonly permissionName: string }[] = [];
  for (let at = 0; at < 60; at += 1) {
    const subPermissions = at === 0 ? ["ladder.39.0"] : [`nested.${at - 1}`];
    const made = await ask("POST /perms/permissions", { permissionName: `nested.${at}`, subPermissions });
    expect([at, made.status]).toEqual([at, 201]);
    sets.push(made.body as { id: string; permissionName: string }); // as: what was made
  }
  expect(await namesOf(await holder(["nested.59"]), "&expanded=true")).toHaveLength(61);
  const [innermost] = sets;
  const around = { ...innermost, subPermissions: ["nested.59"] };
  expect(await ask(`PUT /perms/permissions/${innermost?.id}`, around)).toMatchObject({
    status: 422,
    body: { errors: [{ message: expect.stringContaining("would contain itself") as string }] },
  });
});

interface Stored extends Perm {
  readonly dummy: boolean;
}
async function everything(): Promise<readonly Stored[]> {
  const query = "query=cql.allRecords=1 sortby permissionName";
  const { body } = await ask(`GET /perms/permissions?includeDummy=true&limit=10000&${query}`);
  return (body as { permissions: Stored[] }).permissions;
}
interface RealModule {
  readonly id: string;
  readonly permissionSets?: readonly (Perm & { readonly visible?: unknown })[];
  readonly replaces?: readonly string[];
}
function modulesOfReleaseA(): readonly RealModule[] {
  return readDescriptors("release-a").map(({ text }) => JSON.parse(text) as RealModule);
}
/** As a gateway prints them: a text in `visible` is a boolean. */
async function announceReleaseA(): Promise<void> {
  for (const { id, permissionSets = [], replaces = [] } of modulesOfReleaseA()) {
    const perms = permissionSets.map(({ visible, ...each }) => ({
      ...each,
      ...(visible !== undefined && { visible: visible === true || visible === "true" }),
    }));
    const answer = await ask("POST /_/tenantpermissions", { moduleId: id, perms, replaces });
    expect([id, answer.status, answer.status === 201 ? null : answer.body]).toEqual([id, 201, null]);
  }
}

/** Names that come twice, that nobody defines, and texts where truth belongs: release A has each of them. */
function expectOddities(stored: readonly Stored[]): void {
  const all = modulesOfReleaseA().flatMap(({ permissionSets = [] }) => permissionSets);
  const byName = new Map(stored.map((each) => [each.permissionName, each]));
  expect(byName.size, "none is there twice").toBe(stored.length);
  const defined = new Set(all.map(({ permissionName }) => permissionName));
  const undefinedNames = all
    .flatMap(({ subPermissions = [] }) => subPermissions)
    .filter((each) => !defined.has(each));
  const texts = all.filter(({ visible }) => visible === "true");
  expect([all.length > defined.size, undefinedNames.length > 0, texts.length > 0]).toEqual([
    true,
    true,
    true,
  ]);
  for (const name of undefinedNames) expect([name, byName.has(name)]).toEqual([name, true]);
  for (const name of defined) expect([name, byName.get(name)?.dummy]).toEqual([name, false]);
  for (const { permissionName } of texts) expect(byName.get(permissionName)).toMatchObject({ visible: true });
}

describeWithFolio("real data", () => {
  // By a gateway, after Poppy and a second time: conformance/lifecycle/real-permissions.test.ts.
  it("release A with its oddities, and a user with 2,000 of its permissions", async () => {
    await announceReleaseA();
    const first = await everything();
    expectOddities(first);
    const all = await holder(
      first
        .filter(({ dummy }) => !dummy)
        .slice(0, 2000)
        .map(({ permissionName }) => permissionName),
    );
    const expanded = await namesOf(all, "&expanded=true");
    expect(expanded.length).toBe(new Set(expanded).size);
    expect(expanded.length).toBeGreaterThanOrEqual(2000);
  }, 120_000);

  it("its sets are eight deep: whoever has the outermost has the innermost", async () => {
    const subs = new Map(
      modulesOfReleaseA().flatMap(({ permissionSets = [] }) =>
        permissionSets.map(({ permissionName, subPermissions = [] }) => [permissionName, subPermissions]),
      ),
    );
    const longest = (name: string, above: readonly string[]): readonly string[] => {
      const path = [...above, name];
      const below = (subs.get(name) ?? []).filter((each) => !path.includes(each));
      return below
        .map((each) => longest(each, path))
        .reduce((long, each) => (each.length > long.length ? each : long), path);
    };
    const deepest = [...subs.keys()].map((name) => longest(name, [])).toSorted((a, b) => b.length - a.length);
    const [path = []] = deepest;
    expect(path.length).toBeGreaterThanOrEqual(8);
    expect(await namesOf(await holder(path.slice(0, 1)), "&expanded=true")).toEqual(
      expect.arrayContaining([...path]),
    );
  });

  // Poppy has the new names of release A already, so the old ones are announced as a version before it.
  it("whoever has the old names of release A's renames gets the new ones", async () => {
    const early = (name: string): string => `early.${name}`;
    for (const { id, permissionSets = [] } of modulesOfReleaseA()) {
      const renaming = permissionSets.filter(({ replaces = [] }) => replaces.length > 0);
      const olds = [...new Set(renaming.flatMap(({ replaces = [] }) => replaces))].map(early);
      if (olds.length === 0) continue;
      const product = id.replace(/-\d.*$/u, "");
      await announce(
        `early-${product}-0.0.1`,
        olds.map((permissionName) => ({ permissionName })),
      );
      const userId = await holder(olds);
      const perms = renaming.map(({ permissionName, replaces = [] }) => ({
        permissionName: early(permissionName),
        replaces: replaces.map(early),
      }));
      expect((await announce(`early-${id}`, perms)).status).toBe(201);
      const news = perms.map(({ permissionName }) => permissionName);
      expect(await namesOf(userId)).toEqual(expect.arrayContaining(news));
    }
  });

  it("each route of mod-permissions 6.5 has an answer", async () => {
    expect(await routesWithoutAnswer(realDescriptor("mod-permissions"), ask)).toEqual([]);
  });

  it("the interface, its rules and the permissions are those of mod-permissions 6.5", () => {
    const ours = descriptorOf(permissionsModule) as ComparedDescriptor; // as: what a descriptor is
    const real = realDescriptor("mod-permissions");
    expect(permissionsOf(ours)).toEqual(permissionsOf(real));
    // `/perms/users*` of the real one are paths of their own here, with the same methods and permissions.
    const rules = (of: ComparedDescriptor) =>
      [...new Set(routesOf(of).map((line) => line.replace(/ \/perms\/users\S*:/u, " users:")))].toSorted();
    expect(rules(ours)).toEqual(rules(real));
    const idsOf = ({ provides }: ComparedDescriptor) =>
      provides.map(({ id, version }) => `${id} ${version}`).toSorted();
    expect(idsOf(ours)).toEqual(idsOf(real));
    expect(ours).toMatchObject({ metadata: { octavo: { pushesIdentity: true } } });
  });
});
