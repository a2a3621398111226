import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api } from "./http.ts";
import { descriptorsText, okapiText } from "./okapi-text.ts";
import { openTarget, type Target } from "./target.ts";

// The facts of Okapi's ModuleTenantsTest (test1), with invoke=false where it launches modules.

let target: Target;
let api: Api;

const tenant = "/_/proxy/tenants/roskilde";
const systemTenant = {
  id: "_tenant",
  version: "1.2",
  interfaceType: "system",
  handlers: [
    { methods: ["POST", "DELETE"], pathPattern: "/_/tenant", permissionsRequired: [] },
    { methods: ["POST"], pathPattern: "/_/tenant/disable", permissionsRequired: [] },
  ],
};
const provided = (id: string, version: string) => ({
  id,
  version,
  handlers: [{ methods: ["GET"], pathPattern: `/${id}`, permissionsRequired: [] }],
});
const basic = (version: string, bint: string) => ({
  id: `basic-module-${version}`,
  name: "this module",
  provides: [systemTenant, provided("bint", bint)],
  requires: [],
});
const sample = (version: string, requires: readonly { readonly id: string; readonly version: string }[]) => ({
  id: `sample-module-${version}`,
  name: "this module",
  provides: [systemTenant, provided("myint", "1.0")],
  requires,
});
const basic1 = basic("1.0.0-alpha", "1.0");
const basic2 = basic("2.0.0", "2.0");
const sample10 = sample("1.0.0", []);
const sample12 = sample("1.2.0", [{ id: "bint", version: "1.0" }]);
const sample13 = sample("1.3.0", [{ id: "bint", version: "1.0" }]);
const sample20 = sample("2.0.0", [{ id: "bint", version: "2.0" }]);

beforeAll(async () => {
  target = await openTarget();
  api = target.api;
  await api.post("/_/proxy/tenants", { id: "roskilde" });
  await api.post("/_/proxy/import/modules", [basic1, sample10, sample12]);
});
afterAll(() => target.close());

const enabled = async () => (await api.get(`${tenant}/modules`)).text;

describe("modules of a tenant, one at a time", () => {
  it("are enabled by product in their newest version, and named by it", async () => {
    const answer = await api.post(`${tenant}/modules?invoke=false`, { id: "basic-module" });
    expect(answer).toMatchObject({
      status: 201,
      text: okapiText({ id: "basic-module-1.0.0-alpha" }),
      location: `${tenant}/modules/basic-module-1.0.0-alpha`,
    });
    expect(await api.get(answer.location ?? "")).toMatchObject({
      status: 200,
      text: okapiText({ id: "basic-module-1.0.0-alpha" }),
    });
  });

  it("are disabled once", async () => {
    expect(await api.delete(`${tenant}/modules/basic-module-1.0.0-alpha?invoke=false`)).toMatchObject({
      status: 204,
      text: "",
    });
    expect((await api.get(`${tenant}/modules/basic-module-1.0.0-alpha`)).status).toBe(404);
  });

  it("are refused while something they need is missing", async () => {
    expect((await api.post(`${tenant}/modules?invoke=false`, { id: sample10.id })).status).toBe(201);
    expect(
      await api.post(`${tenant}/modules/${sample10.id}?invoke=false`, { id: sample12.id }),
    ).toMatchObject({
      status: 400,
      text: "interface bint required by module sample-module-1.2.0 not found",
    });
    expect(await enabled()).toBe(okapiText([{ id: sample10.id }]));
  });

  it("are replaced by another version, whose Location is given", async () => {
    expect((await api.post(`${tenant}/modules?invoke=false`, { id: basic1.id })).status).toBe(201);
    const replaced = await api.post(`${tenant}/modules/${sample10.id}?invoke=false`, { id: sample12.id });
    expect(replaced).toMatchObject({ status: 201, text: okapiText({ id: sample12.id }) });
    expect(await enabled()).toBe(okapiText([{ id: basic1.id }, { id: sample12.id }]));
  });

  it("are listed whole, as a graph, filtered and in the other order", async () => {
    expect((await api.get(`${tenant}/modules?full=true&order=desc&orderBy=id`)).text).toBe(
      descriptorsText(target.kind, [sample12, basic1]),
    );
    expect((await api.get(`${tenant}/modules?preRelease=false`)).text).toBe(okapiText([{ id: sample12.id }]));
    const graph = await api.get(`${tenant}/modules?dot=true`);
    expect(graph.contentType).toMatch(/^text\/plain/u);
    expect(graph.text).toContain("sample__module__1_2_0 -> basic__module__1_0_0__alpha;");
  });

  it("are not disabled while another one needs them", async () => {
    expect(await api.delete(`${tenant}/modules/${basic1.id}?invoke=false`)).toMatchObject({
      status: 400,
      text: "interface bint required by module sample-module-1.2.0 not found",
    });
    expect((await api.delete(`${tenant}/modules/${sample12.id}?invoke=false`)).status).toBe(204);
    expect((await api.delete(`${tenant}/modules/${basic1.id}?invoke=false`)).status).toBe(204);
    expect(await enabled()).toBe("[ ]");
  });

  it("are disabled all at once, whoever needs whom", async () => {
    await api.post(`${tenant}/modules?invoke=false`, { id: basic1.id });
    await api.post(`${tenant}/modules?invoke=false`, { id: sample12.id });
    expect(await api.delete(`${tenant}/modules?invoke=false`)).toMatchObject({ status: 204, text: "" });
    expect(await enabled()).toBe("[ ]");
    expect((await api.delete(`${tenant}/modules?invoke=false`)).status).toBe(204);
  });
});

describe("interfaces of a tenant", () => {
  beforeAll(async () => {
    await api.post(`${tenant}/modules?invoke=false`, { id: basic1.id });
    await api.post(`${tenant}/modules?invoke=false`, { id: sample12.id });
  });
  afterAll(() => api.delete(`${tenant}/modules?invoke=false`));

  it("are listed once each, with their version", async () => {
    expect((await api.get(`${tenant}/interfaces`)).text).toBe(
      okapiText([
        { id: "_tenant", version: "1.2" },
        { id: "bint", version: "1.0" },
        { id: "myint", version: "1.0" },
      ]),
    );
  });

  it("are listed by type", async () => {
    expect((await api.get(`${tenant}/interfaces?type=system`)).text).toBe(
      okapiText([{ id: "_tenant", version: "1.2" }]),
    );
    expect((await api.get(`${tenant}/interfaces?type=multiple`)).text).toBe("[ ]");
  });

  it("are listed whole, as often as they are provided", async () => {
    expect((await api.get(`${tenant}/interfaces?full=true`)).text).toBe(
      okapiText([systemTenant, provided("bint", "1.0"), systemTenant, provided("myint", "1.0")]),
    );
  });

  it("have providers", async () => {
    expect((await api.get(`${tenant}/interfaces/bint`)).text).toBe(okapiText([{ id: basic1.id }]));
    expect((await api.get(`${tenant}/interfaces/_tenant`)).text).toBe(
      okapiText([{ id: basic1.id }, { id: sample12.id }]),
    );
    expect((await api.get(`${tenant}/interfaces/bint?type=system`)).text).toBe("[ ]");
    expect((await api.get(`${tenant}/interfaces/nothing`)).text).toBe("[ ]");
  });
});

describe("an install", () => {
  const simulated = async (wanted: unknown, query = "") => {
    const answer = await api.post(`${tenant}/install?simulate=true${query}`, wanted);
    return answer.status === 200 ? answer.text : `${answer.status} ${answer.text}`;
  };

  it("of nothing is nothing", async () => {
    expect(await simulated([])).toBe("[ ]");
    expect((await api.post(`${tenant}/upgrade?simulate=true&preRelease=true`)).text).toBe("[ ]");
  });

  it("enables a known module, where nothing else is said", async () => {
    const expected = okapiText([{ id: sample10.id, action: "enable" }]);
    expect(await simulated([{ id: sample10.id, action: "enable" }], "&preRelease=false")).toBe(expected);
    expect(await simulated([{ id: sample10.id }])).toBe(expected);
    expect(await enabled()).toBe("[ ]");
  });

  it("is carried out, and then up to date", async () => {
    const wanted = [{ id: sample10.id, action: "enable" }];
    const query = "?invoke=false&tenantParameters=refdata,a=b";
    expect(await api.post(`${tenant}/install${query}`, wanted)).toMatchObject({
      status: 200,
      text: okapiText(wanted),
    });
    expect(await enabled()).toBe(okapiText([{ id: sample10.id }]));
    expect(await simulated(wanted, "&reinstall=false")).toBe(
      okapiText([{ id: sample10.id, action: "uptodate" }]),
    );
    expect(await simulated(wanted, "&reinstall=true")).toBe(
      okapiText([{ id: sample10.id, from: sample10.id, action: "enable" }]),
    );
  });

  const upgrade = [
    { id: basic1.id, action: "enable" },
    { id: sample12.id, from: sample10.id, action: "enable" },
  ];

  it("brings what an upgrade needs", async () => {
    expect(await simulated([{ id: sample12.id, action: "enable" }])).toBe(okapiText(upgrade));
    expect(await simulated([{ id: "sample-module", action: "enable" }])).toBe(okapiText(upgrade));
  });

  it("of everything newest is an upgrade, and has nothing to do the second time", async () => {
    expect(await api.post(`${tenant}/upgrade?invoke=false`)).toMatchObject({
      status: 200,
      text: okapiText(upgrade),
    });
    expect(await api.post(`${tenant}/upgrade?invoke=false`)).toMatchObject({ status: 200, text: "[ ]" });
    expect(await enabled()).toBe(okapiText([{ id: basic1.id }, { id: sample12.id }]));
  });

  it("is refused where the newest versions do not get on with each other", async () => {
    await api.post("/_/proxy/modules", sample13);
    expect((await api.post(`${tenant}/upgrade?simulate=true`)).text).toBe(
      okapiText([{ id: sample13.id, from: sample12.id, action: "enable" }]),
    );
    await api.post("/_/proxy/modules", basic2);
    expect(await api.post(`${tenant}/upgrade?simulate=true`)).toMatchObject({
      status: 400,
      text: expect.stringContaining("Incompatible version for module sample-module-1.3.0 interface bint"),
    });
  });

  it("moves both when both fit again", async () => {
    await api.post("/_/proxy/modules", sample20);
    expect(await api.post(`${tenant}/upgrade?invoke=false`)).toMatchObject({
      status: 200,
      text: okapiText([
        { id: basic2.id, from: basic1.id, action: "enable" },
        { id: sample20.id, from: sample12.id, action: "enable" },
      ]),
    });
  });

  it("disables what is enabled, by version or by product, and nothing else", async () => {
    expect(await simulated([{ id: sample12.id, action: "disable" }])).toBe(
      `400 Module ${sample12.id} not found`,
    );
    const gone = okapiText([{ id: sample20.id, action: "disable" }]);
    expect(await simulated([{ id: "sample-module", action: "disable" }])).toBe(gone);
    expect(await simulated([{ id: sample20.id, action: "disable" }])).toBe(gone);
  });

  it("disables first what needs the module that goes", async () => {
    const both = [
      { id: sample20.id, action: "disable" },
      { id: basic2.id, action: "disable" },
    ];
    expect(await simulated([{ id: basic2.id, action: "disable" }], "&purge=false")).toBe(okapiText(both));
    expect(
      await api.post(`${tenant}/install?invoke=false`, [{ id: "basic-module", action: "disable" }]),
    ).toMatchObject({
      status: 200,
      text: okapiText(both),
    });
    expect(await enabled()).toBe("[ ]");
  });

  it("takes dependencies as they are with depCheck=false", async () => {
    const broken = {
      id: "broken-module-1.0.0",
      provides: [],
      requires: [{ id: "unknown1", version: "1.0" }],
    };
    const wanted = [{ id: broken.id, action: "enable" }];
    await api.post("/_/proxy/modules?check=false", broken);
    expect(await api.post(`${tenant}/install`, wanted)).toMatchObject({
      status: 400,
      text: "interface unknown1 required by module broken-module-1.0.0 not found",
    });
    expect(await api.post(`${tenant}/install?depCheck=false`, wanted)).toMatchObject({
      status: 200,
      text: okapiText(wanted),
    });
    expect((await api.delete(`${tenant}/modules/${broken.id}`)).status).toBe(204);
    expect((await api.delete(`/_/proxy/modules/${broken.id}`)).status).toBe(204);
  });

  it("says which module is to be called and does not run, and changes nothing", async () => {
    const refused = await api.post(`${tenant}/install`, [{ id: sample12.id, action: "enable" }]);
    expect(refused).toMatchObject({
      status: 400,
      text: "No running instances for module basic-module-1.0.0-alpha. Can not invoke /_/tenant",
    });
    expect(await enabled()).toBe("[ ]");
  });
});

describe("an install that would launch modules", () => {
  const install = `${tenant}/install?deploy=true`;
  const wanted = [{ id: "deployed-module-1.0.0", action: "enable" }];

  const launchDescriptor = { exec: "/usr/bin/false %p" };
  beforeAll(() => api.post("/_/proxy/modules", { id: "deployed-module-1.0.0", launchDescriptor }));

  it("is refused with what to do instead", async () => {
    if (target.kind === "okapi") return; // which launches them
    const refused = await api.post(install, wanted);
    expect(refused.status).toBe(501);
    expect(refused.text).toContain("deployed-module-1.0.0");
    expect(refused.text).toContain("POST /_/discovery/modules");
    expect((await api.post(`${install}&simulate=true`, wanted)).status).toBe(200);
  });

  it("launches nothing that is registered already", async () => {
    const instance = { srvcId: "deployed-module-1.0.0", instId: "deployed-1", url: "http://127.0.0.1:1" };
    expect((await api.post("/_/discovery/modules", instance)).status).toBe(201);
    expect(await api.post(install, wanted)).toMatchObject({ status: 200, text: okapiText(wanted) });
    await api.delete(`${tenant}/modules`);
    await api.delete("/_/discovery/modules/deployed-module-1.0.0");
  });
});

describe("the job of an install", () => {
  const wanted = [{ id: "plain-module-1.0.0", action: "enable" }];

  beforeAll(async () => {
    await api.post("/_/proxy/modules", { id: "plain-module-1.0.0", provides: [], requires: [] });
    await api.delete(`${tenant}/install`);
  });

  async function finished(path: string): Promise<{ readonly complete: boolean; readonly modules: unknown }> {
    for (let looks = 0; looks < 200; looks += 1) {
      const job: { readonly complete: boolean; readonly modules: unknown } = JSON.parse(
        (await api.get(path)).text,
      );
      if (job.complete) return job;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`${path} did not complete`);
  }

  it("is found at its Location, complete in the end", async () => {
    const started = await api.post(`${tenant}/install?async=true`, wanted);
    expect(started).toMatchObject({ status: 201, text: okapiText(wanted) });
    expect(started.location).toMatch(/^\/_\/proxy\/tenants\/roskilde\/install\/[0-9a-f-]{36}$/u);
    const job = await finished(started.location ?? "");
    expect(job).toMatchObject({
      complete: true,
      modules: [{ id: "plain-module-1.0.0", action: "enable", stage: "done" }],
    });
    expect(Object.keys(job)).toEqual(["id", "complete", "startDate", "endDate", "modules"]);
  });

  it("of an upgrade is found among those of install", async () => {
    const started = await api.post(`${tenant}/upgrade?async=true`, "");
    expect(started).toMatchObject({ status: 201, text: "[ ]" });
    expect(started.location).toMatch(/^\/_\/proxy\/tenants\/roskilde\/install\//u);
    expect(await finished(started.location ?? "")).toMatchObject({ complete: true, modules: [] });
  });

  it("is listed with the others of its tenant, deleted alone or together", async () => {
    const jobs: readonly { readonly id: string }[] = JSON.parse((await api.get(`${tenant}/install`)).text);
    expect(jobs.length).toBe(2);
    const path = `${tenant}/install/${jobs[0]?.id}`;
    expect((await api.delete(path)).status).toBe(204);
    expect((await api.delete(path)).status).toBe(404);
    expect((await api.get(path)).status).toBe(404);
    expect((await api.delete(`${tenant}/install`)).status).toBe(204);
    expect((await api.get(`${tenant}/install`)).text).toBe("[ ]");
  });
});
