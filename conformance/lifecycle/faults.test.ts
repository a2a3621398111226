import { answer, cut, half, heldUntil, job, late } from "@octavo/testing/stand-in-modules/reply";
import type { Reply } from "@octavo/testing/stand-in-modules/reply";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Descriptor } from "./descriptor.ts";
import { enabledIds } from "./fact.ts";
import { finishedJob } from "./finished-job.ts";
import { enable, module, tenant20 } from "./modules.ts";
import { openPlatform, type Platform, succeed } from "./platform.ts";

// Modules that misbehave. What is claimed of every one: the job ends, its message says what happened, the tenant's enabled
// set is what the job says, and the module is not asked again for what it may have done already.

const modules: readonly Descriptor[] = [
  module("before-1.0.0", { provides: [tenant20] }),
  module("bad-1.0.0", { provides: [tenant20] }),
  module("behind-1.0.0", { provides: [tenant20] }),
];

let platform: Platform;
beforeAll(async () => {
  platform = await openPlatform(modules);
});
afterAll(() => platform.close());

interface Fault {
  readonly name: string;
  readonly init: Reply;
  readonly poll?: readonly [Reply, ...Reply[]];
  readonly says: RegExp;
  /** A real Okapi waits for ever. */
  readonly isEndlessOnOkapi?: true;
}

const faults: readonly Fault[] = [
  { name: "refuses with a long text", init: answer(422, "x".repeat(100_000)), says: /failed with 422: x+/u },
  { name: "refuses without a text", init: answer(500), says: /failed with 500/u },
  { name: "redirects", init: answer(302, "elsewhere"), says: /failed with 302/u },
  { name: "answers a job that is no object", init: job({ body: "[]" }), says: /bad-1\.0\.0|decode/u },
  { name: "answers a job whose id is no text", init: job({ body: '{"id":{}}' }), says: /bad-1\.0\.0|id/u },
  {
    name: "answers a job whose id leads out of its path",
    init: job({ body: '{"id":"../../etc/passwd"}' }),
    says: /bad-1\.0\.0/u,
    isEndlessOnOkapi: true,
  },
  {
    name: "forgets its job",
    init: job({ polls: 3 }),
    poll: [answer(404, "no such job")],
    says: /failed with 404: no such job/u,
  },
  {
    name: "says nonsense of its job",
    init: job(),
    poll: [answer(200, "<html>")],
    says: /bad-1\.0\.0|decode/u,
    isEndlessOnOkapi: true,
  },
  {
    name: "fails in its job with much to say",
    init: job({ error: "out of disk", messages: ["first", "second"] }),
    says: /^Tenant operation failed for module bad-1\.0\.0: out of disk\nfirst\nsecond$/u,
  },
];

describe("a module that", () => {
  it.each(faults)("$name fails, and nothing else does", async (fault) => {
    const { init, poll, says } = fault;
    if (platform.kind === "okapi" && fault.isEndlessOnOkapi) return;
    const tenant = await platform.tenant();
    platform.standIns.script({ tenant, moduleId: "bad-1.0.0", kind: "init" }, init);
    if (poll !== undefined)
      platform.standIns.script({ tenant, moduleId: "bad-1.0.0", kind: "poll" }, ...poll);
    const started = await platform.api.post(
      `/_/proxy/tenants/${tenant}/install?async=true`,
      enable("before-1.0.0", "bad-1.0.0", "behind-1.0.0"),
    );
    const { modules: steps } = await finishedJob(platform.api, started.location ?? "");
    expect(steps.map(({ stage }) => stage)).toEqual(["done", "invoke", "pending"]);
    expect(steps[1]?.message).toMatch(says);
    expect(await enabledIds(platform, tenant)).toEqual(["before-1.0.0"]);
    const inits = platform.callsFor(tenant).filter(({ moduleId }) => moduleId === "bad-1.0.0");
    expect(inits.length).toBe(1);
  });
});

// Nobody knows whether it has done what it was called for.
describe("a module that breaks off", () => {
  it.each([
    ["without an answer", cut],
    ["amid its answer", half],
  ])("%s is not called again: the job waits for a human", async (_, init) => {
    if (platform.kind === "okapi") return; // which calls again for 40 s, and then counts it as a failure
    const tenant = await platform.tenant();
    platform.standIns.script({ tenant, moduleId: "bad-1.0.0", kind: "init" }, init);
    const refused = await platform.api.post(
      `/_/proxy/tenants/${tenant}/install`,
      enable("before-1.0.0", "bad-1.0.0", "behind-1.0.0"),
    );
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("waits for a human")]);
    const [job] = JSON.parse((await platform.api.get(`/_/proxy/tenants/${tenant}/install`)).text) as {
      id: string;
    }[]; // as: jobs
    const path = `/_/octavo/jobs/${job?.id}`;
    const waiting = JSON.parse((await platform.api.get(path)).text) as {
      state: string;
      message: string;
      choices: string;
    }; // as: a job
    expect(waiting.state).toBe("waiting-for-human");
    expect(waiting.message).toContain("bad-1.0.0");
    expect(waiting.choices).toContain(`octavo job fail ${job?.id}`);
    await succeed(platform.api.post(`${path}/fail`, ""), 200);
    const { modules: steps } = await finishedJob(
      platform.api,
      `/_/proxy/tenants/${tenant}/install/${job?.id}`,
    );
    expect(steps.map(({ stage }) => stage)).toEqual(["done", "invoke", "pending"]);
    expect(await enabledIds(platform, tenant)).toEqual(["before-1.0.0"]);
    expect(platform.callsFor(tenant).filter(({ moduleId }) => moduleId === "bad-1.0.0").length).toBe(1);
  });
});

describe("a Location of a job", () => {
  it.each([
    ["absolute", "http://127.0.0.1:1/_/tenant/1"],
    ["of a foreign host", "http://example.com/_/tenant/1"],
    ["that is empty", ""],
    ["that is no address", "::::"],
    ["that is the management API's", "/_/proxy/tenants"],
  ])("%s sends nobody anywhere: the id in the body counts", async (_, location) => {
    const tenant = await platform.tenant();
    platform.standIns.script({ tenant, kind: "init" }, job({ location }));
    await succeed(platform.api.post(`/_/proxy/tenants/${tenant}/install`, enable("bad-1.0.0")), 200);
    const kinds = platform.standIns.calls.filter((call) => call.tenant === tenant).map(({ kind }) => kind);
    expect(kinds).toEqual(["init", "poll", "forget"]);
  });
});

describe("a module that takes its time", () => {
  it("is waited for", async () => {
    const tenant = await platform.tenant();
    platform.standIns.script({ tenant, kind: "init" }, late(1_500, 201));
    await succeed(platform.api.post(`/_/proxy/tenants/${tenant}/install`, enable("bad-1.0.0")), 200);
    expect(await enabledIds(platform, tenant)).toEqual(["bad-1.0.0"]);
  });

  it("holds up no other tenant", async () => {
    const [slow, quick] = [await platform.tenant(), await platform.tenant()];
    const release = Promise.withResolvers<void>();
    platform.standIns.script({ tenant: slow, kind: "init" }, heldUntil(release.promise, answer(201)));
    const started = await platform.api.post(
      `/_/proxy/tenants/${slow}/install?async=true`,
      enable("bad-1.0.0"),
    );
    await platform.standIns.arrival((call) => call.tenant === slow);
    expect((await platform.api.post(`/_/proxy/tenants/${quick}/install`, enable("bad-1.0.0"))).status).toBe(
      200,
    );
    release.resolve();
    const { modules: steps } = await finishedJob(platform.api, started.location ?? "");
    expect(steps.map(({ stage }) => stage)).toEqual(["done"]);
  });
});

it("no module keeps a job that has ended", () => {
  // Those of modules that made their job undeletable, or unknown, stay: one each.
  const left = faults.filter(
    ({ init, poll }) => init.as === "job" && (poll !== undefined || init.body !== undefined),
  );
  expect(platform.standIns.openJobs).toBeLessThanOrEqual(left.length);
});
