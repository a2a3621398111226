import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api } from "./http.ts";
import { descriptorsText, okapiText } from "./okapi-text.ts";
import { openTarget, type Target } from "./target.ts";

// Facts of Okapi's ModuleTest (module descriptors) and ProxyTest (import and cleanup).

let target: Target;
let api: Api;
/** Okapi's own, which every list of all modules ends with. */
let internal: { readonly id: string; readonly name: string };

beforeAll(async () => {
  target = await openTarget();
  api = target.api;
  const list: readonly { readonly id: string; readonly name: string }[] = JSON.parse(
    (await api.get("/_/proxy/modules?filter=okapi")).text,
  );
  const [first] = list;
  if (first === undefined) throw new Error("the internal module is always known");
  internal = first;
});
afterAll(() => target.close());

async function forget(...ids: readonly string[]): Promise<void> {
  for (const id of ids)
    expect((await api.delete(`/_/proxy/modules/${encodeURIComponent(id)}`)).status).toBe(204);
}

async function idsOf(query: string): Promise<readonly string[]> {
  const answer = await api.get(`/_/proxy/modules${query}`);
  expect(answer.status).toBe(200);
  const list: readonly { readonly id: string }[] = JSON.parse(answer.text);
  return list.map(({ id }) => id);
}

describe("a module", () => {
  const sample = {
    id: "sample-module-1+1",
    name: "sample module",
    provides: [
      {
        id: "sample",
        version: "1.0",
        handlers: [
          {
            methods: ["GET", "POST", "DELETE"],
            pathPattern: "/testb",
            type: "request-response",
            permissionsRequired: ["sample.needed"],
            permissionsDesired: ["sample.extra"],
            modulePermissions: ["sample.modperm"],
          },
        ],
      },
      {
        id: "_tenant",
        version: "1.0",
        interfaceType: "system",
        handlers: [
          {
            methods: ["POST", "DELETE"],
            path: "/_/tenant",
            level: "10",
            type: "system",
            permissionsRequired: [],
          },
        ],
      },
    ],
    permissionSets: [{ permissionName: "everything", subPermissions: ["sample.needed", "sample.extra"] }],
    env: [{ name: "DB_HOST", value: "localhost", description: "PostgreSQL host" }],
    metadata: { scm: "https://example.org/mod-something", language: { name: "java", versions: [8.5, 11] } },
    launchDescriptor: { exec: "java -Dport=%p -jar test.jar" },
  };

  it("is created, and its Location is escaped", async () => {
    const created = await api.post("/_/proxy/modules?check=true", sample);
    expect(created).toMatchObject({
      status: 201,
      text: okapiText(sample),
      location: "/_/proxy/modules/sample-module-1%2B1",
    });
    expect(await api.get(created.location ?? "")).toMatchObject({ status: 200, text: okapiText(sample) });
  });

  it("may be posted again as it is", async () => {
    expect(await api.post("/_/proxy/modules", sample)).toMatchObject({
      status: 201,
      location: "/_/proxy/modules/sample-module-1%2B1",
    });
  });

  it("may be posted again in another order of keys", async () => {
    const { id, ...rest } = sample;
    expect((await api.post("/_/proxy/modules", { ...rest, id })).status).toBe(201);
  });

  it("never changes", async () => {
    const other = { ...sample, name: "another name" };
    expect(await api.post("/_/proxy/modules", other)).toMatchObject({
      status: 400,
      text: "create: module sample-module-1+1 already exists",
    });
    expect((await api.post("/_/proxy/modules?check=false", other)).status).toBe(201);
    expect((await api.get("/_/proxy/modules/sample-module-1%2B1")).text).toBe(okapiText(sample));
  });

  it("is deleted once", async () => {
    await forget("sample-module-1+1");
    expect((await api.delete("/_/proxy/modules/sample-module-1%2B1")).status).toBe(404);
    expect((await api.get("/_/proxy/modules/sample-module-1%2B1")).status).toBe(404);
  });

  it("keeps fields of a user interface", async () => {
    const ui = { id: "ui-1", name: "sample-ui", uiDescriptor: { npm: "name-of-module-in-npm" } };
    expect(await api.post("/_/proxy/modules", ui)).toMatchObject({ status: 201, text: okapiText(ui) });
    await forget("ui-1");
  });

  it("differs from another by what follows the plus sign", async () => {
    for (const id of ["sample-1.2.3-alpha.1", "sample-1.2.3-SNAPSHOT.5", "sample-1.2.3-alpha.1+2017"]) {
      expect((await api.post("/_/proxy/modules", { id, name: "sample module 3" })).status).toBe(201);
    }
    await forget("sample-1.2.3-alpha.1", "sample-1.2.3-SNAPSHOT.5", "sample-1.2.3-alpha.1+2017");
  });

  it("may have properties in its permissions that nobody knows; Okapi refuses them", async () => {
    const permissionSets = [{ permissionName: "x.get", permissionBoolean: true }];
    const descriptor = { id: "conform-perm-1.0.0", permissionSets };
    const created = await api.post("/_/proxy/modules", descriptor);
    expect(created.status).toBe(target.kind === "okapi" ? 400 : 201);
    await api.delete("/_/proxy/modules/conform-perm-1.0.0");
  });
});

describe("the list of modules", () => {
  const a = { id: "module-a-1.0.0", name: "A", provides: [{ id: "int-a", version: "1.0" }], requires: [] };
  const b = {
    id: "module-b-1.0.0",
    name: "B",
    provides: [{ id: "int-b", version: "1.0" }],
    requires: [{ id: "int-a", version: "1.0" }],
  };
  const c = {
    id: "module-c-1.0.10000",
    name: "C",
    provides: [{ id: "int-c", version: "1.0", interfaceType: "multiple", scope: ["scopeA"] }],
    requires: [{ id: "int-b", version: "1.0" }],
  };
  const brief = ({ id, name }: { readonly id: string; readonly name: string }) => ({ id, name });

  beforeAll(async () => {
    await api.post("/_/proxy/import/modules", [c, a, b]);
  });
  afterAll(() => forget(c.id, b.id, a.id));

  it("is brief and by id", async () => {
    expect(await api.get("/_/proxy/modules")).toMatchObject({
      status: 200,
      text: okapiText([a, b, c, internal].map(brief)),
    });
  });

  it("is whole with full=true", async () => {
    expect((await api.get("/_/proxy/modules?full=true&filter=module-a")).text).toBe(
      descriptorsText(target.kind, [a]),
    );
  });

  it("leaves out the ids of the body", async () => {
    const answer = await api.get("/_/proxy/modules", [a.id, c.id]);
    expect(answer.text).toBe(okapiText([b, internal].map(brief)));
  });

  it("is a graph with dot=true", async () => {
    const answer = await api.get("/_/proxy/modules?dot=true&filter=module-b");
    expect(answer.contentType).toMatch(/^text\/plain/u);
    expect(answer.text).toBe(
      'digraph okapi {\n  module__b__1_0_0 [label="module-b-1.0.0"];\n' +
        '  missing_int__a_1_0 [label="missing int-a 1.0", color=red];\n  module__b__1_0_0 -> missing_int__a_1_0;\n}\n',
    );
  });

  const filters: readonly (readonly [string, readonly string[]])[] = [
    ["?orderBy=id&order=desc", ["okapi", c.id, b.id, a.id]],
    ["?orderBy=id", ["okapi", c.id, b.id, a.id]],
    ["?orderBy=id&order=asc", [a.id, b.id, c.id, "okapi"]],
    ["?orderBy=id&order=desc&preRelease=only&npmSnapshot=only&latest=2", [c.id]],
    ["?npmSnapshot=false", [a.id, b.id, "okapi"]],
    ["?npmSnapshot=only", [c.id]],
    ["?preRelease=only", [c.id]], // a snapshot of npm is judged by npmSnapshot alone
    ["?require=int-b", [c.id]],
    ["?require=int-b=1.0", [c.id]],
    ["?require=int-a,int-b", [b.id, c.id]],
    ["?provide=int-b=1.0", [b.id]],
    ["?provide=int-b=1.1", []],
    ["?provide=int-C", []],
    ["?provide=int-c&scope=scopeA", [c.id]],
    ["?provide=int-c&scope=scopeX", []],
    ["?filter=module-c", [c.id]],
    ["?filter=module-c-1", [c.id]],
    ["?filter=module-2", []],
    ["?filter=module", []],
    ["?latest=1&filter=module-a", [a.id]],
  ];
  it.each(filters)("%s", async (query, expected) => {
    const ids = expected.map((id) => (id === "okapi" ? internal.id : id));
    // An Okapi that is built from its main branch is a snapshot itself.
    const isSnapshot = internal.id.endsWith("-SNAPSHOT") && query.includes("=only");
    expect((await idsOf(query)).filter((id) => !isSnapshot || id !== internal.id)).toEqual(ids);
  });
});

describe("an import", () => {
  const a = {
    id: "moduleA-1.0.0",
    provides: [
      {
        id: "intA",
        version: "1.0",
        handlers: [{ methods: ["GET"], pathPattern: "/a", permissionsRequired: [] }],
      },
    ],
  };
  const b = { id: "moduleB-1.0.0", requires: [{ id: "intA", version: "1.0" }] };

  it("of nothing is nothing", async () => {
    expect(await api.post("/_/proxy/import/modules", [])).toMatchObject({ status: 204, text: "" });
  });

  it("is refused as a whole where a dependency is missing, unless check=false", async () => {
    expect(await api.post("/_/proxy/import/modules", [b])).toMatchObject({
      status: 400,
      text: "Missing dependency: moduleB-1.0.0 requires intA: 1.0",
    });
    expect(
      (await api.post("/_/proxy/import/modules?check=false&preRelease=false&npmSnapshot=false", [b])).status,
    ).toBe(204);
    await forget(b.id);
  });

  it("may come in any order and twice", async () => {
    expect((await api.post("/_/proxy/import/modules", [b, a])).status).toBe(204);
    expect((await api.post("/_/proxy/import/modules", [a, b, a])).status).toBe(204);
    await forget(b.id, a.id);
  });

  it("with preRelease=false does not lean on a pre-release", async () => {
    const alpha = { id: "moduleP-1.0.0-alpha", provides: [{ id: "intP", version: "1.0" }], requires: [] };
    const user = { id: "moduleQ-1.0.0", requires: [{ id: "intP", version: "1.0" }] };
    expect((await api.post("/_/proxy/modules", alpha)).status).toBe(201);
    expect((await api.post("/_/proxy/modules?preRelease=false", user)).status).toBe(400);
    expect((await api.post("/_/proxy/modules?preRelease=true", user)).status).toBe(201);
    await forget(user.id, alpha.id);
  });
});

describe("a cleanup", () => {
  it("leaves releases", async () => {
    expect((await api.post("/_/proxy/cleanup/modules?saveReleases=1&saveSnapshots=2")).status).toBe(204);
    expect(await idsOf("")).toEqual([internal.id]);
  });

  it("is refused where others need what would go, and takes them along when told so", async () => {
    const modules = [
      { id: "moduleA-1.0.0-SNAPSHOT.1", provides: [{ id: "intA", version: "1.0" }] },
      { id: "moduleA-1.0.0-SNAPSHOT.2" },
      { id: "moduleA-1.0.0" },
      { id: "moduleB-1.0.0", requires: [{ id: "intA", version: "1.0" }] },
    ];
    expect((await api.post("/_/proxy/import/modules", modules)).status).toBe(204);
    expect((await idsOf("")).slice(0, 2)).toEqual(["moduleA-1.0.0-SNAPSHOT.1", "moduleA-1.0.0-SNAPSHOT.2"]);
    const refused = await api.post("/_/proxy/cleanup/modules?saveReleases=0&saveSnapshots=1");
    expect(refused).toMatchObject({
      status: 400,
      text:
        "Removing obsolete modules resulted in missing dependencies.\n" +
        "Supply removeDependencies=true if you think it's ok to remove them.\n" +
        "Missing dependency: moduleB-1.0.0 requires intA: 1.0",
    });
    const done = await api.post(
      "/_/proxy/cleanup/modules?saveReleases=0&saveSnapshots=1&removeDependencies=true",
    );
    expect(done.status).toBe(204);
    expect(await idsOf("")).toEqual(["moduleA-1.0.0-SNAPSHOT.2", "moduleA-1.0.0", internal.id]);
    await forget("moduleA-1.0.0-SNAPSHOT.2", "moduleA-1.0.0");
  });

  it("leaves what a tenant uses", async () => {
    const snapshot = "moduleA-1.0.0-SNAPSHOT.1";
    const modules = [{ id: snapshot }, { id: "moduleA-1.0.0-SNAPSHOT.2" }, { id: "moduleA-1.0.0" }];
    await api.post("/_/proxy/import/modules", modules);
    await api.post("/_/proxy/tenants", { id: "conformclean" });
    const install = "/_/proxy/tenants/conformclean/install";
    const enable = [{ id: snapshot, action: "enable" }];
    expect(await api.post(install, enable)).toMatchObject({ status: 200, text: okapiText(enable) });
    expect(await api.post("/_/proxy/cleanup/modules?saveReleases=0&saveSnapshots=1")).toMatchObject({
      status: 400,
      text: `delete: module ${snapshot} is used by tenant conformclean`,
    });
    expect(await api.delete(`/_/proxy/modules/${snapshot}`)).toMatchObject({
      status: 400,
      text: `delete: module ${snapshot} is used by tenant conformclean`,
    });
    const disable = [{ id: snapshot, action: "disable" }];
    expect(await api.post(install, disable)).toMatchObject({ status: 200, text: okapiText(disable) });
    expect((await api.post("/_/proxy/cleanup/modules?saveReleases=0&saveSnapshots=1")).status).toBe(204);
    expect((await api.delete("/_/proxy/tenants/conformclean")).status).toBe(204);
    await forget("moduleA-1.0.0-SNAPSHOT.2", "moduleA-1.0.0");
  });
});
