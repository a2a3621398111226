import { sql } from "@octavo/database";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { query } from "@octavo/testing/query";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type StartedModule, startModule } from "../testing/start-module.ts";
import type { TenantJob } from "./tenant-job.ts";

// Two instances of 1.0.0 and one of 1.1.0, as processes, on one database.

const OLD = "octavo-tested-1.0.0";
const NEW = "octavo-tested-1.1.0";
let made: ModuleDatabases;
let first: StartedModule;
let second: StartedModule;
let next: StartedModule;
beforeAll(async () => {
  made = await moduleDatabases({ modules: [], tenants: [] });
  const env = { OCTAVO_DB_URL: made.url, OCTAVO_DB_ADMIN_URL: made.adminUrl };
  [first, second, next] = await Promise.all([
    startModule({ env, loadMs: 300 }),
    startModule({ env, loadMs: 300 }),
    startModule({ env, version: "1.1.0" }),
  ]);
  for (const each of [first, second, next]) await isReady(each);
});
afterAll(async () => {
  for (const each of [first, second, next]) {
    each.signal("SIGTERM");
    await each.ended;
  }
  await made.close();
});

async function isReady({ url }: StartedModule): Promise<void> {
  await vi.waitUntil(async () => (await fetch(`${url}/admin/ready`)).ok, { timeout: 25_000, interval: 50 });
}

interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly body: unknown;
}

async function ask(
  { url }: StartedModule,
  tenantId: string,
  request: string,
  { body, headers = {} }: { body?: object; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const [method = "", path = ""] = request.split(" ");
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { "x-okapi-tenant": tenantId, "content-type": "application/json", ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    location: answer.headers.get("location"),
    body: text === "" ? null : JSON.parse(text),
  };
}

/** Posts, and looks at the job at another instance until it has ended, as a gateway does. */
async function done(
  module: StartedModule,
  tenantId: string,
  body: object,
  at: StartedModule = second,
): Promise<TenantJob> {
  const posted = await ask(module, tenantId, "POST /_/tenant", { body });
  expect(posted.status).toBe(201);
  for (;;) {
    const job = (await ask(at, tenantId, `GET ${posted.location}?wait=10000`)).body as TenantJob;
    if (job.complete) return job;
  }
}

const parameters = (...keys: string[]) => keys.map((key) => ({ key, value: "true" }));
const things = async (tenantId: string, module = first) => (await ask(module, tenantId, "GET /things")).body;
const schemas = async (like: string): Promise<string[]> =>
  (
    await query(made.adminUrl, `select nspname from pg_namespace where nspname like '${like}' order by 1`)
  ).map(({ nspname }) => String(nspname));
const notEnabled = (body: unknown) => expect(body).toMatchObject({ errors: [{ code: "tenant-unknown" }] });

describe("the tenant API", () => {
  it("enables a tenant by a job that any instance tells of, and forgets it when it is removed", async () => {
    notEnabled(await things("fresh"));
    const body = { module_to: OLD, purge: false };
    const posted = await ask(first, "fresh", "POST /_/tenant", { body });
    const { id } = posted.body as TenantJob;
    expect(posted).toEqual({
      status: 201,
      location: `/_/tenant/${id}`,
      body: { id, tenant: "fresh", tenantAttributes: body, complete: false },
    });
    const waited = await Promise.all([
      ask(first, "fresh", `GET /_/tenant/${id}?wait=20000`),
      ask(second, "fresh", `GET /_/tenant/${id}?wait=20000`),
    ]);
    for (const { status, body: job } of waited) {
      expect(status).toBe(200);
      expect(job).toMatchObject({ id, complete: true, messages: ["6 steps done, 0 were done before"] });
      expect(job).not.toHaveProperty("error");
    }
    expect(await things("fresh", second)).toEqual({ things: 0, samples: 0, types: 0 });
    expect((await ask(second, "other", `GET /_/tenant/${id}`)).status).toBe(404);
    expect((await ask(second, "fresh", `DELETE /_/tenant/${id}`)).status).toBe(204);
    expect((await ask(first, "fresh", `GET /_/tenant/${id}`)).status).toBe(404);
    expect((await ask(first, "fresh", `DELETE /_/tenant/${id}`)).status).toBe(404);
    expect((await ask(first, "fresh", "GET /_/tenant/1")).status).toBe(400);
  });

  it("loads reference and sample data where it is asked to, and once", async () => {
    await done(first, "loaded", { module_to: OLD, parameters: parameters("loadReference") });
    expect(await things("loaded")).toEqual({ things: 0, samples: 0, types: 2 });
    const both = { module_to: OLD, parameters: parameters("loadReference", "loadSample") };
    expect(await done(second, "loaded", both, first)).toMatchObject({
      messages: [expect.stringContaining("were done before"), 'sample data "things" loaded'],
    });
    await done(first, "loaded", both);
    expect(await things("loaded")).toEqual({ things: 0, samples: 3, types: 2 });
  });

  it("does one thing at a time: the same again joins, another is refused, and a call that is repeated has its job", async () => {
    const body = { module_to: OLD, parameters: parameters("loadSample") };
    const headers = { "x-octavo-job": "job/1/0" };
    const [one, two] = await Promise.all([
      ask(first, "busy", "POST /_/tenant", { body, headers }),
      ask(second, "busy", "POST /_/tenant", { body }),
    ]);
    expect([one.status, two.status, two.location]).toEqual([201, 201, one.location]);
    const other = await ask(second, "busy", "POST /_/tenant", { body: { module_to: OLD } });
    expect(other.status).toBe(409);
    expect(other.body).toMatchObject({ errors: [{ code: "tenant-busy" }] });
    await ask(second, "busy", `GET ${one.location}?wait=20000`);
    const key = { "x-octavo-job": "job/1/1" };
    const named = await ask(first, "busy", "POST /_/tenant", { body, headers: key });
    await ask(first, "busy", `GET ${named.location}?wait=20000`);
    const again = await ask(second, "busy", "POST /_/tenant", { body, headers: key });
    expect([again.status, again.location]).toEqual([201, named.location]);
    expect(again.body).toMatchObject({ complete: true });
  });

  it("upgrades at an instance of the new version only, beside those of the old one", async () => {
    await done(first, "moving", { module_to: OLD, parameters: parameters("loadSample") });
    const body = { module_from: OLD, module_to: NEW };
    const wrong = await ask(first, "moving", "POST /_/tenant", { body });
    expect([wrong.status, JSON.stringify(wrong.body)]).toEqual([
      400,
      expect.stringContaining(`this is ${OLD}`),
    ]);
    const job = await done(next, "moving", body, first);
    expect(job).not.toHaveProperty("error");
    expect(await things("moving", first)).toMatchObject({ samples: 3 });
    expect(await things("moving", next)).toMatchObject({ samples: 3 });
  });

  it("disables: the database itself refuses what comes, and enabling brings it back", async () => {
    await done(first, "closed", { module_to: OLD, parameters: parameters("loadSample") });
    expect(
      await ask(second, "closed", "POST /_/tenant", { body: { module_from: OLD, purge: false } }),
    ).toEqual({
      status: 204,
      location: null,
      body: null,
    });
    for (const module of [first, second, next]) {
      const answer = await ask(module, "closed", "GET /things");
      expect(answer.status).toBe(404);
      notEnabled(answer.body);
    }
    expect((await ask(first, "closed", "POST /_/tenant", { body: { module_from: OLD } })).status).toBe(204);
    await done(first, "closed", { module_to: OLD });
    expect(await things("closed")).toMatchObject({ samples: 3 });
  });

  it("purges into the trash, and a tenant that comes back finds nothing", async () => {
    await done(first, "gone", { module_to: OLD, parameters: parameters("loadSample") });
    const purge = { body: { module_from: OLD, purge: true } };
    expect((await ask(second, "gone", "POST /_/tenant", purge)).status).toBe(204);
    notEnabled(await things("gone"));
    expect(await schemas("%gone_octavo_tested")).toEqual([
      expect.stringMatching(/^trash_\d{8}_gone_octavo_tested$/u),
    ]);
    expect((await ask(first, "gone", "POST /_/tenant", purge)).status).toBe(204);
    expect((await ask(first, "never", "POST /_/tenant", purge)).status).toBe(204);
    await done(first, "gone", { module_to: OLD });
    expect(await things("gone")).toEqual({ things: 0, samples: 0, types: 0 });

    // The instances look all the time.
    expect(await schemas("%gone_octavo_tested"), "too early").toHaveLength(2);
    const { home } = made.databases.of("octavo-tested");
    await home.tx((tx) => tx.run(sql`update octavo_trash set trashed_at = now() - interval '31 days'`));
    await expect
      .poll(() => schemas("%gone_octavo_tested"), { timeout: 10_000 })
      .toEqual(["gone_octavo_tested"]);
    expect(await home.read((tx) => tx.rows(sql`select name from octavo_trash`))).toEqual([]);
  });

  it("says what it would do, and does nothing", async () => {
    const job = await done(first, "dry", { module_to: OLD, parameters: parameters("dryRun") });
    expect(job).not.toHaveProperty("error");
    expect(job.messages?.[0]).toMatch(/^nothing to octavo-tested-1\.0\.0: \d+ steps, about \d+ s/u);
    expect(await schemas("dry%")).toEqual([]);
    notEnabled(await things("dry"));
  });

  it.each([
    ["a list", []],
    ["a version that is no text", { module_to: 1 }],
  ])("refuses %s", async (_, body) => {
    expect((await ask(first, "odd", "POST /_/tenant", { body })).status).toBe(422);
  });
});

describe("a tenant job that fails", () => {
  it("says why, leaves the tenant as it was, and succeeds when the reason is gone", async () => {
    const env = { OCTAVO_DB_URL: made.url, OCTAVO_DB_ADMIN_URL: made.adminUrl };
    const failing = await startModule({
      env,
      loadFails: true,
      version: "1.1.0",
    });
    await isReady(failing);
    const body = { module_to: NEW, parameters: parameters("loadSample") };
    // Whichever instance of this version takes it; the one whose data are not there is alone with it here.
    next.signal("SIGSTOP");
    const job = await done(failing, "failing", body, first).finally(() => next.signal("SIGCONT"));
    expect(job).toMatchObject({ complete: true, error: "the sample is not there" });
    failing.signal("SIGTERM");
    await failing.ended;
    expect(await done(next, "failing", body)).not.toHaveProperty("error");
    expect(await things("failing", next)).toMatchObject({ samples: 3 });
  });
});

describe("an instance that may not change schemas", () => {
  it("takes and tells of jobs that another one does", async () => {
    const plain = await startModule({ env: { OCTAVO_DB_URL: made.url } });
    await isReady(plain);
    const { home } = made.databases.of("octavo-tested");
    const known = () =>
      home.read((tx) =>
        tx.rows(sql`select module_id as id, count(*)::int as n from octavo_instance group by 1 order by 1`),
      );
    expect(await known()).toEqual([
      { id: OLD, n: 3 },
      { id: NEW, n: 1 },
    ]);
    expect(await done(plain, "handed", { module_to: OLD }, plain)).not.toHaveProperty("error");
    expect(await things("handed", plain)).toEqual({ things: 0, samples: 0, types: 0 });
    expect((await ask(plain, "handed", "POST /_/tenant", { body: { module_from: OLD } })).status).toBe(204);
    // Told to end it keeps nobody waiting: the job is asked for elsewhere.
    second.signal("SIGSTOP");
    first.signal("SIGSTOP");
    const { location } = await ask(plain, "waited", "POST /_/tenant", { body: { module_to: OLD } });
    const waiting = ask(plain, "waited", `GET ${location}?wait=50000`);
    expect((await ask(plain, "waited", `GET ${location}`)).body).toMatchObject({ complete: false });
    plain.signal("SIGTERM");
    expect((await waiting).body).toMatchObject({ complete: false });
    await plain.ended;
    expect(await known()).toContainEqual({ id: OLD, n: 2 });
    second.signal("SIGCONT");
    first.signal("SIGCONT");
    const ended = await ask(first, "waited", `GET ${location}?wait=20000`);
    expect(ended.body).toMatchObject({ complete: true });
  });
});

describe("a module whose tenants have databases of their own", () => {
  it("has the same life by configuration alone", async () => {
    const { pathname } = new URL(made.adminUrl);
    const database = `${pathname.slice(1)}_{tenant}`;
    const apart = await moduleDatabases({ modules: [], tenants: [] });
    const module = await startModule({
      env: {
        OCTAVO_DB_URL: apart.url,
        OCTAVO_DB_ADMIN_URL: apart.adminUrl,
        OCTAVO_PLACEMENT: JSON.stringify({ default: { database } }),
      },
    });
    await isReady(module);
    const body = { module_to: OLD, parameters: parameters("loadSample") };
    const forget = { body: { module_from: OLD, purge: true } };
    expect((await ask(module, "west", "POST /_/tenant", forget)).status).toBe(204);
    expect(await done(module, "west", body, module)).not.toHaveProperty("error");
    expect(await things("west", module)).toMatchObject({ samples: 3 });
    const there = await query(
      made.adminUrl,
      `select datname from pg_database where datname like '${pathname.slice(1)}_%'`,
    );
    expect(there).toEqual([{ datname: database.replace("{tenant}", "west") }]);
    expect((await ask(module, "west", "POST /_/tenant", { body: { module_from: OLD } })).status).toBe(204);
    notEnabled(await things("west", module));
    expect((await ask(module, "west", "POST /_/tenant", forget)).status).toBe(204);
    await done(module, "west", { module_to: OLD }, module);
    expect(await things("west", module)).toEqual({ things: 0, samples: 0, types: 0 });
    module.signal("SIGTERM");
    await module.ended;
    await query(made.adminUrl, `drop database ${database.replace("{tenant}", "west")} with (force)`);
    await apart.close();
  });
});
