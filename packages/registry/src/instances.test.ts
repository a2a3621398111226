import { randomUUID } from "node:crypto";
import { err, ok } from "@octavo/result";
import { describe, expect, it } from "vitest";
import { listAudit, type AuditEntry } from "./audit.ts";
import { eventually, intentOf, put, tenantPut } from "./testing/open-on.ts";
import { databasePerTest } from "./testing/with-database.ts";

const database = databasePerTest();

function identity(name: string) {
  return { id: randomUUID(), name, url: `http://${name}:9130`, version: "0.1.0" };
}

describe("instances", () => {
  it("know each other by their heartbeats, and what each has applied", async () => {
    const { registry: one } = await database.open({ instance: identity("one"), pollIntervalMs: 50 });
    const { registry: two } = await database.open({ instance: identity("two"), pollIntervalMs: 50 });
    await put(one, [tenantPut("diku")]);
    for (const registry of [one, two]) {
      await eventually("both are seen at revision 1", () => {
        const seen = registry.instances();
        return seen.length === 2 && seen.every(({ appliedRevision }) => appliedRevision === 1);
      });
      expect(registry.instances().map(({ name, url }) => [name, url])).toEqual([
        ["one", "http://one:9130"],
        ["two", "http://two:9130"],
      ]);
    }
  });

  it("are as far as the slowest who follows their snapshot, and a write waits for him", async () => {
    const waitedFor: number[] = [];
    const { registry } = await database.open({
      instance: identity("one"),
      pollIntervalMs: 50,
      followers: {
        applied: ({ history, revision }) => ({ history, revision: revision - 1 }),
        reached: async (revision) => waitedFor.push(revision),
      },
    });
    await put(registry, [tenantPut("diku")]);
    await put(registry, [tenantPut("north")]);
    await eventually("it says 1", () => registry.instances()[0]?.appliedRevision === 1);
    expect(registry.snapshot.revision).toBe(2);
    expect(waitedFor).toEqual([1, 2]);
  });

  it("are gone when they end, or when nothing was heard for three seconds", async () => {
    const { registry: one } = await database.open({ instance: identity("one"), pollIntervalMs: 50 });
    const { registry: two } = await database.open({ instance: identity("two") });
    await database.query(
      `insert into octavo.instance (id, url, version, protocol_min, protocol_max, applied_revision, heartbeat_at)
       values (gen_random_uuid(), 'http://dead:9130', '0.1.0', 1, 1, 0, clock_timestamp() - interval '3.1 s')`,
    );
    await eventually("two are seen", () => one.instances().length === 2);
    await two.close();
    await eventually("one is seen", () => one.instances().length === 1);
    expect(one.instances()[0]?.name).toBe("one");
  });

  it("keep the name that they are given over their heartbeats", async () => {
    const instance = identity("one");
    const { registry } = await database.open({ instance, pollIntervalMs: 50 });
    expect(await registry.renameInstance(instance.id, "main")).toMatchObject(
      ok({ id: instance.id, name: "main" }),
    );
    await put(registry, [tenantPut("diku")]);
    await eventually("a later heartbeat", () => registry.instances()[0]?.appliedRevision === 1);
    expect(registry.instances()[0]?.name).toBe("main");
    expect(await registry.renameInstance(randomUUID(), "x")).toMatchObject(err({ kind: "unavailable" }));
  });
});

describe("the clock", () => {
  it("is the database's", async () => {
    const { registry } = await database.open({ pollIntervalMs: 50 });
    const [row] = await database.query<{ now: Date }>("select clock_timestamp() as now");
    expect(Math.abs(registry.clock.now() - (row?.now.getTime() ?? 0))).toBeLessThan(5000);
  });
});

describe("the audit", () => {
  it("lists who did what, newest first, in pages that neither skip nor repeat", async () => {
    const { registry } = await database.open();
    for (let n = 1; n <= 5; n += 1) {
      await registry.write<never>(
        { ...intentOf("tenants.create"), actor: "operator:ada", target: `t${n}`, requestId: `r${n}` },
        () => ok({ changes: [tenantPut(`t${n}`)], answer: "" }),
      );
    }
    const listed: AuditEntry[] = [];
    for (let pages = 0; pages < 4; pages += 1) {
      const after = listed.at(-1) ?? null;
      const page = await registry.read((client) => listAudit(client, { limit: 2, after }));
      if (page.ok) listed.push(...page.value);
    }
    expect(listed.map(({ target }) => target)).toEqual(["t5", "t4", "t3", "t2", "t1"]);
    expect(listed[0]).toMatchObject({
      actor: "operator:ada",
      action: "tenants.create",
      requestId: "r5",
      revision: 5,
      outcome: "changed",
    });
  });
});
