import { err, ok } from "@octavo/result";
import { describe, expect, it } from "vitest";
import { listAudit } from "./audit.ts";
import type { Change } from "./change.ts";
import type { Decision, Registry } from "./registry.ts";
import type { Snapshot } from "./snapshot.ts";
import { faultOfLog } from "./testing/chain.ts";
import { intentOf, put, tenantPut } from "./testing/open-on.ts";
import { internalModule, sampleModule } from "./testing/sample-modules.ts";
import { databasePerTest } from "./testing/with-database.ts";

const database = databasePerTest();

describe("a write", () => {
  it("leaves the snapshots that others hold as they were", async () => {
    const { registry } = await database.open();
    const before = registry.snapshot;
    const copy = contentOf(before);
    await put(registry, [{ kind: "module.added", module: sampleModule("mod-a-1.0.0") }, tenantPut("diku")]);
    expect(registry.snapshot.revision).toBe(1);
    expect(contentOf(before)).toEqual(copy);
  });

  it("that decides to change nothing is audited and has no revision", async () => {
    const { registry } = await database.open();
    expect(await put(registry, [])).toMatchObject(ok({ revision: 0, answer: "done" }));
    expect(await auditOf(registry)).toMatchObject([
      { action: "test.put", revision: null, outcome: "unchanged" },
    ]);
  });

  it("that is refused by its own decision leaves nothing", async () => {
    const { registry } = await database.open();
    expect(await registry.write(intentOf("refused"), () => err("no such tenant"))).toEqual(
      err("no such tenant"),
    );
    expect(await auditOf(registry)).toEqual([]);
  });

  it("commits rows of others with its own, or neither", async () => {
    const { registry } = await database.open();
    const withJob = (id: string, fails: boolean): Decision => ({
      changes: [tenantPut(id)],
      answer: "",
      alsoWrite: async (client, revision) => {
        await client.query(
          "insert into octavo.job (id, tenant_id, kind, plan, state) values ($1, $1, 'install', $2, 'pending')",
          [id, JSON.stringify({ revision })],
        );
        if (fails) throw new Error("after the job's row");
      },
    });
    await registry.write(intentOf("install"), () => ok(withJob("good", false)));
    await expect(registry.write(intentOf("install"), () => ok(withJob("bad", true)))).rejects.toThrow(
      "after the job's row",
    );
    expect(await database.query("select id, plan from octavo.job")).toEqual([
      { id: "good", plan: { revision: 1 } },
    ]);
    expect([...registry.snapshot.tenants.keys()]).toEqual(["good", "supertenant"]);
    expect(await put(registry, [tenantPut("later")])).toMatchObject(ok({ revision: 2 }));
  });

  it.each<[string, Change]>([
    ["a module that nobody knows is removed", { kind: "module.removed", moduleId: "mod-x-1.0.0" }],
    ["the gateway itself is removed", { kind: "module.removed", moduleId: internalModule.id }],
    [
      "a module that nobody knows is enabled",
      { kind: "tenant.modules", tenantId: "supertenant", enable: ["mod-x-1.0.0"], disable: [] },
    ],
    [
      "a tenant that nobody knows gets modules",
      { kind: "tenant.modules", tenantId: "nobody", enable: [], disable: [] },
    ],
    ["a text has a NUL", tenantPut("diku", "a\0b")],
    ["a text has half a surrogate pair", tenantPut("diku", "\ud800")],
  ])("is refused as poison before it is committed where %s", async (_case, change) => {
    const { registry, events } = await database.open();
    expect(await put(registry, [tenantPut("first"), change])).toMatchObject(err({ kind: "poison" }));
    expect(events).toContainEqual(expect.objectContaining({ kind: "poison-refused" }));
    expect(await database.query("select counter from octavo.revision")).toEqual([{ counter: "0" }]);
    expect(await database.query("select 1 from octavo.tenant where id = 'first'")).toEqual([]);
  });

  it("keeps texts that PostgreSQL, JSON and SQL each treat specially", async () => {
    const { registry } = await database.open();
    const { registry: other } = await database.open();
    const names = [
      "'; drop schema octavo; --",
      "\u2028\u{1f4da}\ufeff",
      "$1 \\u0000 \\",
      "__proto__",
      '{"a":1}',
      "{NULL}",
    ];
    await put(
      registry,
      names.map((name, n) => tenantPut(`t${n}`, name)),
    );
    await other.reached(1, 10_000);
    const { registry: loaded } = await database.open();
    for (const { snapshot } of [registry, other, loaded]) {
      expect(names.map((_, n) => snapshot.tenants.get(`t${n}`)?.name)).toEqual(names);
    }
    expect(await faultOfLog(registry)).toBe(null);
  });
});

describe("a write under an idempotency key", () => {
  const key = (fingerprint: string) => intentOf("tenants.create", { key: "k1", fingerprint });
  const createTenant = (snapshot: Snapshot) =>
    snapshot.tenants.has("diku")
      ? err("Duplicate tenant id diku")
      : ok({ changes: [tenantPut("diku")], answer: `created at ${snapshot.revision + 1}` });

  it("is carried out once and answered twice, also by another instance", async () => {
    const { registry } = await database.open();
    const { registry: other } = await database.open();
    const first = await registry.write(key("f"), createTenant);
    expect(first).toMatchObject(ok({ answer: "created at 1", isReplay: false }));
    await put(registry, [tenantPut("between")]);
    for (const instance of [registry, other]) {
      expect(await instance.write(key("f"), createTenant)).toMatchObject(
        ok({ answer: "created at 1", revision: 1, isReplay: true }),
      );
    }
  });

  it("is refused where the key was another call's, or another caller's", async () => {
    const { registry } = await database.open();
    await registry.write(key("f"), createTenant);
    const mismatch = err({ kind: "idempotency-mismatch", key: "k1" });
    expect(await registry.write(key("g"), createTenant)).toEqual(mismatch);
    expect(await registry.write({ ...key("f"), actor: "operator:other" }, createTenant)).toEqual(mismatch);
  });

  it("waits for the same call under way, and gets its answer", async () => {
    const instances = await Promise.all([database.open(), database.open(), database.open()]);
    const answers = await Promise.all(
      instances.map(({ registry }) => registry.write(key("f"), createTenant)),
    );
    expect(answers.filter((answer) => answer.ok && !answer.value.isReplay)).toHaveLength(1);
    expect(answers.map((answer) => answer.ok && answer.value.answer)).toEqual(Array(3).fill("created at 1"));
    expect(await database.query("select counter from octavo.revision")).toEqual([{ counter: "1" }]);
  });

  it("is not kept where the decision refused: the same call may succeed later", async () => {
    const { registry } = await database.open();
    expect(await registry.write(key("f"), () => err("not yet"))).toEqual(err("not yet"));
    expect(await registry.write(key("f"), createTenant)).toMatchObject(ok({ isReplay: false }));
  });
});

async function auditOf(registry: Registry) {
  const read = await registry.read((client) => listAudit(client, { limit: 100, after: null }));
  return read.ok ? read.value : [];
}

function contentOf(snapshot: Snapshot) {
  return structuredClone({
    ...snapshot,
    modules: snapshot.modules.all().map(({ id, source }) => [id, source]),
  });
}
