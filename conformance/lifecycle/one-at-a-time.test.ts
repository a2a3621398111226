import { request } from "node:http";
import { answer, heldUntil } from "@octavo/testing/stand-in-modules/reply";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Descriptor } from "./descriptor.ts";
import { enabledIds } from "./fact.ts";
import { finishedJob, type InstallJob } from "./finished-job.ts";
import { enable, module, tenant20 } from "./modules.ts";
import { openPlatform, type Platform, succeed } from "./platform.ts";

// Octavo's own: one operation per tenant at a time, and a client that goes away stops nothing. Okapi has no lock.

const modules: readonly Descriptor[] = [
  module("slow-1.0.0", { provides: [tenant20] }),
  module("other-1.0.0", { provides: [tenant20] }),
  module("plain-1.0.0"),
];

let platform: Platform;
beforeAll(async () => {
  platform = await openPlatform(modules);
});
afterAll(() => platform.close());

/** An install that waits for its module until it is released. */
async function slowInstall(): Promise<{ tenant: string; job: string; release: () => void }> {
  const tenant = await platform.tenant();
  const { promise, resolve } = Promise.withResolvers<void>();
  platform.standIns.script({ tenant, moduleId: "slow-1.0.0" }, heldUntil(promise, answer(201)), answer(201));
  const started = await platform.api.post(
    `/_/proxy/tenants/${tenant}/install?async=true`,
    enable("slow-1.0.0"),
  );
  await platform.standIns.arrival((call) => call.tenant === tenant);
  return { tenant, job: started.location ?? "", release: resolve };
}

describe("while a tenant's modules change", () => {
  it.each([
    ["another install", "POST", "/install", enable("other-1.0.0")],
    ["an install that calls nobody", "POST", "/install?invoke=false", enable("plain-1.0.0")],
    ["an install that is not waited for", "POST", "/install?async=true", enable("other-1.0.0")],
    ["an upgrade", "POST", "/upgrade", ""],
    ["a single enable", "POST", "/modules", { id: "plain-1.0.0" }],
    ["disabling all", "DELETE", "/modules", undefined],
  ])("%s is refused with 409, who runs and since when, and does nothing", async (_, method, path, body) => {
    if (platform.kind === "okapi") return; // which lets two jobs change one tenant
    const { tenant, job, release } = await slowInstall();
    const at = `/_/proxy/tenants/${tenant}${path}`;
    const refused = await (method === "POST" ? platform.api.post(at, body) : platform.api.delete(at));
    expect([refused.status, refused.text]).toEqual([
      409,
      expect.stringMatching(/\d{4}-\d\d-\d\dT\d\d:\d\d/u),
    ]);
    expect(refused.text).toContain(job.slice(job.lastIndexOf("/") + 1));
    release();
    await finishedJob(platform.api, job);
    expect(await enabledIds(platform, tenant)).toEqual(["slow-1.0.0"]);
    expect(platform.callsFor(tenant).map(({ moduleId }) => moduleId)).toEqual(["slow-1.0.0"]);
  });

  it("a plan can be seen", async () => {
    const { tenant, job, release } = await slowInstall();
    const planned = await platform.api.post(
      `/_/proxy/tenants/${tenant}/install?simulate=true`,
      enable("other-1.0.0"),
    );
    expect(planned.status).toBe(200);
    release();
    await finishedJob(platform.api, job);
  });

  it("other tenants are free, and this one is afterwards", async () => {
    const { tenant, job, release } = await slowInstall();
    const other = await platform.tenant();
    await succeed(platform.api.post(`/_/proxy/tenants/${other}/install`, enable("other-1.0.0")), 200);
    release();
    await finishedJob(platform.api, job);
    await succeed(platform.api.post(`/_/proxy/tenants/${tenant}/install`, enable("other-1.0.0")), 200);
    expect(await enabledIds(platform, tenant)).toEqual(["other-1.0.0", "slow-1.0.0"]);
  });
});

it("a client that goes away stops nothing: the job is found in the list, and ends", async () => {
  const tenant = await platform.tenant();
  const { promise, resolve } = Promise.withResolvers<void>();
  platform.standIns.script({ tenant, moduleId: "slow-1.0.0" }, heldUntil(promise, answer(201)));
  const jobs = `/_/proxy/tenants/${tenant}/install`;
  const sent = request(`${platform.api.baseUrl}${jobs}`, { method: "POST", agent: false });
  sent.on("error", () => {}); // that it ends is the point
  sent.end(JSON.stringify(enable("slow-1.0.0", "other-1.0.0")));
  await platform.standIns.arrival((call) => call.tenant === tenant);
  sent.destroy();
  resolve();
  // as: a list of InstallJob
  const [job] = JSON.parse((await platform.api.get(jobs)).text) as readonly InstallJob[];
  const ended = await finishedJob(platform.api, `${jobs}/${job?.id}`);
  expect(ended.modules.map(({ stage }) => stage)).toEqual(["done", "done"]);
  expect(await enabledIds(platform, tenant)).toEqual(["other-1.0.0", "slow-1.0.0"]);
});
