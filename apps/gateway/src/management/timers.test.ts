import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type GatewayInTest, gatewayInTest } from "../testing/gateway-in-test.ts";
import { untilTrue } from "../testing/tenant-world.ts";
import { descriptorWithTimers, startTimerModule, type TimerModule } from "../testing/timer-module.ts";

/** Facts of Okapi's TimerManagerTest and ProxyTest (testTimer), at two gateways. */
let database: FreshDatabase;
let gateways: readonly GatewayInTest[];
let module: TimerModule;

beforeEach(async () => {
  database = await freshDatabase();
  module = await startTimerModule();
  const env = { DATABASE_URL: database.url, OCTAVO_MANAGEMENT_AUTH: "open" };
  gateways = [await gatewayInTest(env), await gatewayInTest(env)];
});
afterEach(async () => {
  await Promise.all(gateways.map(({ gateway }) => gateway.close()));
  await module.close();
  await database.drop();
});

async function call(method: string, path: string, body?: unknown, at = 0) {
  const answered = await fetch((gateways[at]?.gateway.url ?? "") + path, {
    method,
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await answered.text();
  return { status: answered.status, text, json: () => JSON.parse(text) as Record<string, unknown> };
}

async function must(method: string, path: string, body?: unknown) {
  const answered = await call(method, path, body);
  if (answered.status >= 300) throw new Error(`${answered.status}: ${answered.text}`);
  return answered;
}

const timers = "/_/proxy/tenants/roskilde/timers";
const states = "/_/octavo/tenants/roskilde/timers";
const hour = { unit: "hour", delay: "1" };

async function addModule(id: string, entries: readonly object[]): Promise<void> {
  await must("POST", "/_/proxy/modules", descriptorWithTimers(id, entries));
  await must("POST", "/_/discovery/modules", { instId: `${id}-1`, srvcId: id, url: module.url });
}

async function enable(id: string): Promise<void> {
  await must("POST", "/_/proxy/tenants/roskilde/install?invoke=false", [{ id, action: "enable" }]);
  const revisionAt = async (at: number) =>
    Number((await call("GET", "/_/health/ready", undefined, at)).json()["revision"]);
  const newest = await revisionAt(0);
  await untilTrue("the other gateway knows it", async () => (await revisionAt(1)) >= newest);
}

async function world(entries: readonly object[]): Promise<void> {
  await must("POST", "/_/proxy/tenants", { id: "roskilde" });
  await addModule("timer-module-1.0.0", entries);
  await enable("timer-module-1.0.0");
}

/** The entry as it is at the other gateway, at once. */
async function entryOf(id: string) {
  const answered = await call("GET", `${timers}/${id}`, undefined, 1);
  const { routingEntry, modified } = answered.json();
  return { entry: routingEntry, modified };
}

describe("timers of a tenant, as Okapi's API has them", () => {
  it("are those of its modules, by id; unknown ones are 404 with what was looked for", async () => {
    await world([hour, { schedule: { cron: "3 1 * * *", zone: "CET" } }]);
    expect((await call("GET", "/_/proxy/tenants/nobody/timers")).text).toBe("[ ]");
    expect((await call("GET", timers)).json()).toMatchObject([
      { id: "timer-module_0", modified: false, routingEntry: { pathPattern: "/timercall/0", delay: "1" } },
      { id: "timer-module_1", modified: false, routingEntry: { schedule: { cron: "3 1 * * *" } } },
    ]);
    expect(await call("GET", `${timers}/foo`)).toMatchObject({ status: 404, text: "roskilde" });
    expect(await call("GET", `${timers}/timer-module_2`)).toMatchObject({
      status: 404,
      text: "roskilde_timer-module_2",
    });
    expect((await call("GET", `${timers}/a/b/c`)).status).toBe(404);
    expect(await call("GET", "/_/proxy/tenants/bad/timers/timer-module_0")).toMatchObject({
      status: 404,
      text: "bad",
    });
  });

  it("are patched by id or by body, seen at another instance at once, and reset by an empty entry", async () => {
    await world([hour, hour]);
    const patch = { unit: "day", delay: "2" };
    expect(await call("PATCH", timers, { id: "timer-module_0", routingEntry: patch })).toMatchObject({
      status: 204,
      text: "",
    });
    expect(await entryOf("timer-module_0")).toMatchObject({ modified: true, entry: patch });
    expect((await call("PATCH", `${timers}/timer-module_0`, patch)).status).toBe(204);
    expect(await entryOf("timer-module_1")).toMatchObject({ modified: false, entry: hour });
    expect(
      (await call("PATCH", `${timers}/timer-module_0`, { schedule: { cron: "0 2 * * *" } })).status,
    ).toBe(204);
    expect(await entryOf("timer-module_0")).toEqual({
      modified: true,
      entry: { methods: ["POST"], pathPattern: "/timercall/0", schedule: { cron: "0 2 * * *" } },
    });
    for (const reset of [{}, { pathPattern: "/other" }]) {
      expect((await call("PATCH", `${timers}/timer-module_0`, reset)).status).toBe(204);
      expect(await entryOf("timer-module_0")).toMatchObject({ modified: false, entry: hour });
    }
    const audit = (await call("GET", "/_/octavo/audit?action=tenants.timers.patchOne")).json();
    expect(audit["entries"]).toMatchObject([
      { target: "roskilde/timer-module_0", outcome: "unchanged" },
      { target: "roskilde/timer-module_0", outcome: "changed" },
      { target: "roskilde/timer-module_0", outcome: "changed" },
      { target: "roskilde/timer-module_0", outcome: "unchanged" },
    ]);
  });

  it.each([
    ["no JSON", "{ bad", 400, ""],
    ["an unknown unit", { unit: "week", delay: "1" }, 400, "week"],
    ["a delay that is no number", { unit: "day", delay: "x" }, 400, 'The delay "x" is no whole number'],
    ["a wrong crontab line", { schedule: { cron: "3 2 x * *" } }, 400, "Invalid chars: X"],
    ["an unknown zone", { schedule: { cron: "3 2 1 * *", zone: "Mars/Olympus" } }, 400, "Mars/Olympus"],
    ["an unknown property", { dealy: "1" }, 400, "dealy"],
  ])("refuse %s", async (_what, body, status, part) => {
    await world([hour]);
    const refused = await call("PATCH", `${timers}/timer-module_0`, body);
    expect(refused).toMatchObject({ status, text: expect.stringContaining(part) });
    expect(await entryOf("timer-module_0")).toMatchObject({ modified: false, entry: hour });
  });

  it("that are not there are not patched", async () => {
    await world([hour]);
    expect(await call("PATCH", `${timers}/timer-module_1`, hour)).toMatchObject({
      status: 404,
      text: "roskilde_timer-module_1",
    });
    expect((await call("PATCH", timers, { id: "timer-module_0" })).text).toContain("routingEntry");
  });

  it("keep their patch over an upgrade, where the others follow the new descriptor", async () => {
    await world([hour, hour]);
    await must("PATCH", `${timers}/timer-module_0`, { unit: "day", delay: "2" });
    await addModule("timer-module-1.0.1", [
      { ...hour, pathPattern: "/new" },
      { unit: "minute", delay: "20" },
    ]);
    await enable("timer-module-1.0.1");
    expect(await call("GET", timers)).toMatchObject({ status: 200 });
    expect((await call("GET", timers)).json()).toMatchObject([
      { modified: true, routingEntry: { pathPattern: "/new", unit: "day", delay: "2" } },
      { modified: false, routingEntry: { unit: "minute", delay: "20" } },
    ]);
  });
});

describe("timers that fire", () => {
  it("call the first method of the entry with an empty body, a token and the key of the fire", async () => {
    await world([{ unit: "millisecond", delay: "20", methods: ["PUT", "POST"], modulePermissions: ["a.b"] }]);
    await module.until("two calls", (calls) => calls.length >= 2);
    const [first, second] = module.calls;
    expect(first).toMatchObject({ method: "PUT", path: "/timercall/0", body: "" });
    expect(first?.headers).toMatchObject({
      "x-okapi-tenant": "roskilde",
      "x-okapi-url": expect.stringMatching(/^http:/),
      "x-okapi-token": expect.stringContaining("."),
      "x-okapi-request-id": expect.stringMatching(/^\d{6}\/timercall$/),
      "x-octavo-fire": expect.stringMatching(/^roskilde\/timer-module_0\/\d+$/),
    });
    expect(second?.headers["x-octavo-fire"]).not.toBe(first?.headers["x-octavo-fire"]);
  });

  it("show how they stand; can be paused, resumed, and run at any instance", async () => {
    await world([hour]);
    expect((await call("POST", `${states}/timer-module_0/run`, undefined, 1)).status).toBe(204);
    await module.until("the run", (calls) => calls.length === 1);
    expect((await call("POST", `${states}/timer-module_0/pause`)).status).toBe(204);
    const paused = (await call("GET", `${states}/timer-module_0`, undefined, 1)).json();
    expect(paused).toMatchObject({ id: "timer-module_0", cadence: "every 1 hours", modified: false });
    expect((await call("GET", states)).json()).toMatchObject([
      { moduleId: "timer-module-1.0.0", method: "POST" },
    ]);
    module.status = () => 500;
    await must("POST", `${states}/timer-module_0/run`);
    await module.until("a paused one runs when asked", (calls) => calls.length === 2);
    await must("POST", `${states}/timer-module_0/resume`);
    for (const path of ["nobody/timers", "roskilde/timers/foo", "roskilde/timers/foo/run"]) {
      const method = path.endsWith("run") ? "POST" : "GET";
      expect((await call(method, `/_/octavo/tenants/${path}`)).status).toBe(404);
    }
  });

  it("are stopped by a delay of 0 and go with their tenant", async () => {
    await world([{ unit: "millisecond", delay: "20" }]);
    await module.until("it fires", (calls) => calls.length >= 3);
    await must("PATCH", `${timers}/timer-module_0`, { unit: "millisecond", delay: "0" });
    expect((await call("GET", states)).json()).toMatchObject([{ cadence: "never", modified: true }]);
    await must("DELETE", "/_/proxy/tenants/roskilde/modules");
    await must("DELETE", "/_/proxy/tenants/roskilde");
    await must("POST", "/_/proxy/tenants", { id: "roskilde" });
    await enable("timer-module-1.0.0");
    expect(await entryOf("timer-module_0")).toMatchObject({ modified: false });
  });
});
