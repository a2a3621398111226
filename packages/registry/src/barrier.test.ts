import { randomUUID } from "node:crypto";
import { query } from "@octavo/testing/query";
import { describe, expect, it } from "vitest";
import { put, tenantPut } from "./testing/open-on.ts";
import { databasePerTest } from "./testing/with-database.ts";

const database = databasePerTest();
/** Heartbeats that come in time, also where the machine is busy. */
const often = 500;

describe("the barrier", () => {
  it("waits until every live instance has applied a revision, woken by their word", async () => {
    const { registry: one } = await database.open({ pollIntervalMs: often });
    const { registry: two } = await database.open({ pollIntervalMs: often });
    const { registry: three } = await database.open({ pollIntervalMs: often });
    for (let n = 0; n < 20; n += 1) {
      const writer = [one, two, three][n % 3] ?? one;
      await put(writer, [tenantPut(`t${n}`)]);
      const { revision } = writer.snapshot;
      const settled = await writer.settled(revision, 20_000);
      expect(settled).toMatchObject({ kind: "known", revision, live: 3, missing: [] });
      for (const each of [one, two, three]) expect(each.snapshot.revision).toBe(revision);
    }
  });

  it("names after its time who has not come along, and waits for nobody whose heartbeat is too old", async () => {
    const { registry } = await database.open({ pollIntervalMs: often });
    const id = randomUUID();
    await query(
      database.url,
      `insert into octavo.instance (id, url, version, protocol_min, protocol_max, history, applied_revision)
       select '${id}', 'http://slow', '0', 1, 1, history, 0 from octavo.revision`,
    );
    await put(registry, [tenantPut("diku")]);
    expect(await registry.settled(1, 50)).toMatchObject({
      kind: "known",
      live: 2,
      missing: [{ id, url: "http://slow", appliedRevision: 0 }],
    });
    await query(
      database.url,
      `update octavo.instance set heartbeat_at = now() - interval '4 seconds' where id = '${id}'`,
    );
    expect(await registry.settled(1, 20_000)).toMatchObject({ live: 1, missing: [] });
  });

  it("counts an instance of another history as one that has not come along", async () => {
    const { registry } = await database.open({ pollIntervalMs: often });
    await put(registry, [tenantPut("diku")]);
    await query(
      database.url,
      `insert into octavo.instance (id, url, version, protocol_min, protocol_max, history, applied_revision)
       values (gen_random_uuid(), 'http://lost', '0', 1, 1, gen_random_uuid(), 9)`,
    );
    expect(await registry.settled(1, 0)).toMatchObject({ missing: [{ url: "http://lost" }] });
  });

  it("waits for those who follow an instance", async () => {
    const behind = Promise.withResolvers<void>();
    let isBehind = true;
    const { registry: one } = await database.open({ pollIntervalMs: often });
    await database.open({
      pollIntervalMs: often,
      followers: {
        applied: (own) => (isBehind ? { ...own, revision: own.revision - 1 } : own),
        reached: () => behind.promise,
      },
    });
    await put(one, [tenantPut("diku")]);
    expect(await one.settled(1, 200)).toMatchObject({ live: 2, missing: [{}] });
    isBehind = false;
    behind.resolve();
    expect(await one.settled(1, 20_000)).toMatchObject({ live: 2, missing: [] });
  });

  it("says where the database cannot be asked", async () => {
    const { registry } = await database.open({ pollIntervalMs: often });
    await query(database.url, "alter table octavo.instance rename to gone");
    expect(await registry.settled(0, 1000)).toMatchObject({ kind: "unknown", cause: expect.any(String) });
    await query(database.url, "alter table octavo.gone rename to instance");
  });

  it("misses nothing of what was committed while an instance came", async () => {
    const { registry: one } = await database.open({ pollIntervalMs: often });
    const end = new AbortController();
    const writing = (async () => {
      for (let n = 0; !end.signal.aborted; n += 1) {
        await put(one, [tenantPut(`t${n}`)]);
        const settled = await one.settled(one.snapshot.revision, 20_000);
        if (settled.kind !== "known" || settled.missing.length > 0) throw new Error(JSON.stringify(settled));
      }
    })();
    await one.reached(1, 20_000);
    for (let n = 0; n < 3; n += 1) {
      const { registry } = await database.open({ pollIntervalMs: often });
      expect(registry.snapshot.revision).toBeGreaterThan(0);
    }
    end.abort();
    await writing;
  });
});
