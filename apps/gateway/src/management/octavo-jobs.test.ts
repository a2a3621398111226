import { type FreshDatabase, freshDatabase } from "@octavo/testing/fresh-database";
import { query } from "@octavo/testing/query";
import { answer, cut, hang, heldUntil, job } from "@octavo/testing/stand-in-modules/reply";
import { type StandIns, startStandIns } from "@octavo/testing/stand-in-modules/start-stand-ins";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type GatewayInTest, gatewayInTest } from "../testing/gateway-in-test.ts";
import { jobModules } from "../testing/job-modules.ts";
import { untilTrue } from "../testing/tenant-world.ts";
import { withoutDatabase } from "@octavo/testing/without-database";

/** The stated time to a takeover is 12 s; five times that is a hang. */
const HANG_MS = 60_000;
vi.setConfig({ testTimeout: 2 * HANG_MS });

let database: FreshDatabase;
let standIns: StandIns;
let gateways: GatewayInTest[] = [];
let tenants = 0;

const start = () => gatewayInTest({ DATABASE_URL: database.url, OCTAVO_MANAGEMENT_AUTH: "open" });

beforeAll(async () => {
  database = await freshDatabase();
  standIns = await startStandIns(jobModules);
  gateways = [await start(), await start()];
  await must("POST", "/_/proxy/import/modules?check=false", jobModules);
  for (const { id } of jobModules) {
    const instance = { instId: `${id}-1`, srvcId: id, url: standIns.urlOf(id) };
    await must("POST", "/_/discovery/modules", instance);
  }
});
afterAll(async () => {
  await Promise.all(gateways.map(({ gateway }) => gateway.close()));
  await standIns.close();
  await database.drop();
});

interface Answered {
  readonly status: number;
  readonly text: string;
}

async function call(method: string, path: string, body?: unknown, at = 0): Promise<Answered> {
  const answered = await fetch((gateways[at]?.gateway.url ?? "") + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answered.status, text: await answered.text() };
}

async function must(method: string, path: string, body?: unknown, at = 0): Promise<string> {
  const { status, text } = await call(method, path, body, at);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
  return text;
}

async function newTenant(): Promise<string> {
  tenants += 1;
  const id = `lib${tenants}`;
  await must("POST", "/_/proxy/tenants", { id });
  return id;
}

interface Job {
  readonly id: string;
  readonly state: string;
  readonly message?: string;
  readonly choices?: string;
  readonly requestedBy: string;
  readonly owner?: string;
  readonly stepsDone: number;
  readonly steps: readonly {
    readonly moduleId?: string;
    readonly action: string;
    readonly state: string;
    readonly message?: string;
    readonly reason?: string;
    readonly calls?: readonly { readonly call: string; readonly state: string }[];
  }[];
}

const wanted = (...ids: readonly string[]) => ids.map((id) => ({ id, action: "enable" }));
const quick = "mod-quick-1.0.0";
const jobbing = "mod-job-1.0.0";
const plain = "folio_ui-1.0.0";

/** The tenant's newest job, once this is so. */
async function jobOf(tenant: string, isIt: (job: Job) => boolean = () => true, at = 0): Promise<Job> {
  let found: Job | null = null;
  await untilTrue(
    `a job of ${tenant} is as it should be`,
    async () => {
      const listed = await call("GET", `/_/octavo/jobs?tenant=${tenant}`, undefined, at);
      if (listed.status !== 200) return false; // a test may have taken the database away
      const [newest] = (JSON.parse(listed.text) as { jobs: Job[] }).jobs; // as: JobList
      if (newest === undefined) return false;
      found = JSON.parse(await must("GET", `/_/octavo/jobs/${newest.id}`, undefined, at)) as Job; // as: Job
      return isIt(found);
    },
    HANG_MS,
  );
  if (found === null) throw new Error("no job");
  return found;
}

const isIn =
  (state: string) =>
  (found: Job): boolean =>
    found.state === state;

async function enabledOf(tenant: string, at = 0): Promise<readonly string[]> {
  const list = JSON.parse(await must("GET", `/_/proxy/tenants/${tenant}/modules`, undefined, at)) as {
    id: string;
  }[]; // as: what it answers
  return list.map(({ id }) => id);
}

const install = (tenant: string, options: string, ...ids: readonly string[]) =>
  call("POST", `/_/proxy/tenants/${tenant}/install?${options}`, wanted(...ids));
const initsOf = (tenant: string) =>
  standIns.calls
    .filter((each) => each.tenant === tenant && each.kind === "init")
    .map(({ moduleId }) => moduleId);

describe("a job", () => {
  it("shows its steps with reasons, its calls, and whose it is", async () => {
    const tenant = await newTenant();
    expect((await install(tenant, "", jobbing)).status).toBe(200);
    const found = await jobOf(tenant, isIn("done"));
    expect(found).toMatchObject({ requestedBy: "open-mode", stepsDone: 1 });
    const [step, closing] = found.steps;
    expect(step).toMatchObject({ moduleId: jobbing, reason: "asked for", state: "done" });
    expect(step?.calls?.map((each) => [each.call, each.state])).toEqual([
      ["tenant", "done"],
      ["switch", "done"],
    ]);
    expect(closing).toMatchObject({ action: "close", state: "done" });
  });

  it("is kept of single moves too, where Okapi has no list of them", async () => {
    const tenant = await newTenant();
    await must("POST", `/_/proxy/tenants/${tenant}/modules`, { id: quick });
    expect(await jobOf(tenant)).toMatchObject({ kind: "enable", state: "done" });
    expect(await must("GET", `/_/proxy/tenants/${tenant}/install`)).toBe("[ ]");
  });

  it("is listed by tenant and state at every instance; a wrong state is refused", async () => {
    const tenant = await newTenant();
    await install(tenant, "", quick);
    const done = await must("GET", `/_/octavo/jobs?tenant=${tenant}&state=done`, undefined, 1);
    expect(done).toContain(quick);
    expect(await must("GET", `/_/octavo/jobs?tenant=${tenant}&state=open`)).toBe('{\n  "jobs" : [ ]\n}');
    expect((await call("GET", "/_/octavo/jobs?state=lost")).status).toBe(400);
    expect((await call("GET", "/_/octavo/jobs/none")).status).toBe(404);
  });

  it("that fails stops there by default, and the modules before it stay", async () => {
    const tenant = await newTenant();
    standIns.script({ tenant, moduleId: quick }, answer(422, "no disk"));
    const failed = await install(tenant, "depCheck=false", jobbing, quick, plain);
    expect(failed).toEqual({
      status: 400,
      text: `POST request for ${quick} /_/tenant failed with 422: no disk`,
    });
    expect(await enabledOf(tenant)).toEqual([jobbing]);
    expect(await jobOf(tenant)).toMatchObject({ state: "failed", stepsDone: 1 });
  });

  it("is undone where that was asked for: the enabled set of before, and modules are not called for it", async () => {
    const tenant = await newTenant();
    await install(tenant, "invoke=false", "mod-slow-1.0.0");
    standIns.script({ tenant, moduleId: quick }, answer(422, "no disk"));
    const failed = await install(tenant, "onFailure=undo&depCheck=false", jobbing, plain, quick);
    expect(failed.status).toBe(400);
    expect(await enabledOf(tenant)).toEqual(["mod-slow-1.0.0"]);
    const undone = await jobOf(tenant, isIn("undone"));
    expect(undone.steps.map(({ state }) => state)).toEqual(["undone", "undone", "failed", "done"]);
    expect(initsOf(tenant)).toEqual([jobbing, quick]);
  });

  it("cannot be told to undo a purge", async () => {
    const tenant = await newTenant();
    expect(await install(tenant, "onFailure=undo&purge=true", quick)).toMatchObject({ status: 400 });
  });

  it("goes on without the modules that fail, with ignoreErrors, and says which", async () => {
    const tenant = await newTenant();
    standIns.script({ tenant, moduleId: quick }, answer(500, "no"));
    const done = await install(tenant, "ignoreErrors=true", quick, jobbing);
    expect(done.status).toBe(200);
    expect(JSON.parse(done.text)).toMatchObject([
      { id: quick, message: expect.stringContaining("500") },
      { id: jobbing },
    ]);
    expect(await jobOf(tenant)).toMatchObject({
      state: "done",
      message: `Left out, because of errors: ${quick}`,
    });
    expect(await enabledOf(tenant)).toEqual([jobbing]);
  });

  it("is waited for by a second caller who wants to", async () => {
    const tenant = await newTenant();
    const release = Promise.withResolvers<void>();
    standIns.script({ tenant, moduleId: quick }, heldUntil(release.promise, answer(201)));
    const first = install(tenant, "", quick);
    await standIns.arrival((each) => each.tenant === tenant);
    const refused = await call("POST", `/_/proxy/tenants/${tenant}/install`, wanted(plain), 1);
    expect(refused).toMatchObject({ status: 409, text: expect.stringContaining("busy: install job") });
    const patient = call("POST", `/_/proxy/tenants/${tenant}/install?waitFor=60`, wanted(plain), 1);
    release.resolve();
    expect([(await first).status, (await patient).status]).toEqual([200, 200]);
    expect(await enabledOf(tenant, 1)).toEqual([plain, quick]);
  });

  it("keeps its tenant from being deleted", async () => {
    const tenant = await newTenant();
    const release = Promise.withResolvers<void>();
    standIns.script({ tenant, moduleId: quick }, heldUntil(release.promise, answer(201)));
    const first = install(tenant, "", quick);
    await standIns.arrival((each) => each.tenant === tenant);
    expect(await call("DELETE", `/_/proxy/tenants/${tenant}`)).toMatchObject({ status: 409 });
    release.resolve();
    await first;
    expect((await call("DELETE", `/_/proxy/tenants/${tenant}`)).status).toBe(204);
  });
});

describe("a call whose outcome nobody knows", () => {
  async function waiting(): Promise<{ tenant: string; found: Job }> {
    const tenant = await newTenant();
    standIns.script({ tenant, moduleId: quick }, cut, answer(201));
    const answered = await install(tenant, "depCheck=false", quick, plain);
    expect(answered).toMatchObject({ status: 400, text: expect.stringContaining("waits for a human") });
    return { tenant, found: await jobOf(tenant, isIn("waiting-for-human")) };
  }

  it.each([
    ["resume", "done", [plain, quick], 1],
    ["retry", "done", [plain, quick], 2],
    ["fail", "failed", [], 1],
    ["cancel", "failed", [], 1],
  ])("waits for a human, who says %s", async (verb, state, enabled, inits) => {
    const { tenant, found } = await waiting();
    expect(found.choices).toContain(`octavo job retry ${found.id}`);
    await must("POST", `/_/octavo/jobs/${found.id}/${verb}`, undefined, 1);
    await jobOf(tenant, isIn(state));
    expect(await enabledOf(tenant)).toEqual(enabled);
    expect(initsOf(tenant).length).toBe(inits);
    expect(await call("POST", `/_/octavo/jobs/${found.id}/${verb}`)).toMatchObject({ status: 409 });
  });

  it("is made again by itself where the module says that it may be", async () => {
    const tenant = await newTenant();
    standIns.script({ tenant, moduleId: "mod-repeatable-1.0.0" }, cut, answer(201));
    expect((await install(tenant, "", "mod-repeatable-1.0.0")).status).toBe(200);
    expect(initsOf(tenant).length).toBe(2);
  });

  it("is not made again when its time is over, which all its tries have together", async () => {
    const tenant = await newTenant();
    standIns.script({ tenant, moduleId: "mod-repeatable-1.0.0" }, hang);
    const answered = await install(tenant, "callTimeout=1", "mod-repeatable-1.0.0");
    expect([answered.status, answered.text]).toEqual([400, expect.stringContaining("no answer within 1 s")]);
    expect(await jobOf(tenant)).toMatchObject({ state: "failed" });
    expect(initsOf(tenant).length).toBe(1);
  });

  it("is not known either where the module says nothing for too long", async () => {
    const tenant = await newTenant();
    standIns.script({ tenant, moduleId: quick }, hang);
    const answered = await install(tenant, "callTimeout=1", quick);
    expect(answered.text).toContain("no answer within 1 s");
    expect(await jobOf(tenant)).toMatchObject({ state: "waiting-for-human" });
  });

  it("nor where its own job takes too long; looking again is a retry", async () => {
    const tenant = await newTenant();
    standIns.script({ tenant, moduleId: jobbing, kind: "init" }, job({ polls: 5 }));
    expect((await install(tenant, "callTimeout=1", jobbing)).text).toContain("its job has not ended");
    const found = await jobOf(tenant, isIn("waiting-for-human"));
    await must("POST", `/_/octavo/jobs/${found.id}/retry`);
    await jobOf(tenant, isIn("done"));
    expect(initsOf(tenant).length).toBe(1);
  });
});

describe("cancelling", () => {
  it("gives up the call that is under way and says that it may have been carried out", async () => {
    const tenant = await newTenant();
    standIns.script({ tenant, moduleId: quick }, hang);
    const answered = install(tenant, "depCheck=false", plain, quick);
    await standIns.arrival((each) => each.tenant === tenant);
    const { id } = await jobOf(tenant);
    await must("POST", `/_/octavo/jobs/${id}/cancel`, undefined, 1);
    expect((await answered).text).toMatch(/^Cancelled by open-mode/);
    expect(await jobOf(tenant)).toMatchObject({ state: "failed", cancelledBy: "open-mode" });
    expect(await enabledOf(tenant)).toEqual([plain]);
  });

  it("undoes where the job was to be undone", async () => {
    const tenant = await newTenant();
    standIns.script({ tenant, moduleId: quick }, hang);
    const answered = install(tenant, "depCheck=false&onFailure=undo", plain, quick);
    await standIns.arrival((each) => each.tenant === tenant);
    await must("POST", `/_/octavo/jobs/${(await jobOf(tenant)).id}/cancel`);
    expect((await answered).status).toBe(400);
    expect(await jobOf(tenant)).toMatchObject({ state: "undone" });
    expect(await enabledOf(tenant)).toEqual([]);
  });
});

describe("the events of a job", () => {
  async function eventsOf(id: string, at: number, lastEventId?: string): Promise<readonly string[]> {
    const answered = await fetch(`${gateways[at]?.gateway.url}/_/octavo/jobs/${id}/events`, {
      headers: lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId },
    });
    expect(answered.headers.get("content-type")).toBe("text/event-stream");
    const text = await answered.text();
    return [...text.matchAll(/^id: (\d+)$/gm)].map(([, number = ""]) => number);
  }

  it("are followed at any instance while it runs, and end with it", async () => {
    const tenant = await newTenant();
    const release = Promise.withResolvers<void>();
    standIns.script({ tenant, moduleId: quick }, heldUntil(release.promise, answer(201)));
    const running = install(tenant, "", quick);
    await standIns.arrival((each) => each.tenant === tenant);
    const { id } = await jobOf(tenant);
    const followed = [eventsOf(id, 0), eventsOf(id, 1)];
    release.resolve();
    const [here, there] = await Promise.all(followed);
    await running;
    expect(here).toEqual(there);
    expect(here).toEqual(here?.map((_, number) => String(number + 1)));
  });

  it("go on where a client was cut off, at another instance", async () => {
    const tenant = await newTenant();
    await install(tenant, "", quick);
    const { id } = await jobOf(tenant);
    const all = await eventsOf(id, 0);
    expect(await eventsOf(id, 1, all[2])).toEqual(all.slice(3));
    expect((await call("GET", `/_/octavo/jobs/none/events`)).status).toBe(404);
  });
});

describe("jobs that have ended", () => {
  it("are forgotten after 90 days", async () => {
    const [old, young] = [await newTenant(), await newTenant()];
    for (const tenant of [old, young]) await install(tenant, "", quick);
    await query(
      database.url,
      `update octavo.job set ended_at = ended_at - interval '91 days' where tenant_id = '${old}'`,
    );
    const started = await start();
    await untilTrue("the old one is gone", async () =>
      (await must("GET", `/_/octavo/jobs?tenant=${old}`)).endsWith("[ ]\n}"),
    );
    expect(await jobOf(young)).toMatchObject({ state: "done" });
    await started.gateway.close();
  });
});

describe("an instance that stops", () => {
  it("hands its jobs to another one at once, and tells its own callers where to look", async () => {
    const leaving = await start();
    gateways.push(leaving);
    const itsId = /"instanceId":"([0-9a-f-]+)"/.exec(leaving.logged())?.[1];
    // Whoever hears of a job first drives it: begun until that is the one that leaves.
    const begin = async (): Promise<{ tenant: string; answered: Promise<Answered> }> => {
      const tenant = await newTenant();
      standIns.script({ tenant, moduleId: jobbing, kind: "init" }, job({ polls: 8 }));
      const answered = call("POST", `/_/proxy/tenants/${tenant}/install`, wanted(jobbing), 2);
      await standIns.arrival((each) => each.tenant === tenant && each.kind === "poll");
      return (await jobOf(tenant)).owner === itsId ? { tenant, answered } : begin();
    };
    const { tenant, answered } = await begin();
    const stopped = leaving.gateway.close();
    gateways.pop();
    expect(await answered).toMatchObject({ status: 503, text: expect.stringContaining("/_/octavo/jobs/") });
    await stopped;
    expect(await jobOf(tenant, isIn("done"))).toMatchObject({ epoch: 2 });
    expect(initsOf(tenant)).toEqual([jobbing]);
  });
});

describe("an instance that has lost a tenant to another one", () => {
  it("writes nothing more of his job, whatever it learns", async () => {
    const tenant = await newTenant();
    const release = Promise.withResolvers<void>();
    standIns.script({ tenant, moduleId: quick }, heldUntil(release.promise, answer(201)));
    await must("POST", `/_/proxy/tenants/${tenant}/install?async=true`, wanted(quick));
    const sent = await standIns.arrival((each) => each.tenant === tenant);
    await query(
      database.url,
      `update octavo.lease set holder = gen_random_uuid(), epoch = epoch + 1, expires_at = '-infinity'
       where name = 'jobs/${tenant}'`,
    );
    release.resolve();
    await untilTrue("the module has answered", () => sent.ended !== null);
    const found = await jobOf(tenant, isIn("waiting-for-human"));
    expect(found.message).toContain("the instance that drove the job went away");
    expect(await enabledOf(tenant)).toEqual([]);
    expect(initsOf(tenant)).toEqual([quick]);
  });
});

describe("a database that is away for a while", () => {
  it("loses nothing of what happened meanwhile: the answer that came is written when it is back", async () => {
    const tenant = await newTenant();
    const release = Promise.withResolvers<void>();
    standIns.script({ tenant, moduleId: quick }, heldUntil(release.promise, answer(201)));
    await must("POST", `/_/proxy/tenants/${tenant}/install?async=true&depCheck=false`, wanted(quick, plain));
    const sent = await standIns.arrival((each) => each.tenant === tenant);
    await withoutDatabase(database.url, async () => {
      release.resolve();
      await untilTrue("the module has answered", () => sent.ended !== null);
    });
    await jobOf(tenant, isIn("done"));
    expect(initsOf(tenant)).toEqual([quick]);
    expect(await enabledOf(tenant)).toEqual([plain, quick]);
  });
});
