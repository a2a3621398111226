import { describe, expect, it } from "vitest";
import { announceRows } from "./row-listeners.ts";
import { eventually } from "./testing/open-on.ts";
import { databasePerTest } from "./testing/with-database.ts";

const database = databasePerTest();

describe("rows beside the snapshot", () => {
  it("are announced to every instance, and to none where the transaction came to nothing", async () => {
    const one = await database.open({ pollIntervalMs: 600_000 });
    const two = await database.open({ pollIntervalMs: 600_000 });
    await eventually("both listen", () =>
      [one, two].every(({ events }) => events.some(({ kind }) => kind === "listening")),
    );
    const told = { one: 0, two: 0 };
    one.registry.onRows(() => (told.one += 1));
    const stop = two.registry.onRows(() => (told.two += 1));
    await one.registry.transaction(announceRows);
    await eventually("both are told", () => told.one > 0 && told.two > 0);

    const before = { ...told };
    const failed = one.registry.transaction(async (client) => {
      await announceRows(client);
      throw new Error("a mistake");
    });
    await expect(failed).rejects.toThrow("a mistake");
    stop();
    await one.registry.transaction(announceRows);
    await eventually("the one that still listens is told", () => told.one > before.one);
    expect(told).toEqual({ one: before.one + 1, two: before.two });
  });

  it("are looked at by each poll, whatever is heard", async () => {
    const { registry } = await database.open({ pollIntervalMs: 20, isListening: false });
    let told = 0;
    registry.onRows(() => (told += 1));
    await eventually("two polls", () => told >= 2);
    expect(told).toBeGreaterThanOrEqual(2);
  });

  it("have their other listeners told where one fails", async () => {
    const { registry, events } = await database.open({ pollIntervalMs: 20, isListening: false });
    let told = 0;
    registry.onRows(() => {
      throw new Error("a mistake");
    });
    registry.onRows(() => (told += 1));
    await eventually("the second is told", () => told > 0);
    expect(events).toContainEqual({ kind: "listener-failed", cause: "a mistake" });
  });
});
