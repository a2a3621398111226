import { sql } from "@octavo/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KitDatabases, kitDatabases } from "../testing/kit-databases.ts";
import { acquireLease, holdsLease, type Lease, releaseLease, renewLease } from "./lease.ts";
import { leaseSteps } from "./state-steps.ts";

let kit: KitDatabases;
beforeAll(async () => {
  kit = await kitDatabases(["diku"], leaseSteps);
});
afterAll(() => kit.close());

const tx: KitDatabases["database"]["tx"] = (...of) => kit.database.tx(...of);
const diku = { tenantId: "diku", work: "foreground" } as const;
const acquire = (name: string, holder: string, seconds = 60): Promise<Lease | null> =>
  tx(diku, (tx) => acquireLease(tx, name, holder, seconds));
const taken = async (name: string, holder: string): Promise<Lease> => {
  const lease = await acquire(name, holder);
  if (lease === null) throw new Error(`${holder} cannot take ${name}`);
  return lease;
};
/** As if its time had passed. */
const expire = (name: string): Promise<number> =>
  tx(diku, (tx) =>
    tx.run(sql`update octavo_lease set expires_at = now() - interval '1 second' where name = ${name}`),
  );

describe("a lease", () => {
  it("is held by one, who may lengthen it", async () => {
    const first = await taken("export", "a");
    expect(await acquire("export", "b")).toBe(null);
    expect(await taken("export", "a")).toEqual(first);
    expect(await tx(diku, (tx) => renewLease(tx, first, 60))).toBe(true);
  });

  it("goes to another when it has run out, with a higher fence, and the first one notices", async () => {
    const first = await taken("late", "a");
    await expire("late");
    const second = await taken("late", "b");
    expect(second.fence).toBeGreaterThan(first.fence);
    expect(await tx(diku, (tx) => holdsLease(tx, first))).toBe(false);
    expect(await tx(diku, (tx) => renewLease(tx, first, 60))).toBe(false);
    expect(await tx(diku, (tx) => holdsLease(tx, second))).toBe(true);
  });

  it("has a higher fence each time, though it was given back and its row is gone", async () => {
    const first = await taken("given", "a");
    await tx(diku, (tx) => releaseLease(tx, first));
    const second = await taken("given", "a");
    expect(second.fence).toBeGreaterThan(first.fence);
  });

  it("of many who ask at once is had by one", async () => {
    const asked = await Promise.all(Array.from({ length: 12 }, (_, n) => acquire("rush", `holder${n}`)));
    expect(asked.filter((lease) => lease !== null)).toHaveLength(1);
  });
});
