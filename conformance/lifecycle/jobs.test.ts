import { heldUntil, job } from "@octavo/testing/stand-in-modules/reply";
import { answer } from "@octavo/testing/stand-in-modules/reply";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outcomes } from "./fact.ts";
import { jobFacts, jobModules } from "./facts/jobs.ts";
import { finishedJob, type InstallJob } from "./finished-job.ts";
import { enable } from "./modules.ts";
import { openPlatform, type Platform } from "./platform.ts";

let platform: Platform;
beforeAll(async () => {
  platform = await openPlatform(jobModules);
});
afterAll(() => platform.close());

describe("an install job", () => {
  it.each(jobFacts)("$claim ($source)", async (fact) => {
    const { seen, wanted } = await outcomes(platform, fact);
    expect(seen).toEqual(wanted);
  });
});

// InstallTest.installDeleteNotCompleter and installTenantInitVersion1
describe("the list of a tenant's jobs", () => {
  let tenant: string;
  let jobs: string;
  const release = Promise.withResolvers<void>();
  let running: string;

  beforeAll(async () => {
    tenant = await platform.tenant();
    jobs = `/_/proxy/tenants/${tenant}/install`;
    platform.standIns.script({ tenant, kind: "init" }, heldUntil(release.promise, answer(200)), answer(200));
    const started = await platform.api.post(`${jobs}?async=true`, enable("other-1.0.0"));
    running = started.location ?? "";
    await platform.standIns.arrival((call) => call.tenant === tenant && call.kind === "init");
  });

  it("shows one that runs: started, not ended, and the stage that its module is at", async () => {
    // as: InstallJob of the RAML
    const job = JSON.parse((await platform.api.get(running)).text) as InstallJob;
    expect(job).toEqual({
      id: running.slice(running.lastIndexOf("/") + 1),
      complete: false,
      startDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/u),
      modules: [{ id: "other-1.0.0", action: "enable", stage: "invoke" }],
    });
  });

  it("refuses to delete it", async () => {
    const refused = await platform.api.delete(running);
    expect(refused).toMatchObject({
      status: 400,
      text: `Cannot delete non-completed job ${running.slice(running.lastIndexOf("/") + 1)}`,
    });
  });

  it("keeps it when all are deleted", async () => {
    expect((await platform.api.delete(jobs)).status).toBe(204);
    expect((await platform.api.get(running)).status).toBe(200);
  });

  it("has the oldest first, each of its own time", async () => {
    release.resolve();
    await finishedJob(platform.api, running);
    for (const id of ["v12-1.0.0", "plain-1.0.0", "v2-1.0.0"]) {
      const answer = await platform.api.post(`${jobs}?async=true`, enable(id));
      await finishedJob(platform.api, answer.location ?? "");
    }
    // as: a list of InstallJob
    const list = JSON.parse((await platform.api.get(jobs)).text) as readonly InstallJob[];
    expect(list.map(({ modules }) => modules[0]?.id)).toEqual([
      "other-1.0.0",
      "v12-1.0.0",
      "plain-1.0.0",
      "v2-1.0.0",
    ]);
    const times = list.map(({ startDate }) => startDate);
    expect(times).toEqual([...new Set(times)].sort());
  });

  it("deletes one that is complete, once", async () => {
    expect((await platform.api.delete(running)).status).toBe(204);
    const unknown = running.slice("/_/proxy/tenants/".length).replace("/install", "");
    expect(await platform.api.delete(running)).toMatchObject({ status: 404, text: unknown });
    expect(await platform.api.get(running)).toMatchObject({ status: 404, text: unknown });
  });

  it("is empty when all were deleted", async () => {
    expect((await platform.api.delete(jobs)).status).toBe(204);
    expect(await platform.api.get(jobs)).toMatchObject({ status: 200, text: "[ ]" });
  });

  it("knows none of another tenant's", async () => {
    const other = await platform.tenant();
    const mine = await platform.api.post(`${jobs}?async=true`, enable("fail-1.0.0"));
    const id = (mine.location ?? "").split("/").at(-1) ?? "";
    expect(await platform.api.get(`/_/proxy/tenants/${other}/install/${id}`)).toMatchObject({
      status: 404,
      text: `${other}/${id}`,
    });
  });
});

// InstallTest.installTenantInitVersion2OK: ModuleTenantInitAsync
describe("a job of a module's own", () => {
  it("is looked at where it was begun, more and more rarely, and deleted in the end", async () => {
    const tenant = await platform.tenant();
    platform.standIns.script({ tenant, kind: "init" }, job({ polls: 3 }));
    const answer = await platform.api.post(`/_/proxy/tenants/${tenant}/install`, enable("v2-1.0.0"));
    expect(answer.status).toBe(200);
    const calls = platform.standIns.calls.filter((call) => call.tenant === tenant);
    expect(calls.map(({ kind }) => kind)).toEqual(["init", "poll", "poll", "poll", "forget"]);
    const [id] = new Set(calls.slice(1).map(({ path }) => path));
    expect(id).toMatch(/^\/_\/tenant\/[0-9a-f-]{36}$/u);
    expect(new Set(calls.slice(1).map(({ path }) => path)).size).toBe(1);
    expect(calls.slice(1).map(({ body }) => body)).toEqual(["", "", "", ""]);
  });

  it("is deleted although it failed", async () => {
    const tenant = await platform.tenant();
    platform.standIns.script({ tenant, kind: "init" }, job({ error: "no" }));
    await platform.api.post(`/_/proxy/tenants/${tenant}/install`, enable("v2-1.0.0"));
    const kinds = platform.standIns.calls.filter((call) => call.tenant === tenant).map(({ kind }) => kind);
    expect(kinds).toEqual(["init", "poll", "forget"]);
  });
});
