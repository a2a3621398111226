import { answer, heldUntil } from "@octavo/testing/stand-in-modules/reply";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../gateway/http.ts";
import type { Descriptor } from "./descriptor.ts";
import { asCalled, enabledIds } from "./fact.ts";
import { finishedJob } from "./finished-job.ts";
import { disable, enable, entry, module, regular, tenant11, timer } from "./modules.ts";
import { openPlatform, type Platform, succeed } from "./platform.ts";

// Several tenants, the supertenant among them, and what their users meet meanwhile: MultiTenantTest, TenantManager.

const modules: readonly Descriptor[] = [
  module("sample-module-1.2.0", { provides: [tenant11, regular("testb")] }),
  module("sample-module-2.0.0", { provides: [tenant11, regular("testb")] }),
  module("clock-1.0.0", { provides: [timer(entry("POST /tick", { unit: "hour", delay: "1" }))] }),
];

let platform: Platform;
beforeAll(async () => {
  platform = await openPlatform(modules);
});
afterAll(() => platform.close());

const install = (tenant: string, steps: readonly unknown[], query = "") =>
  platform.api.post(`/_/proxy/tenants/${tenant}/install${query}`, steps);

/** Which module answers this tenant's users. */
async function whoAnswers(tenant: string): Promise<string> {
  const headers = { "X-Okapi-Tenant": tenant };
  const { status, text } = await ask(platform.api.baseUrl, { method: "GET", path: "/testb", headers });
  return status === 200 ? (text.split(" ")[0] ?? "") : String(status);
}

describe("two tenants", () => {
  it("have each the version that was installed for it", async () => {
    const [one, two] = [await platform.tenant(), await platform.tenant()];
    await succeed(install(one, enable("sample-module-1.2.0")), 200);
    await succeed(install(two, enable("sample-module-2.0.0")), 200);
    expect([await whoAnswers(one), await whoAnswers(two)]).toEqual([
      "sample-module-1.2.0",
      "sample-module-2.0.0",
    ]);
    expect(platform.callsFor(one).map(asCalled)).toEqual([
      ["sample-module-1.2.0", "POST /_/tenant", { module_to: "sample-module-1.2.0" }],
    ]);
  });

  it("lose a module each for itself", async () => {
    const [one, two] = [await platform.tenant(), await platform.tenant()];
    await succeed(install(one, enable("sample-module-1.2.0")), 200);
    await succeed(install(two, enable("sample-module-1.2.0")), 200);
    await succeed(install(one, disable("sample-module-1.2.0")), 200);
    expect([await whoAnswers(one), await whoAnswers(two)]).toEqual(["404", "sample-module-1.2.0"]);
  });

  it("keep a module from being deleted while one has it", async () => {
    const one = await platform.tenant();
    await succeed(install(one, enable("sample-module-2.0.0")), 200);
    const refused = await platform.api.delete("/_/proxy/modules/sample-module-2.0.0");
    expect([refused.status, refused.text]).toEqual([
      400,
      expect.stringMatching(/^delete: module sample-module-2\.0\.0 is used by tenant /u),
    ]);
  });
});

describe("the supertenant", () => {
  const own = "/_/proxy/tenants/supertenant";

  it("has modules of its own, which are called with its name", async () => {
    await succeed(install("supertenant", enable("sample-module-1.2.0")), 200);
    expect(platform.callsFor("supertenant").map(asCalled)).toEqual([
      ["sample-module-1.2.0", "POST /_/tenant", { module_to: "sample-module-1.2.0" }],
    ]);
    expect(await whoAnswers("supertenant")).toBe("sample-module-1.2.0");
  });

  it("is who a request without a tenant is of", async () => {
    const { status, text } = await platform.api.get("/testb");
    expect([status, text]).toEqual([200, "sample-module-1.2.0 /testb"]);
  });

  it("has timers", async () => {
    await succeed(install("supertenant", enable("clock-1.0.0")), 200);
    expect(JSON.parse((await platform.api.get(`${own}/timers`)).text)).toMatchObject([
      { id: "clock_0", modified: false },
    ]);
  });

  it("has jobs", async () => {
    const started = await install("supertenant", disable("clock-1.0.0"), "?async=true");
    const job = await finishedJob(platform.api, started.location ?? "");
    expect(job.modules).toEqual([{ id: "clock-1.0.0", action: "disable", stage: "done" }]);
  });

  it("upgrades", async () => {
    const since = platform.standIns.calls.length;
    await succeed(platform.api.post(`${own}/upgrade`), 200);
    expect(platform.callsFor("supertenant", since).map(asCalled)).toEqual([
      [
        "sample-module-2.0.0",
        "POST /_/tenant",
        { module_to: "sample-module-2.0.0", module_from: "sample-module-1.2.0" },
      ],
    ]);
  });
});

describe("the gateway's own module", () => {
  it("is installed as any other, without a call", async () => {
    const one = await platform.tenant();
    const version = (await platform.api.get("/_/version")).text;
    const { text } = await succeed(install(one, enable(`okapi-${version}`)), 200);
    expect(JSON.parse(text)).toEqual(enable(`okapi-${version}`));
    expect(platform.callsFor(one)).toEqual([]);
  });
});

// TenantManager.commitModuleChange comes after the calls.
describe("users of a tenant meet", () => {
  it("the old version until the new one has said that it is done", async () => {
    const one = await platform.tenant();
    await succeed(install(one, enable("sample-module-1.2.0")), 200);
    const release = Promise.withResolvers<void>();
    const scene = { tenant: one, moduleId: "sample-module-2.0.0", kind: "init" } as const;
    platform.standIns.script(scene, heldUntil(release.promise, answer(201)));
    const upgrading = install(one, enable("sample-module-2.0.0"));
    await platform.standIns.arrival((call) => call.tenant === one && call.moduleId === "sample-module-2.0.0");
    expect(await whoAnswers(one)).toBe("sample-module-1.2.0");
    release.resolve();
    await succeed(upgrading, 200);
    expect(await whoAnswers(one)).toBe("sample-module-2.0.0");
  });

  it("the old version when the new one has refused", async () => {
    const one = await platform.tenant();
    await succeed(install(one, enable("sample-module-1.2.0")), 200);
    platform.standIns.script({ tenant: one, moduleId: "sample-module-2.0.0" }, answer(500, "no"));
    await succeed(install(one, enable("sample-module-2.0.0")), 400);
    expect([await whoAnswers(one), await enabledIds(platform, one)]).toEqual([
      "sample-module-1.2.0",
      ["sample-module-1.2.0"],
    ]);
  });

  it("a module until its disabling is done", async () => {
    const one = await platform.tenant();
    await succeed(install(one, enable("sample-module-1.2.0")), 200);
    const release = Promise.withResolvers<void>();
    platform.standIns.script({ tenant: one, kind: "disable" }, heldUntil(release.promise, answer(204)));
    const disabling = install(one, disable("sample-module-1.2.0"));
    await platform.standIns.arrival((call) => call.tenant === one && call.kind === "disable");
    expect(await whoAnswers(one)).toBe("sample-module-1.2.0");
    release.resolve();
    await succeed(disabling, 200);
    expect(await whoAnswers(one)).toBe("404");
  });
});
