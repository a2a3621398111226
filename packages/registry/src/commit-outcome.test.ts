import { err, ok } from "@octavo/result";
import { FaultProxy } from "@octavo/testing/fault-proxy";
import { describe, expect, it } from "vitest";
import { faultOfLog } from "./testing/chain.ts";
import { intentOf, put, tenantPut } from "./testing/open-on.ts";
import { databasePerTest } from "./testing/with-database.ts";

const database = databasePerTest();

async function openThroughProxy() {
  const proxy = await FaultProxy.before(database.url);
  database.onEnd(() => proxy.close());
  const opened = await database.open({ connectionString: proxy.url });
  return { proxy, ...opened };
}

describe("a connection that is cut while a write commits", () => {
  it("does not hide that the write took place", async () => {
    const { proxy, registry, events } = await openThroughProxy();
    const cut = proxy.cutAt("; commit", true);
    const written = await put(registry, [tenantPut("diku")], "created");
    await cut;
    expect(written).toMatchObject(ok({ revision: 1, answer: "created", isReplay: false }));
    expect(registry.snapshot.tenants.has("diku")).toBe(true);
    expect(events).toContainEqual({ kind: "outcome-settled", action: "test.put", outcome: "written" });
    expect(await put(registry, [tenantPut("next")])).toMatchObject(ok({ revision: 2 }));
    expect(await faultOfLog(registry)).toBe(null);
  });

  it("does not pretend that it did, and nothing is tried twice", async () => {
    const { proxy, registry, events } = await openThroughProxy();
    const cut = proxy.cutAt("; commit", false);
    const written = await put(registry, [tenantPut("diku")]);
    await cut;
    expect(written).toMatchObject(err({ kind: "unavailable", outcome: "not-written" }));
    expect(events).toContainEqual({ kind: "outcome-settled", action: "test.put", outcome: "not-written" });
    expect(await database.query("select 1 from octavo.change")).toEqual([]);
    expect(await put(registry, [tenantPut("diku")])).toMatchObject(ok({ revision: 1 }));
  });

  it("is told as unknown while nobody can say; the same key then gets the truth", async () => {
    const { proxy, registry } = await openThroughProxy();
    const intent = intentOf("tenants.create", { key: "k", fingerprint: "f" });
    const write = () =>
      registry.write<never>(intent, () => ok({ changes: [tenantPut("diku")], answer: "created" }));
    const cut = proxy.cutAt("; commit", true);
    const writing = write();
    await cut;
    proxy.add({ kind: "down" });
    expect(await writing).toMatchObject(err({ kind: "unavailable", outcome: "unknown" }));
    proxy.heal();
    expect(await write()).toMatchObject(ok({ revision: 1, answer: "created", isReplay: true }));
  });

  it.each([
    ["after its rows were written", "insert into octavo.audit"],
    ["before its counter was raised", "with counted as"],
  ])("earlier, %s, leaves nothing", async (_case, statement) => {
    const { proxy, registry } = await openThroughProxy();
    const cut = proxy.cutAt(statement, true);
    expect(await put(registry, [tenantPut("diku")])).toMatchObject(
      err({ kind: "unavailable", outcome: "not-written" }),
    );
    await cut;
    expect(await database.query("select 1 from octavo.tenant where id = 'diku'")).toEqual([]);
    expect(await put(registry, [tenantPut("diku")])).toMatchObject(ok({ revision: 1 }));
  });

  it("by the server's administrator is known to have ended nothing", async () => {
    const { registry } = await database.open();
    const written = await registry.write<never>(intentOf("test"), () =>
      ok({
        changes: [tenantPut("diku")],
        answer: "",
        alsoWrite: async (client) => {
          await client.query("select pg_terminate_backend(pg_backend_pid())");
        },
      }),
    );
    expect(written).toMatchObject(err({ kind: "unavailable", outcome: "not-written" }));
    expect(await put(registry, [tenantPut("diku")])).toMatchObject(ok({ revision: 1 }));
  });
});
