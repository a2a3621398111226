import { randomUUID } from "node:crypto";
import { ok } from "@octavo/result";
import { describe, expect, it } from "vitest";
import { genesisHash, hashOf, type LoggedChange, type Op } from "./logged-change.ts";
import type { RegistryEvent } from "./registry-event.ts";
import { eventually, put, tenantPut } from "./testing/open-on.ts";
import { sampleModule } from "./testing/sample-modules.ts";
import { databasePerTest } from "./testing/with-database.ts";

const database = databasePerTest();
/** Longer than any test: whoever sees something with this was told. */
const never = 3_600_000;
const soon = 10_000;

describe("an instance follows", () => {
  it("by notification, without waiting for its poll", async () => {
    const { registry: writer } = await database.open();
    const { registry: follower, events } = await database.open({ pollIntervalMs: never });
    await eventually("it listens", () => events.some(({ kind }) => kind === "listening"));
    await put(writer, [tenantPut("diku")]);
    expect(await follower.reached(1, soon)).toBe(true);
    expect(follower.snapshot).toEqual(writer.snapshot);
    await eventually("it tells how long that took", () => events.some(isAppliedSoon));
  });

  it("by its poll alone", async () => {
    const { registry: writer } = await database.open();
    const { registry: follower } = await database.open({ isListening: false, pollIntervalMs: 50 });
    await put(writer, [tenantPut("diku")]);
    expect(await follower.reached(1, soon)).toBe(true);
  });

  it("again by notification after its listening connection was killed, and misses nothing between", async () => {
    const { registry: writer } = await database.open();
    const { registry: follower, events } = await database.open({
      pollIntervalMs: never,
      instance: { id: randomUUID(), name: "deaf", url: "", version: "" },
    });
    await eventually("it listens", () => events.some(({ kind }) => kind === "listening"));
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'octavo deaf' and datname = current_database() and query like '%octavo_%'
         and query not like '%octavo.%'`,
    );
    await eventually("it has noticed", () => events.some(({ kind }) => kind === "listening-lost"));
    await put(writer, [tenantPut("between")]);
    expect(await follower.reached(1, soon)).toBe(true);
    const isAgain = (): boolean => events.filter(({ kind }) => kind === "listening").length === 2;
    await eventually("it has heard itself again", isAgain);
  });

  it("with the same objects for what did not change", async () => {
    const { registry: writer } = await database.open();
    const { registry: follower } = await database.open();
    await put(writer, [{ kind: "module.added", module: sampleModule("mod-a-1.0.0") }]);
    await follower.reached(1, soon);
    const before = follower.snapshot;
    await put(writer, [tenantPut("diku")]);
    await follower.reached(2, soon);
    expect(follower.snapshot.modules).toBe(before.modules);
    expect(follower.snapshot.env).toBe(before.env);
    expect(follower.snapshot.tenants.get("supertenant")).toBe(before.tenants.get("supertenant"));
  });

  it("through changes whose module has gone or come back as another since", async () => {
    const { registry: writer } = await database.open();
    const { registry: follower } = await database.open({ isListening: false, pollIntervalMs: 500 });
    const [first, second, gone] = [
      sampleModule("mod-a-1.0.0"),
      sampleModule("mod-a-1.0.0", 5),
      sampleModule("mod-b-1.0.0"),
    ];
    for (const module of [first, gone]) await put(writer, [{ kind: "module.added", module }]);
    await put(writer, [{ kind: "module.removed", moduleId: gone.id }]);
    await put(writer, [
      { kind: "module.removed", moduleId: first.id },
      { kind: "module.added", module: second },
    ]);
    expect(await follower.reached(4, soon)).toBe(true);
    expect(follower.snapshot.modules.get("mod-a-1.0.0")?.source).toBe(second.source);
    expect(follower.snapshot.modules.has("mod-b-1.0.0")).toBe(false);
  });

  it("and tells its listeners of each snapshot, until they stop; one that throws stops nobody else", async () => {
    const { registry, events } = await database.open();
    const seen: number[] = [];
    registry.onSnapshot(() => {
      throw new Error("mine");
    });
    const stop = registry.onSnapshot(({ revision }) => seen.push(revision));
    await put(registry, [tenantPut("a")]);
    stop();
    await put(registry, [tenantPut("b")]);
    expect(seen).toEqual([1]);
    expect(events).toContainEqual({ kind: "listener-failed", cause: "mine" });
  });
});

describe("a change that this program cannot apply", () => {
  it.each<[string, { ops: readonly unknown[]; breaks?: boolean }, string]>([
    ["an unknown kind", { ops: [{ v: 1, kind: "quota.put" }] }, "quota.put version 1"],
    ["an unknown version of a kind", { ops: [{ v: 2, kind: "tenant.put" }] }, "tenant.put version 2"],
    [
      "what cannot be applied",
      { ops: [{ v: 1, kind: "env.removed", name: "NONE" }] },
      "environment variable NONE",
    ],
    ["another hash than it says", { ops: [], breaks: true }, "change 1 is not what was written"],
  ])(
    "stops it loudly on the old snapshot, with reads going on: %s",
    async (_case, { ops, breaks = false }, cause) => {
      const { registry, events } = await database.open({ pollIntervalMs: 50 });
      const before = registry.snapshot;
      await logByHand(ops, true, breaks);
      await eventually("it stops", () => registry.contact.stoppedBecause !== null);
      expect(registry.contact).toMatchObject({ isUp: true, stoppedBecause: expect.stringContaining(cause) });
      expect(registry.snapshot).toBe(before);
      expect(events.filter(({ kind }) => kind === "following-stopped")).toHaveLength(1);
      expect(await put(registry, [tenantPut("diku")])).toMatchObject({
        ok: false,
        error: { kind: "unavailable", outcome: "not-written" },
      });
    },
  );

  it("makes it read the tables anew where the change says that this is enough", async () => {
    const { registry, events } = await database.open({ pollIntervalMs: 50 });
    await database.query("insert into octavo.tenant (id, revision) values ('new', 1)");
    await logByHand([{ v: 1, kind: "quota.put" }], false);
    expect(await registry.reached(1, soon)).toBe(true);
    expect(registry.snapshot.tenants.has("new")).toBe(true);
    expect(events).toContainEqual(expect.objectContaining({ kind: "snapshot-loaded", because: "gap" }));
    expect(await put(registry, [tenantPut("diku")])).toMatchObject(ok({ revision: 2 }));
  });
});

describe("a database that has lost acknowledged changes", () => {
  it("is noticed by whoever had applied them, read anew, and given a new history", async () => {
    const { registry: ahead, events } = await database.open({ pollIntervalMs: 50 });
    await put(ahead, [tenantPut("kept")]);
    await put(ahead, [tenantPut("lost")]);
    const { history } = ahead.snapshot;
    await rewindTo(1);
    await eventually("it is back", () => ahead.snapshot.revision === 1 && ahead.snapshot.history !== history);
    expect([...ahead.snapshot.tenants.keys()]).toEqual(["kept", "supertenant"]);
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: "history-rewound",
        from: expect.objectContaining({ revision: 2, history }),
        to: expect.objectContaining({ revision: 1 }),
      }),
    );
    expect(await put(ahead, [tenantPut("again")])).toMatchObject(ok({ revision: 2 }));
  });

  it("is noticed also where its numbers were used again before anybody looked", async () => {
    const { registry: ahead } = await database.open({ isListening: false, pollIntervalMs: 3_600_000 });
    await put(ahead, [tenantPut("lost")]);
    await rewindTo(0);
    const { registry: fresh } = await database.open();
    await put(fresh, [tenantPut("other")]);
    // Its write finds another history than its own, and decides on what is there.
    expect(await put(ahead, [tenantPut("again")])).toMatchObject({ ok: true });
    expect([...ahead.snapshot.tenants.keys()]).toEqual(["again", "other", "supertenant"]);
  });
});

function isAppliedSoon(event: RegistryEvent): boolean {
  return event.kind === "applied" && event.revision === 1 && event.afterMs < soon;
}

/** What a program of another version, or a hand, would leave in the log. */
async function logByHand(ops: readonly unknown[], mustUnderstand: boolean, breaks = false): Promise<void> {
  const writeId = randomUUID();
  // The types list what this program writes; this is what it does not.
  const change: LoggedChange = {
    revision: 1,
    writeId,
    actor: "",
    action: "",
    target: "",
    mustUnderstand,
    ops: ops as readonly Op[],
  };
  const hash = breaks ? "0".repeat(64) : hashOf(genesisHash, change);
  await database.query(
    `insert into octavo.change (revision, write_id, actor, action, target, ops, must_understand, previous_hash, hash)
     values (1, $1, '', '', '', $2, $3, $4, $5)`,
    [writeId, JSON.stringify(ops), mustUnderstand, genesisHash, hash],
  );
  await database.query("update octavo.revision set counter = 1, hash = $1", [breaks ? "1".repeat(64) : hash]);
}

/** As a failover to a replica that had not received what came after. */
async function rewindTo(revision: number): Promise<void> {
  await database.query("begin");
  await database.query("delete from octavo.change where revision > $1", [revision]);
  await database.query("delete from octavo.tenant where revision > $1", [revision]);
  await database.query("delete from octavo.audit where revision > $1", [revision]);
  await database.query(
    `update octavo.revision set counter = $1,
       hash = coalesce((select hash from octavo.change where revision = $1), $2)`,
    [revision, genesisHash],
  );
  await database.query("commit");
}
