import { randomUUID } from "node:crypto";
import { parseModuleDescriptor } from "@octavo/descriptor";
import { fromPlain } from "@octavo/json";
import { openRegistry, processTime, type Registry, takeLease } from "@octavo/registry";
import { type FreshDatabase, freshDatabase } from "@octavo/testing/fresh-database";
import { query } from "@octavo/testing/query";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HeldLease } from "./held-lease.ts";

let database: FreshDatabase;
let registry: Registry;
const me = randomUUID();

beforeEach(async () => {
  database = await freshDatabase();
  const internal = parseModuleDescriptor(fromPlain({ id: "okapi-7.2.0" }));
  if (!internal.ok) throw new Error(internal.error);
  const opened = await openRegistry({
    connectionString: database.url,
    instance: { id: me, name: null, url: "http://127.0.0.1:1", version: "0.0.0" },
    internalModule: internal.value,
    log: () => undefined,
  });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  registry = opened.value;
});
afterEach(async () => {
  await registry.close();
  await database.drop();
});

/** Renewed by hand only. */
const byHand = { seconds: 10, renewMs: 600_000, stopMs: 600_000 };

async function taken(timing = byHand): Promise<HeldLease> {
  const lease = await HeldLease.take(registry, "jobs/lib", me, timing, processTime);
  if (lease === null) throw new Error("not taken");
  return lease;
}

describe("a lease that is held", () => {
  it("is nobody else's, until it is given back", async () => {
    const lease = await taken();
    expect(await lease.isSure()).toBe(true);
    const other = randomUUID();
    expect(await HeldLease.take(registry, "jobs/lib", other, byHand, processTime)).toBe(null);
    await lease.release();
    expect(await lease.isSure()).toBe(false);
    const next = await HeldLease.take(registry, "jobs/lib", other, byHand, processTime);
    expect(next?.lease.epoch).toBe(2);
    await next?.release();
  });

  it("that was not renewed in time is renewed before anything is begun under it", async () => {
    const lease = await taken({ ...byHand, stopMs: 500 });
    const expiry = () => query(database.url, "select expires_at from octavo.lease");
    const before = await expiry();
    await new Promise((resolve) => {
      setTimeout(resolve, 510); // past its limit: this is what it is about
    });
    expect(await lease.isSure()).toBe(true);
    expect(await expiry()).not.toEqual(before);
    await lease.release();
  });

  it("is lost for ever when somebody else has had it, also where he has given it back", async () => {
    const lease = await taken();
    await query(database.url, "update octavo.lease set expires_at = '-infinity'");
    const other = randomUUID();
    await registry.transaction((client) => takeLease(client, "jobs/lib", other, 10));
    await query(database.url, "update octavo.lease set expires_at = '-infinity'");
    expect(lease.isLost).toBe(false);
    await lease.renew();
    expect(lease.isLost).toBe(true);
    expect(await lease.isSure()).toBe(false);
  });
});
