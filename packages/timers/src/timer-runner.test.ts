import { describe, expect, it } from "vitest";
import { sweepFires } from "./fires.ts";
import { GROUPS } from "./group.ts";
import { succeeded } from "./testing/recorded-calls.ts";
import { everyMs, moduleWith, tenantWith, timerWorldPerTest } from "./testing/timer-world.ts";
import { nameOf } from "./timer-client.ts";
import type { Fired } from "./timer-runner.ts";

const world = timerWorldPerTest();
const hour = { unit: "hour", delay: "1" };
const hangs = (signal: AbortSignal): Promise<Fired> =>
  new Promise((resolve) => {
    const end = (): void => resolve({ outcome: "unknown", status: null, message: "given up" });
    signal.addEventListener("abort", end, { once: true });
  });

async function countOf(sql: string): Promise<number> {
  const [row] = await world.rows(`select (${sql})::int as n`);
  return Number(row?.["n"]);
}

/** Keys that were called, and those that more than one call had. */
function keys() {
  const called = world.calls.fires.map((fire) => `${nameOf(fire)} ${fire.due}`);
  return { called, doubled: called.filter((key, at) => called.indexOf(key) !== at) };
}

async function untilRows(what: string, sql: string, wanted: number): Promise<void> {
  const givesUpAt = performance.now() + 20_000;
  while ((await countOf(sql)) !== wanted) {
    if (performance.now() > givesUpAt) throw new Error(`still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("timers of one instance", () => {
  it("fire again and again, each after its own delay, and leave their history", async () => {
    const module = moduleWith("mod-a-1.0.0", [everyMs(50), everyMs(60), hour]);
    await world.put(
      { kind: "module.added", module },
      ...tenantWith("diku", module.id),
      ...tenantWith("north", module.id),
    );
    const { runner } = await world.start();
    const { calls } = world;
    const names = ["diku mod-a_0", "diku mod-a_1", "north mod-a_0", "north mod-a_1"];
    await calls.until("each has fired five times", () => names.every((name) => calls.countOf(name) >= 5));
    await runner.close(1000);
    expect(calls.countOf("diku mod-a_2")).toBe(0);
    expect(keys().doubled).toEqual([]);
    expect(
      await countOf("select count(*) from octavo.timer_fire where outcome = 'succeeded' and status = 200"),
    ).toBe(calls.fires.length);
    expect(
      await world.rows("select cadence, last_outcome from octavo.timer where timer_id = 'mod-a_2'"),
    ).toEqual([
      { cadence: "every 1 hours", last_outcome: null },
      { cadence: "every 1 hours", last_outcome: null },
    ]);
  });

  it("go on beside one that hangs and one that fails", async () => {
    const module = moduleWith(
      "mod-a-1.0.0",
      Array.from({ length: 6 }, () => everyMs(30)),
    );
    const other = moduleWith("mod-b-1.0.0", [everyMs(30)]);
    await world.put(
      { kind: "module.added", module },
      { kind: "module.added", module: other },
      ...tenantWith("diku", module.id, other.id),
    );
    const { calls } = world;
    calls.answer = (fire, signal) => {
      if (fire.timer.module.product === "mod-a" && fire.timer.id !== "mod-a_5") return hangs(signal);
      return Promise.resolve({ outcome: "failed", status: 500, message: "it failed" });
    };
    await world.start();
    await calls.until("the failing one has gone on", () => calls.countOf("diku mod-b_0") >= 5);
    // Four places for a module of a tenant: the fifth that hangs, or the sixth that fails, waits.
    const hanging = calls.fires.filter(
      (fire) => fire.timer.module.product === "mod-a" && fire.timer.id !== "mod-a_5",
    );
    expect(hanging.length).toBeLessThanOrEqual(4);
    const [row] = await world.rows(
      "select status, message from octavo.timer_fire where outcome = 'failed' limit 1",
    );
    expect(row).toEqual({ status: 500, message: "it failed" });
  });

  it("go on where a tenant's settings are no JSON (OKAPI-1191: one bad timer stopped all)", async () => {
    const module = moduleWith("mod-a-1.0.0", [everyMs(30)]);
    const both = [...tenantWith("diku", module.id), ...tenantWith("north", module.id)];
    await world.put({ kind: "module.added", module }, ...both);
    await world.rows(
      "insert into octavo.timer_setting (tenant_id, timer_id, patch, revision) values ('north', 'mod-a_0', 'no JSON', 0)",
    );
    const { problems } = await world.start();
    await world.calls.until("the other tenant's fires", () => world.calls.countOf("diku mod-a_0") >= 3);
    expect(world.calls.countOf("north mod-a_0")).toBe(0);
    expect(problems).toEqual([expect.stringContaining("the timers of tenant north cannot be armed")]);
  });

  it("write nothing and call nothing where the lease is another's", async () => {
    const module = moduleWith("mod-a-1.0.0", [everyMs(20)]);
    await world.put({ kind: "module.added", module }, ...tenantWith("diku", module.id));
    const { calls } = world;
    await world.start({
      ttlSeconds: 60,
      renewMs: 60_000,
      selfStopMs: 60_000,
      lookMs: 60_000,
      leavingMs: 60_000,
    });
    await calls.until("it fires", () => calls.countOf("diku mod-a_0") >= 2);
    await world.rows(
      "update octavo.lease set holder = gen_random_uuid(), epoch = epoch + 1 where name like 'timers-%'",
    );
    const fires = "select count(*) from octavo.timer_fire";
    const left = await countOf(fires);
    const called = calls.fires.length;
    await world.put({ kind: "tenant.put", tenant: { id: "later", name: null, description: null } });
    await untilRows(
      "nothing is under way",
      "select count(*) from pg_stat_activity where state = 'active' and query like '%timer%' and pid <> pg_backend_pid()",
      0,
    );
    expect(await countOf(fires)).toBe(left);
    expect(calls.fires.length).toBeLessThanOrEqual(called + 1);
  });
});

describe("the history of a timer", () => {
  it("keeps the last 20 fires, and for 7 days what did not succeed", async () => {
    const { registry } = await world.start();
    await world.rows(`
      insert into octavo.timer (tenant_id, timer_id, group_number, cadence) values ('diku', 'mod-z_0', 99, 'never');
      insert into octavo.timer_fire (tenant_id, timer_id, due, module_id, instance_id, epoch, claimed_at, outcome)
      select 'diku', 'mod-z_0', at, 'mod-z-1.0.0', gen_random_uuid(), 1, at, case n % 2 when 0 then 'succeeded' else 'failed' end
      from (select n, clock_timestamp() - n * interval '1 hour' as at from generate_series(1, 400) as n) hours`);
    const swept = await registry.transaction((client) => sweepFires(client, [99]));
    expect(swept.ok).toBe(true);
    const kept = await world.rows(
      `select outcome, count(*)::int as n, max(clock_timestamp() - claimed_at) > interval '167 hours' as old
       from octavo.timer_fire group by outcome order by outcome`,
    );
    expect(kept).toEqual([
      { outcome: "failed", n: 84, old: true },
      { outcome: "succeeded", n: 10, old: false },
    ]);
  });
});

describe("timers of several instances", () => {
  it("are shared out, fire once for each time that they are due, and go on when one leaves and one comes", async () => {
    const module = moduleWith("mod-a-1.0.0", [everyMs(100), everyMs(150)]);
    const tenants = Array.from({ length: 20 }, (_, n) => `tenant${n}`);
    await world.put(
      { kind: "module.added", module },
      ...tenants.flatMap((tenant) => tenantWith(tenant, module.id)),
    );
    const names = tenants.flatMap((tenant) => [`${tenant} mod-a_0`, `${tenant} mod-a_1`]);
    const { calls } = world;
    const all = (count: number) => () => names.every((name) => calls.countOf(name) >= count);
    const one = await world.start();
    await world.start();
    await calls.until("each has fired", all(2));
    await untilRows(
      "both have groups",
      "select count(distinct holder) from octavo.lease where name like 'timers-%' and expires_at > clock_timestamp()",
      2,
    );
    await world.start();
    await one.close();
    const before = Math.max(...names.map((name) => calls.countOf(name)));
    await calls.until("each goes on", all(before + 2));
    expect(keys().doubled).toEqual([]);
    expect(await countOf("select count(*) from octavo.timer_fire where outcome = 'unknown'")).toBe(0);
    expect(await countOf("select count(*) from octavo.lease where name like 'timers-%'")).toBe(GROUPS.length);
  });

  it("that an instance leaves in the middle of a call count as fired and go on elsewhere", async () => {
    const module = moduleWith("mod-a-1.0.0", [everyMs(100)]);
    await world.put({ kind: "module.added", module }, ...tenantWith("diku", module.id));
    const { calls } = world;
    calls.answer = (_fire, signal) => hangs(signal);
    const first = await world.start();
    await calls.until("it is under way", () => calls.fires.length === 1);
    calls.answer = async () => succeeded;
    await first.crash();
    await world.start();
    await calls.until("another fires it", () => calls.fires.length >= 3);
    expect(keys().doubled).toEqual([]);
    expect(await world.rows("select outcome, due from octavo.timer_fire order by due limit 1")).toEqual([
      { outcome: "unknown", due: new Date(calls.fires[0]?.due ?? 0) },
    ]);
  });
});

describe("what an operator or a tenant changes of a timer", () => {
  const start = async (...timers: readonly object[]) => {
    const module = moduleWith("mod-a-1.0.0", timers);
    await world.put({ kind: "module.added", module }, ...tenantWith("diku", module.id));
    return world.start();
  };
  const due = "select count(*) from octavo.timer where next_due is not null";

  it("takes hold at once: another delay, a pause, a delay of 0, a run beside the regular ones", async () => {
    await start(hour);
    const { calls } = world;
    await world.change("diku", "mod-a_0", { kind: "run" });
    await calls.until("the run", () => calls.fires.length === 1);
    await untilRows(
      "it is forgotten",
      "select count(*) from octavo.timer_setting where run_requested_at is not null",
      0,
    );
    await world.change("diku", "mod-a_0", { kind: "patch", patch: '{"unit":"millisecond","delay":"20"}' });
    await calls.until("the new delay", () => calls.fires.length >= 4);
    await world.change("diku", "mod-a_0", { kind: "pause", isPaused: true });
    await untilRows("it rests", `${due} or exists (select from octavo.timer_fire where outcome is null)`, 0);
    const paused = calls.fires.length;
    await world.change("diku", "mod-a_0", { kind: "run" });
    await calls.until("a paused one runs when asked", () => calls.fires.length === paused + 1);
    await world.change("diku", "mod-a_0", { kind: "pause", isPaused: false });
    await calls.until("it goes on", () => calls.fires.length >= paused + 3);
    await world.change("diku", "mod-a_0", { kind: "patch", patch: '{"unit":"hour","delay":"0"}' });
    await untilRows("it is stopped", due, 0);
    await world.change("diku", "mod-a_0", { kind: "patch", patch: null });
    await untilRows(
      "it is as declared",
      "select count(*) from octavo.timer where cadence = 'every 1 hours' and next_due is not null",
      1,
    );
    expect(keys().doubled).toEqual([]);
  });

  it("outlives an upgrade, while what was left alone follows the new descriptor", async () => {
    await start(hour, hour);
    await world.change("diku", "mod-a_0", { kind: "patch", patch: '{"unit":"millisecond","delay":"20"}' });
    const next = moduleWith("mod-a-2.0.0", [{ ...hour, pathPattern: "/new" }, everyMs(20)]);
    await world.put(
      { kind: "module.added", module: next },
      { kind: "tenant.modules", tenantId: "diku", enable: [next.id], disable: ["mod-a-1.0.0"] },
    );
    const { calls } = world;
    const isNew = (id: string) =>
      calls.fires.some((fire) => fire.timer.id === id && fire.timer.module.id === next.id);
    await calls.until("both fire", () => isNew("mod-a_0") && isNew("mod-a_1"));
    const patched = calls.fires.findLast((fire) => fire.timer.id === "mod-a_0");
    expect(patched?.timer).toMatchObject({ isPatched: true, entry: { pathPattern: "/new", delay: "20" } });
  });

  it("goes with its module, and the history with it", async () => {
    await start(everyMs(20));
    await world.change("diku", "mod-a_0", { kind: "patch", patch: '{"unit":"millisecond","delay":"30"}' });
    const { calls } = world;
    await calls.until("it fires", () => calls.fires.length >= 3);
    await world.put({ kind: "tenant.modules", tenantId: "diku", enable: [], disable: ["mod-a-1.0.0"] });
    for (const table of ["timer", "timer_setting", "timer_fire"]) {
      await untilRows(`${table} is empty`, `select count(*) from octavo.${table}`, 0);
    }
    expect(keys().doubled).toEqual([]);
  });

  it("is kept where this instance has not yet seen the module that it belongs to", async () => {
    await start(hour);
    await world.rows(
      "insert into octavo.timer_setting (tenant_id, timer_id, revision) values ('diku', 'mod-b_0', 1000000), ('diku', 'mod-c_0', 0)",
    );
    await world.change("diku", "mod-a_0", { kind: "run" });
    await untilRows(
      "the older is gone",
      "select count(*) from octavo.timer_setting where timer_id = 'mod-c_0'",
      0,
    );
    expect(await countOf("select count(*) from octavo.timer_setting where timer_id = 'mod-b_0'")).toBe(1);
  });
});
