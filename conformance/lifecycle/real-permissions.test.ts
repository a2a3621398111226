import { randomUUID } from "node:crypto";
import { descriptorOf, type ModuleHost, parseHostConfig, startModules } from "@octavo/module-kit";
import { permissionsModule } from "@octavo/permissions";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { type FolioRelease, readDescriptors, readInstallList } from "@octavo/testing/folio-data";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { Descriptor } from "./descriptor.ts";
import { openPlatform, type Platform, succeed } from "./platform.ts";

// What whole releases say of permissions, told by a gateway to octavo-permissions; every other module is played by a stand-in.

/** A release is announced in some hundred calls, on a machine that others use too. */
const hangMs = 300_000;

interface Announced {
  readonly permissionName: string;
  readonly subPermissions?: readonly string[];
  readonly replaces?: readonly string[];
  readonly visible?: unknown;
}
type Real = Descriptor & { readonly permissionSets?: readonly Announced[] };

interface Kept {
  readonly permissionName: string;
  readonly subPermissions: readonly string[];
  readonly dummy: boolean;
  readonly deprecated: boolean;
  readonly visible: boolean;
}

describeWithFolio("octavo-permissions of a tenant with stand-ins for all other modules", () => {
  let platform: Platform;
  let made: ModuleDatabases;
  let host: ModuleHost;
  let url = "";
  const releaseA = descriptorsOf("release-a");
  const ofReleaseA = new Set(readInstallList("release-a").map(({ id }) => id));
  const enabledOfA = releaseA.filter(({ id }) => ofReleaseA.has(id) && productOf(id) !== "mod-permissions");

  beforeAll(async () => {
    const all = new Map([...descriptorsOf("poppy"), ...releaseA].map((each) => [each.id, each]));
    platform = await openPlatform(
      [...all.values(), ...earlier].filter(({ id }) => productOf(id) !== "mod-permissions"),
    );
    made = await moduleDatabases({ modules: [], tenants: [] });
    const env = { OCTAVO_TRUST: "network", OCTAVO_DB_URL: made.url, OCTAVO_DB_ADMIN_URL: made.adminUrl };
    const config = parseHostConfig(env, () => "");
    if (!config.ok) throw new Error(config.error.join("; "));
    host = await startModules([permissionsModule], config.value, { write: () => undefined });
    url = host.modules[0]?.url ?? "";
    await vi.waitUntil(async () => (await fetch(`${url}/admin/ready`)).ok, { timeout: 25_000 });
    const { api } = platform;
    await succeed(api.post("/_/proxy/modules?check=false", descriptorOf(permissionsModule)), 201);
    const instance = { srvcId: permissionsModule.id, instId: "ours", url };
    await succeed(api.post("/_/discovery/modules", instance), 201);
  }, hangMs);
  afterAll(async () => {
    await host.drain();
    await platform.close();
    await made.close();
  });

  /** A release's last version before the names that it replaces were replaced: where Poppy has the new ones already. */
  const renaming = enabledOfA.filter(({ permissionSets = [] }) =>
    permissionSets.some(({ replaces = [] }) => replaces.length > 0),
  );
  const earlier = renaming.map((each): Real => {
    const olds = (each.permissionSets ?? []).flatMap(({ replaces = [] }) => replaces);
    const permissionSets = [...new Set(olds)].map((permissionName) => ({ permissionName }));
    return { ...each, id: `${each.id}-before.1`, permissionSets };
  });

  async function install(
    tenant: string,
    list: readonly { readonly id: string }[],
    query = "",
  ): Promise<void> {
    const ours = list.map(({ id }) => ({
      id: productOf(id) === "mod-permissions" ? permissionsModule.id : id,
      action: "enable",
    }));
    await succeed(platform.api.post(`/_/proxy/tenants/${tenant}/install${query}`, ours), 200);
  }

  async function ask(tenant: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${url}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { "x-okapi-tenant": tenant, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return await answer.json();
  }

  /** Everything that is stored, with who wrote it when. */
  async function kept(tenant: string): Promise<readonly Kept[]> {
    const query = "query=cql.allRecords=1 sortby permissionName";
    const path = `/perms/permissions?includeDummy=true&limit=10000&${query}`;
    return ((await ask(tenant, path)) as { permissions: Kept[] }).permissions; // as: the list's answer
  }

  let tenant = "";
  const holders = new Map<string, string>();

  it(
    "Poppy, then release A: whoever has an old name has the new ones, and nothing of release A is missing",
    async () => {
      tenant = await platform.tenant();
      const renamed = new Set(renaming.map(({ id }) => productOf(id)));
      const poppy = readInstallList("poppy").filter(({ id }) => !renamed.has(productOf(id)));
      await install(tenant, [...poppy, ...earlier], "?depCheck=false");
      const current = new Set(enabledOfA.flatMap(namesOf));
      const olds = new Set(earlier.flatMap(namesOf));
      for (const old of olds) {
        const userId = randomUUID();
        await ask(tenant, "/perms/users", { userId, permissions: [old] });
        holders.set(old, userId);
      }

      await install(tenant, readInstallList("release-a"));
      const stored = new Map((await kept(tenant)).map((each) => [each.permissionName, each]));
      const renames = renaming.flatMap(({ permissionSets = [] }) =>
        permissionSets.flatMap(({ permissionName, replaces = [] }) =>
          replaces.map((old) => ({ old, next: permissionName })),
        ),
      );
      expect(renames.length).toBeGreaterThan(10);
      for (const { old, next } of renames) {
        const path = `/perms/users/${holders.get(old)}/permissions?indexField=userId`;
        const { permissionNames } = (await ask(tenant, path)) as { permissionNames: string[] }; // as: its answer
        expect([old, permissionNames]).toEqual([old, expect.arrayContaining([old, next])]);
        // One of them is announced still, beside what takes its place.
        expect([old, stored.get(old)?.deprecated]).toEqual([old, !current.has(old)]);
      }
      for (const name of current) {
        const found = stored.get(name);
        expect([name, found?.dummy, found?.deprecated]).toEqual([name, false, false]);
      }
    },
    hangMs,
  );

  it("its oddities are taken: names twice, that nobody defines, and texts where truth belongs", async () => {
    const all = await kept(tenant);
    const byName = new Map(all.map((each) => [each.permissionName, each]));
    expect(byName.size, "none is there twice").toBe(all.length);
    const announced = enabledOfA.flatMap(({ permissionSets = [] }) => permissionSets);
    expect(releaseA.flatMap(({ permissionSets = [] }) => permissionSets).length).toBeGreaterThanOrEqual(2705);
    const defined = new Set([...announced.map(({ permissionName }) => permissionName), ...namesOf(ours)]);
    const undefinedNames = announced
      .flatMap(({ subPermissions = [] }) => subPermissions)
      .filter((each) => !defined.has(each));
    for (const name of undefinedNames) {
      const { dummy = false, deprecated = false } = byName.get(name) ?? {};
      expect([name, dummy || deprecated]).toEqual([name, true]);
    }
    const texts = announced.filter(({ visible }) => visible === "true");
    for (const { permissionName } of texts)
      expect(byName.get(permissionName)).toMatchObject({ visible: true });
    expect({
      twice: announced.length > new Set(enabledOfA.flatMap(namesOf)).size,
      undefined: undefinedNames.length > 0,
      texts: texts.length > 0,
    }).toEqual({ twice: true, undefined: true, texts: true });
  });

  it(
    "release A again over itself changes nothing, though everybody is called",
    async () => {
      const before = await kept(tenant);
      const since = platform.standIns.calls.length;
      await install(tenant, readInstallList("release-a"), "?reinstall=true");
      expect(platform.callsFor(tenant, since).length).toBeGreaterThan(40);
      expect(await kept(tenant)).toEqual(before);
    },
    hangMs,
  );

  it("a star in a name stands for itself", async () => {
    const perms = [{ permissionName: "odd.*", subPermissions: ["odd.*.get"] }, { permissionName: "odd.put" }];
    await ask(tenant, "/_/tenantpermissions", { moduleId: "mod-odd-1.0.0", perms });
    const userId = randomUUID();
    await ask(tenant, "/perms/users", { userId, permissions: ["odd.*"] });
    const path = `/perms/users/${userId}/permissions?indexField=userId&expanded=true`;
    expect(await ask(tenant, path)).toMatchObject({ permissionNames: ["odd.*", "odd.*.get"] });
  });

  it("what is no longer announced goes when it is purged, and only that", async () => {
    const purged = (await ask(tenant, "/perms/purge-deprecated", {})) as { permissionNames: string[] }; // as: its answer
    const current = new Set(enabledOfA.flatMap(namesOf));
    const givenUp = [...holders.keys()].filter((old) => !current.has(old));
    expect(purged.permissionNames).toEqual(expect.arrayContaining(givenUp));
    const left = new Map((await kept(tenant)).map((each) => [each.permissionName, each]));
    expect([...left.values()].filter(({ deprecated }) => deprecated)).toEqual([]);
    for (const name of current) expect([name, left.has(name)]).toEqual([name, true]);
  });
});

const ours = descriptorOf(permissionsModule) as Real; // as: what a descriptor is

function namesOf({ permissionSets = [] }: Real): readonly string[] {
  return permissionSets.map(({ permissionName }) => permissionName);
}

function productOf(id: string): string {
  return id.replace(/-\d.*$/u, "");
}

function descriptorsOf(release: FolioRelease): readonly Real[] {
  return readDescriptors(release).map(({ text }) => JSON.parse(text) as Real); // as: published descriptors
}
