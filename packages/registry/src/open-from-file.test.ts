import { err, ok } from "@octavo/result";
import { FaultProxy } from "@octavo/testing/fault-proxy";
import { describe, expect, it } from "vitest";
import { openRegistryFromFile } from "./open-registry.ts";
import type { Registry } from "./registry.ts";
import type { RegistryEvent } from "./registry-event.ts";
import type { KeptState } from "./snapshot-file/index.ts";
import type { Snapshot } from "./snapshot.ts";
import { eventually, optionsFor, put, tenantPut } from "./testing/open-on.ts";
import { databasePerTest } from "./testing/with-database.ts";

const database = databasePerTest();
const confirmedAtMs = Date.parse("2026-01-01T00:00:00.000Z");

/** What a registry had seen after one write; others have written since. */
async function keptAndMovedOn(): Promise<Snapshot> {
  const { registry } = await database.open();
  await put(registry, [tenantPut("kept")]);
  const { snapshot } = registry;
  await put(registry, [tenantPut("later")]);
  return snapshot;
}

interface FromFile {
  readonly registry: Registry;
  readonly events: readonly RegistryEvent[];
  readonly giveDatabaseBack: () => void;
}

async function openWithoutDatabase(snapshot: Snapshot): Promise<FromFile> {
  const proxy = await FaultProxy.before(database.url);
  proxy.add({ kind: "down" });
  const events: RegistryEvent[] = [];
  const kept: KeptState = { snapshot, confirmedAtMs, signingSecrets: [], endedSessions: [], readMs: 0 };
  const log = (event: RegistryEvent) => void events.push(event);
  const registry = openRegistryFromFile(
    optionsFor(proxy.url, { log, pollIntervalMs: 50 }),
    kept,
    confirmedAtMs + 5000,
  );
  database.onEnd(() => proxy.close());
  database.onEnd(() => registry.close());
  return { registry, events, giveDatabaseBack: () => proxy.heal() };
}

describe("a registry that was opened from a file", () => {
  it("has its state and its age, and refuses at once what needs the database", async () => {
    const { registry, events } = await openWithoutDatabase(await keptAndMovedOn());
    expect(registry.snapshot.tenants.has("kept")).toBe(true);
    expect(registry.snapshot.tenants.has("later")).toBe(false);
    expect(registry.contact).toEqual({
      isUp: false,
      lastAt: "2026-01-01T00:00:00.000Z",
      stoppedBecause: null,
    });
    expect(registry.clock.now() - confirmedAtMs).toBeGreaterThanOrEqual(5000);
    const unavailable = err({ kind: "unavailable", outcome: "not-written", retryAfterSeconds: 1 });
    expect(await put(registry, [tenantPut("no")])).toMatchObject(unavailable);
    expect(await registry.read(async () => 1)).toMatchObject(unavailable);
    expect(await registry.transaction(async () => 1)).toMatchObject(unavailable);
    expect(await registry.refresh(1000)).toBe(false);
    expect(events).toContainEqual(expect.objectContaining({ kind: "snapshot-loaded", because: "file" }));
  });

  it("goes on where the database is when that comes", async () => {
    const { registry, events, giveDatabaseBack } = await openWithoutDatabase(await keptAndMovedOn());
    giveDatabaseBack();
    await eventually("it has what is new", () => registry.snapshot.tenants.has("later"));
    expect(registry.contact).toMatchObject({ isUp: true, stoppedBecause: null });
    expect(await put(registry, [tenantPut("now")])).toMatchObject(ok({ revision: 3 }));
    await eventually("the others see it", () => registry.instances().length === 2);
    expect(events.filter(({ kind }) => kind === "contact-restored")).toHaveLength(1);
  });

  it("reads everything anew where the database holds another history", async () => {
    const kept = await keptAndMovedOn();
    const lost = { ...kept, revision: 2, hash: "0".repeat(64), tenants: new Map() };
    const { registry, events, giveDatabaseBack } = await openWithoutDatabase(lost);
    giveDatabaseBack();
    await eventually("it has what the database holds", () => registry.snapshot.tenants.has("later"));
    expect(events).toContainEqual(expect.objectContaining({ kind: "snapshot-loaded", because: "history" }));
  });

  it("reads nothing of a database whose protocol it does not know, says so, and goes on when it is its own", async () => {
    const kept = await keptAndMovedOn();
    await database.query("update octavo.meta set value = '99' where name = 'active_protocol'");
    const { registry, giveDatabaseBack } = await openWithoutDatabase(kept);
    giveDatabaseBack();
    await eventually("it has met it", () => registry.contact.stoppedBecause !== null);
    expect(registry.contact.stoppedBecause).toContain("use protocol 99, this program knows");
    expect(await registry.read(async () => 1)).toMatchObject(err({ kind: "unavailable" }));
    expect(registry.snapshot.tenants.has("later")).toBe(false);
    expect(await database.query("select 1 from octavo.instance")).toHaveLength(1);

    await database.query("update octavo.meta set value = '1' where name = 'active_protocol'");
    await eventually("it follows", () => registry.snapshot.tenants.has("later"));
    expect(registry.contact.stoppedBecause).toBeNull();
  });
});
