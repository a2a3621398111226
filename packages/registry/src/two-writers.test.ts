import { ok } from "@octavo/result";
import { describe, expect, it } from "vitest";
import type { Change } from "./change.ts";
import type { Registry } from "./registry.ts";
import { faultOfLog } from "./testing/chain.ts";
import { intentOf, put, tenantPut } from "./testing/open-on.ts";
import { startWriter } from "./testing/start-writer.ts";
import { sampleModules } from "./testing/sample-modules.ts";
import { databasePerTest } from "./testing/with-database.ts";

const database = databasePerTest();

/** Counts up one number that all writers share: a write that decided on an old state would lose a step. */
async function countUp(registry: Registry): Promise<void> {
  const written = await registry.write<never>(intentOf("count"), ({ env }) => {
    const value = String(Number(env.get("COUNT")?.value ?? 0) + 1);
    return ok({
      changes: [{ kind: "env.put", entry: { name: "COUNT", value, description: null, required: null } }],
      answer: value,
    });
  });
  expect(written.ok).toBe(true);
}

describe("writers at the same time", () => {
  it("lose nothing: 8 writers on 2 instances, 50 writes each", async () => {
    const { registry: one } = await database.open();
    const { registry: two } = await database.open();
    await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let n = 0; n < 50; n += 1) await countUp(writer % 2 === 0 ? one : two);
      }),
    );
    expect(await one.reached(400, 10_000)).toBe(true);
    expect(await two.reached(400, 10_000)).toBe(true);
    expect(one.snapshot.env.get("COUNT")?.value).toBe("400");
    expect(contentOf(two)).toEqual(contentOf(one));
    expect(await faultOfLog(one)).toBe(null);
  });

  it("lose nothing as processes of their own", async () => {
    const writers = await Promise.all(
      ["left", "right"].map((name) => startWriter(database.url, { name, writes: 60 })),
    );
    expect(await Promise.all(writers.map((writer) => writer.ended))).toEqual([0, 0]);
    const { registry } = await database.open();
    expect(registry.snapshot.revision).toBe(120);
    expect(registry.snapshot.env.get("COUNT")?.value).toBe("120");
    for (const name of ["left", "right"]) {
      expect([...registry.snapshot.tenants.keys()].filter((id) => id.startsWith(name))).toHaveLength(60);
    }
    expect(await faultOfLog(registry)).toBe(null);
  });

  it("that import the same modules in opposite orders both end, and one of them finds the work done", async () => {
    const modules = sampleModules(40);
    const importMissing = (registry: Registry, wanted: typeof modules) =>
      registry.write<never>(intentOf("modules.import"), (snapshot) => {
        const changes = wanted
          .filter(({ id }) => !snapshot.modules.has(id))
          .map((module): Change => ({ kind: "module.added", module }));
        return ok({ changes, answer: String(changes.length) });
      });
    const { registry: one } = await database.open();
    const { registry: two } = await database.open();
    const answers = await Promise.all([
      importMissing(one, modules),
      importMissing(two, modules.toReversed()),
    ]);
    expect(new Set(answers.map((answer) => answer.ok && answer.value.answer))).toEqual(new Set(["0", "40"]));
  });

  it("on the same tenant never wait for each other in a circle", async () => {
    const instances = await Promise.all([database.open(), database.open(), database.open()]);
    await Promise.all(
      instances.map(async ({ registry }) => {
        for (let n = 0; n < 30; n += 1)
          expect((await put(registry, [tenantPut("diku", String(n))])).ok).toBe(true);
      }),
    );
    // Connections hand in their counts when they end.
    await Promise.all(instances.map(({ registry }) => registry.close()));
    expect(
      await database.query("select deadlocks::int from pg_stat_database where datname = current_database()"),
    ).toEqual([{ deadlocks: 0 }]);
  });

  it("are both heard although one is five times too slow: it takes the counter's row the sixth time", async () => {
    const { registry: slow } = await database.open();
    const { registry: fast } = await database.open();
    let decisions = 0;
    let last: Promise<unknown> = Promise.resolve();
    const written = await slow.write<never>(intentOf("slow"), (snapshot) => {
      decisions += 1;
      return ok({
        changes: [tenantPut("slow", String(snapshot.revision))],
        answer: "",
        alsoWrite: async () => {
          last = put(fast, [tenantPut(`fast${decisions}`)]);
          if (decisions <= 5) await last; // the sixth waits for the row that this transaction holds
        },
      });
    });
    expect(written).toMatchObject(ok({ revision: 6 }));
    expect(await last).toMatchObject(ok({ revision: 7 }));
    expect(decisions).toBe(6);
    expect(await faultOfLog(slow)).toBe(null);
  });
});

function contentOf({ snapshot }: Registry) {
  return { ...snapshot, modules: snapshot.modules.all() };
}
