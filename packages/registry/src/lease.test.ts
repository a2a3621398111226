import { randomUUID } from "node:crypto";
import { ok } from "@octavo/result";
import { describe, expect, it } from "vitest";
import { holdsLease, releaseLease, takeLease, type Lease } from "./lease.ts";
import { sweep } from "./sweep.ts";
import { intentOf, tenantPut } from "./testing/open-on.ts";
import { databasePerTest } from "./testing/with-database.ts";

const database = databasePerTest();
const [one, two] = [randomUUID(), randomUUID()];
const expireAll = () =>
  database.query("update octavo.lease set expires_at = clock_timestamp() - interval '1 s'");

async function openLeases() {
  const { registry } = await database.open();
  const take = async (holder: string) =>
    must(await registry.transaction((client) => takeLease(client, "jobs", holder, 10)));
  const holds = async (lease: Lease) =>
    must(await registry.transaction((client) => holdsLease(client, lease)));
  return { registry, take, holds };
}

describe("a lease", () => {
  it("is one holder's until it expires, and is renewed under the same epoch", async () => {
    const { take, holds } = await openLeases();
    const lease = await take(one);
    expect(lease).toEqual({ name: "jobs", holder: one, epoch: 1 });
    expect(await take(two)).toBe(null);
    expect(await take(one)).toEqual(lease);
    expect(lease !== null && (await holds(lease))).toBe(true);
  });

  it("has a higher epoch with the next holder, so that the old one's effects are refused for ever", async () => {
    const { take, holds } = await openLeases();
    const old = await take(one);
    await expireAll();
    expect(old !== null && (await holds(old))).toBe(false);
    expect(await take(two)).toMatchObject({ epoch: 2 });
    await expireAll();
    expect(await take(one)).toMatchObject({ epoch: 3 });
    expect(old !== null && (await holds(old))).toBe(false);
  });

  it("can be given back before its time", async () => {
    const { registry, take } = await openLeases();
    const lease = await take(one);
    if (lease !== null) await registry.transaction((client) => releaseLease(client, lease));
    expect(await take(two)).toMatchObject({ epoch: 2 });
  });

  it("taken by many at once has one holder", async () => {
    const { take } = await openLeases();
    const taken = await Promise.all(Array.from({ length: 8 }, () => take(randomUUID())));
    expect(taken.filter((lease) => lease !== null)).toHaveLength(1);
  });
});

describe("sweeping", () => {
  it("forgets idempotency keys after a day and keeps younger ones; who has not the lease leaves it", async () => {
    const { registry } = await database.open();
    for (const key of ["old", "young"]) {
      await registry.write<never>(intentOf("test", { key, fingerprint: "f" }), () =>
        ok({ changes: [tenantPut(key)], answer: "" }),
      );
    }
    await database.query("update octavo.idempotency set at = at - interval '25 hours' where key = 'old'");
    expect(await registry.transaction((client) => sweep(client, one))).toEqual(
      ok({ idempotencyKeys: 1, instances: 0 }),
    );
    expect(await registry.transaction((client) => sweep(client, two))).toEqual(ok(null));
    expect(await database.query("select key from octavo.idempotency")).toEqual([{ key: "young" }]);
  });
});

function must<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}
