import { err, ok } from "@octavo/result";
import { FaultProxy } from "@octavo/testing/fault-proxy";
import { describe, expect, it } from "vitest";
import { openRegistry } from "./open-registry.ts";
import { eventually, optionsFor, put, tenantPut } from "./testing/open-on.ts";
import { databasePerTest } from "./testing/with-database.ts";

const database = databasePerTest();
/** The promise is one second; five times as much would be a hang (docs/decisions: how figures are judged). */
const hangMs = 5000;

const faults = {
  stopped: { kind: "down" },
  frozen: { kind: "timeout", closesAfterMs: null },
} as const;

describe.each(["stopped", "frozen"] as const)("with a database that is %s", (how) => {
  it("reads go on, writes are refused within a bound, and all works when it is back", async () => {
    const proxy = await FaultProxy.before(database.url);
    database.onEnd(() => proxy.close());
    const { registry, events } = await database.open({ connectionString: proxy.url, pollIntervalMs: 100 });
    await put(registry, [tenantPut("diku")]);

    proxy.add(faults[how]);
    const startedAt = performance.now();
    const refused = await Promise.all(["a", "b", "c", "d"].map((id) => put(registry, [tenantPut(id)])));
    expect(performance.now() - startedAt).toBeLessThan(hangMs);
    for (const answer of refused)
      expect(answer).toMatchObject(
        err({ kind: "unavailable", outcome: "not-written", retryAfterSeconds: 1 }),
      );
    expect(await registry.read(async () => 1)).toMatchObject(err({ kind: "unavailable" }));
    await eventually("contact is lost", () => !registry.contact.isUp);
    expect(registry.snapshot.tenants.has("diku")).toBe(true);

    proxy.heal();
    await eventually("contact is back", () => registry.contact.isUp);
    expect(events.filter(({ kind }) => kind === "contact-lost")).toHaveLength(1);
    expect(events.filter(({ kind }) => kind === "contact-restored")).toHaveLength(1);
    expect(await put(registry, [tenantPut("back")])).toMatchObject(ok({ revision: 2 }));
  });
});

describe("opening a registry", () => {
  it("says that the database cannot be reached, and where to look", async () => {
    const opened = await openRegistry(optionsFor("postgres://nobody@127.0.0.1:1/none"));
    expect(opened).toMatchObject(
      err({ kind: "unreachable", message: expect.stringContaining("check DATABASE_URL") }),
    );
  });
});
