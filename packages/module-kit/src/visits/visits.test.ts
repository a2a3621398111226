import { type Transaction, sql } from "@octavo/database";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Stop } from "../definition/part.ts";
import { type KitDatabases, kitDatabases } from "../testing/kit-databases.ts";
import type { Errand } from "./errand.ts";
import { SWEEP_BATCH } from "./sweeper.ts";
import { Visits } from "./visits-of.ts";
import { settleVisit, takeDueVisits, writeWakes } from "./wake-rows.ts";

let kit: KitDatabases;
const stops: Stop[] = [];
const tenants = ["north", "south", "closed"];
beforeAll(async () => {
  kit = await kitDatabases(tenants, []);
});
beforeEach(async () => {
  await home((tx) => tx.run(sql`delete from octavo_wake`));
  await home((tx) =>
    tx.run(
      sql`update octavo_tenant set state = case tenant_id when 'closed' then 'disabled' else 'enabled' end`,
    ),
  );
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(() => kit.close());

const home = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => kit.database.home.tx(work);
const wake = (...tenantIds: string[]) =>
  home((tx) =>
    writeWakes(
      tx,
      tenantIds.map((tenantId) => ({ tenantId, errand: "look", inSeconds: 0 })),
    ),
  );
const take = (limit = 10) => home((tx) => takeDueVisits(tx, ["look"], limit, 60));
const wakes = () =>
  home((tx) =>
    tx.rows(
      sql`select tenant_id as tenant, due_at <= now() as "isDue" from octavo_wake where errand = 'look' order by 1`,
    ),
  );

/** Notes where it was sent. */
class Looking implements Errand {
  readonly name = "look";
  readonly seen: string[] = [];
  next: number | null = null;
  free(): number {
    return 1;
  }
  async run(tenantId: string): Promise<number | null> {
    this.seen.push(tenantId);
    return this.next;
  }
}

describe("a wake", () => {
  it("is taken by one, the longest waiting first, and not of a tenant that is not enabled", async () => {
    await wake("south");
    await wake("closed");
    await wake("north");
    await home((tx) =>
      tx.run(sql`insert into octavo_wake (tenant_id, errand, due_at) values ('closed', 'look', now())`),
    );
    const [first, second, third] = [await take(1), await take(), await take()];
    expect([first, second, third].map((taken) => taken.map(({ tenantId }) => tenantId))).toEqual([
      ["south"],
      ["north"],
      [],
    ]);
  });

  it("that came during the visit is not taken away with it", async () => {
    await wake("north", "south");
    const taken = await take();
    await wake("north");
    for (const visit of taken) await home((tx) => settleVisit(tx, visit, null));
    expect(await wakes()).toEqual([{ tenant: "north", isDue: true }]);
    const [again] = await take();
    if (again === undefined) throw new Error("it is due");
    await wake("north");
    await home((tx) => settleVisit(tx, again, 3600));
    expect(await wakes(), "nor put off").toEqual([{ tenant: "north", isDue: true }]);
  });

  it("that was settled is due when the errand says", async () => {
    await wake("north");
    const [visit] = await take();
    if (visit === undefined) throw new Error("it is due");
    await home((tx) => settleVisit(tx, visit, 3600));
    expect(await wakes()).toEqual([{ tenant: "north", isDue: false }]);
  });

  it("of a visitor that was killed is due again", async () => {
    await wake("north");
    await home((tx) => takeDueVisits(tx, ["look"], 10, 0));
    expect((await take()).map(({ tenantId }) => tenantId)).toEqual(["north"]);
  });
});

describe("visits", () => {
  const join = (
    errand: Looking,
    sweepSeconds: number,
    sweeps: Parameters<Visits["join"]>[0]["sweeps"] = [],
  ): Visits => {
    const visits = new Visits(kit.running(), { pollMs: 20, leaseSeconds: 5, sweepSeconds });
    stops.push(visits.join({ errand, sweeps }));
    return visits;
  };

  it("come to each enabled tenant though every wake was lost", async () => {
    const errand = new Looking();
    join(errand, 0.2);
    await vi.waitUntil(() => new Set(errand.seen).size === 2, { timeout: 20_000, interval: 10 });
    const before = errand.seen.length;
    await vi.waitUntil(() => errand.seen.length > before + 2, { timeout: 20_000, interval: 10 });
    expect(new Set(errand.seen)).toEqual(new Set(["north", "south"]));
  });

  it("sweep until nothing is left that has run out", async () => {
    const left = new Map(tenants.map((tenantId) => [tenantId, 2 * SWEEP_BATCH + 1]));
    const sweep = async ({ tenantId }: Transaction): Promise<number> => {
      const there = left.get(tenantId ?? "") ?? 0;
      const removed = Math.min(there, SWEEP_BATCH);
      left.set(tenantId ?? "", there - removed);
      return removed;
    };
    join(new Looking(), 0.2, [sweep]);
    await vi.waitUntil(() => left.get("north") === 0 && left.get("south") === 0, {
      timeout: 20_000,
      interval: 10,
    });
    expect(left.get("closed")).toBe(2 * SWEEP_BATCH + 1);
  });

  it("of many instances to one tenant are as many as there were wakes", async () => {
    const errands = [new Looking(), new Looking(), new Looking()];
    const [visits] = errands.map((errand) => join(errand, 3600));
    for (let n = 1; n <= 5; n += 1) {
      visits?.wake("north", "look", 0);
      const seen = () =>
        errands.flatMap((errand) => errand.seen.filter((tenantId) => tenantId === "north")).length;
      await vi.waitUntil(() => seen() >= n, { timeout: 20_000, interval: 5 });
      await vi.waitUntil(async () => (await wakes()).length === 0, { timeout: 20_000, interval: 5 });
      expect(seen()).toBe(n);
    }
  });
});
