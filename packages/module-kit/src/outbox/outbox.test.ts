import { sql, type Transaction } from "@octavo/database";
import { expand } from "@octavo/migrations";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Stop } from "../definition/part.ts";
import { type KitDatabases, kitDatabases } from "../testing/kit-databases.ts";
import { Visits } from "../visits/visits-of.ts";
import { consumeOnce } from "./consume-once.ts";
import type { Event } from "./event.ts";
import { readFeed } from "./feed.ts";
import { outbox, type Outbox } from "./outbox-part.ts";
import { consumedSteps, feedSteps, outboxSteps } from "./outbox-steps.ts";
import { claimKeys, nextEventSeconds, putBackKey } from "./relay-rows.ts";
import type { Transport } from "./transport.ts";

let kit: KitDatabases;
const stops: Stop[] = [];
beforeAll(async () => {
  const business = expand("thing", "create table thing (name text primary key, n int not null)");
  kit = await kitDatabases(
    ["north", "feeding", "eating", "racing"],
    [...outboxSteps, ...feedSteps, ...consumedSteps, business],
  );
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(() => kit.close());

const tx = <T>(work: (tx: Transaction) => Promise<T>, tenantId = "north"): Promise<T> =>
  kit.database.tx({ tenantId, work: "foreground" }, work);
const waiting = async (tenantId = "north"): Promise<number> =>
  (await tx((tx) => tx.rows(sql`select position from octavo_outbox`), tenantId)).length;

/** Keeps what it gets, and fails as it is told. */
class Receiver implements Transport {
  readonly got: Event[] = [];
  failing: string | null = null;
  async send(_tenantId: string, events: readonly Event[]): Promise<void> {
    for (const event of events) {
      if (event.key === this.failing) throw new Error(`${event.key} is not taken`);
      this.got.push(event);
    }
  }
  of(key: string): unknown[] {
    return this.got.filter((event) => event.key === key).map(({ payload }) => payload);
  }
}

function start(receiver: Receiver | null): Outbox {
  const events = receiver === null ? outbox() : outbox({ transport: () => receiver });
  stops.push(events.start(kit.running()));
  return events;
}

describe("what waits to be sent", () => {
  it("is looked for again when something is there, not for ever", async () => {
    expect(await tx(nextEventSeconds, "racing")).toBeNull();
    await tx((tx) => outbox().publish(tx, { type: "late", key: "late", payload: null }), "racing");
    expect(await tx(nextEventSeconds, "racing")).toBe(0);
    await tx((tx) => tx.run(sql`update octavo_outbox set due_at = now() + interval '1 hour'`), "racing");
    expect(await tx(nextEventSeconds, "racing")).toBeGreaterThan(3000);
    await tx((tx) => tx.run(sql`delete from octavo_outbox`), "racing");
  });

  it("is told with its age at every instance, of all tenants, and is nothing again when it has arrived", async () => {
    const receiver = new Receiver();
    receiver.failing = "stuck";
    const [one, other] = [kit.running(), kit.running()];
    const [events] = [one, other].map((running) => {
      const part = outbox({ transport: () => receiver });
      stops.push(part.start(running));
      return part;
    });
    const told = async ({ metrics }: typeof one): Promise<readonly number[]> => {
      const text = await metrics.metrics();
      return ["events", "oldest_seconds"].map((name) =>
        Number(new RegExp(`^octavo_outbox_${name} (.*)$`, "mu").exec(text)?.[1]),
      );
    };
    expect(await told(one)).toEqual([0, 0]);
    for (const tenantId of ["north", "racing"]) {
      await tx(async (tx) => {
        await events?.publish(tx, { type: "told", key: "stuck", payload: null });
        await tx.run(sql`update octavo_outbox set published_at = now() - interval '1 hour'`);
      }, tenantId);
    }
    for (const running of [one, other]) {
      await expect.poll(async () => (await told(running))[0], { timeout: 20_000 }).toBe(2);
      expect((await told(running))[1]).toBeGreaterThanOrEqual(3600);
    }
    receiver.failing = null;
    for (const tenantId of ["north", "racing"]) {
      await tx((tx) => tx.run(sql`update octavo_outbox set due_at = now()`), tenantId);
      new Visits(one).wake(tenantId, "outbox", 0);
    }
    await expect.poll(() => told(other), { timeout: 30_000 }).toEqual([0, 0]);
  });
});

describe("an event", () => {
  it("is sent when its transaction is committed, and never otherwise", async () => {
    const receiver = new Receiver();
    const events = start(receiver);
    const failing = tx(async (tx) => {
      await events.publish(tx, { type: "thing.made", payload: "undone" });
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    const [id] = await tx((tx) => events.publish(tx, { type: "thing.made", payload: "kept" }));
    await vi.waitUntil(() => receiver.got.length > 0, { timeout: 20_000, interval: 10 });
    expect(receiver.got).toMatchObject([{ id, type: "thing.made", key: id, payload: "kept" }]);
    await vi.waitUntil(async () => (await waiting()) === 0, { timeout: 20_000, interval: 10 });
  });

  it("comes after those of its key that were committed before, however many write and relay", async () => {
    const receivers = [new Receiver(), new Receiver(), new Receiver()];
    const [events] = receivers.map(start);
    const nth = new Map<string, number>();
    const count = async (key: string): Promise<void> => {
      await tx(async (tx) => {
        // Published first: without a lock its position could be given before another transaction that commits first.
        const [id = ""] = (await events?.publish(tx, { type: "counted", key, payload: null })) ?? [];
        await tx.row(sql`select pg_sleep(random() * 0.01)::text as slept`);
        nth.set(id, await next(tx, key));
      }, "racing");
    };
    for (const key of ["key0", "key1", "key2", "key3"]) {
      for (let n = 0; n < 4; n += 1) await Promise.all(Array.from({ length: 6 }, () => count(key)));
    }
    await vi.waitUntil(async () => (await waiting("racing")) === 0, { timeout: 20_000, interval: 10 });
    for (const key of ["key0", "key1", "key2", "key3"]) {
      const all = receivers.flatMap((receiver) => receiver.got.filter((event) => event.key === key));
      expect(all).toHaveLength(24);
      for (const receiver of receivers) {
        const numbers = receiver.got.flatMap((event) => (event.key === key ? (nth.get(event.id) ?? 0) : []));
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      }
    }
  });

  it("that is not taken holds up its key and no other, and goes on when it is", async () => {
    const receiver = new Receiver();
    receiver.failing = "stuck";
    const events = start(receiver);
    await tx((tx) =>
      events.publish(
        tx,
        { type: "t", key: "stuck", payload: 1 },
        { type: "t", key: "stuck", payload: 2 },
        { type: "t", key: "free", payload: 1 },
      ),
    );
    await vi.waitUntil(() => receiver.of("free").length === 1, { timeout: 20_000, interval: 10 });
    const state = sql`select attempt, error, due_at > now() + interval '3 seconds' as waits from octavo_outbox order by position limit 1`;
    await vi.waitUntil(
      async () => (await tx((tx) => tx.row<{ error: string | null }>(state)))?.error != null,
      {
        timeout: 20_000,
        interval: 10,
      },
    );
    expect(await tx((tx) => tx.row(state))).toEqual({ attempt: 1, error: "stuck is not taken", waits: true });
    receiver.failing = null;
    await tx((tx) => tx.run(sql`update octavo_outbox set due_at = now()`));
    new Visits(kit.running()).wake("north", "outbox", 0);
    await vi.waitUntil(async () => (await waiting()) === 0, { timeout: 20_000, interval: 10 });
    expect(receiver.of("stuck")).toEqual([1, 2]);
  });

  it("goes with many others to a transport that takes them, each of a key of its own", async () => {
    const calls: number[] = [];
    const receiver = new Receiver();
    const together: Transport = {
      takesManyKeys: true,
      send: async (tenantId, all) => {
        calls.push(all.length);
        await receiver.send(tenantId, all);
      },
    };
    const events = outbox({ transport: () => together });
    stops.push(events.start(kit.running()));
    const many = Array.from({ length: 1200 }, (_, n) => ({
      type: "t",
      key: `k${n}`,
      isOrderedByRows: true,
      payload: n,
    }));
    await tx((tx) => events.publish(tx, ...many));
    await vi.waitUntil(async () => (await waiting()) === 0, { timeout: 20_000, interval: 10 });
    expect(receiver.got.map(({ payload }) => Number(payload)).toSorted((a, b) => a - b)).toEqual(
      many.map(({ payload }) => payload),
    );
    expect(calls).toEqual([500, 500, 200]);
  });

  it("is had by one relay; one that comes back late puts off nothing", async () => {
    const events = outbox();
    await tx((tx) => events.publish(tx, { type: "t", key: "late", payload: 1 }));
    const [late] = await tx((tx) => claimKeys(tx, 10, 10, 60));
    expect(await tx((tx) => claimKeys(tx, 10, 10, 60))).toEqual([]);
    await tx((tx) => tx.run(sql`update octavo_outbox set due_at = now()`));
    const [second] = await tx((tx) => claimKeys(tx, 10, 10, 60));
    expect([late?.attempt, second?.attempt]).toEqual([1, 2]);
    if (late !== undefined) await tx((tx) => putBackKey(tx, late, 0, "late"));
    expect(await tx((tx) => claimKeys(tx, 10, 10, 60))).toEqual([]);
    await tx((tx) => tx.run(sql`delete from octavo_outbox`));
  });
});

describe("the feed", () => {
  it("is read on from a position, without a gap, while it is written by several relays", async () => {
    const events = [start(null), start(null)];
    const read: Event[] = [];
    let position = "0";
    const readOn = async (): Promise<void> => {
      const page = await kit.database.read({ tenantId: "feeding", work: "foreground" }, (tx) =>
        readFeed(tx, position, 7),
      );
      if (!page.ok) throw new Error(`gone from ${page.error.keptFrom}`);
      read.push(...page.value.events);
      position = page.value.position;
    };
    const publish = (n: number): Promise<unknown> =>
      tx(async (tx) => events[n % 2]?.publish(tx, { type: "t", key: `k${n % 5}`, payload: n }), "feeding");
    const publishAll = async (): Promise<void> => {
      for (let n = 0; n < 100; n += 5) await Promise.all([0, 1, 2, 3, 4].map((more) => publish(n + more)));
    };
    const publishing = publishAll();
    await vi.waitUntil(
      async () => {
        await readOn();
        return read.length >= 100;
      },
      { timeout: 20_000, interval: 5 },
    );
    await publishing;
    await readOn();
    expect(read.map(({ payload }) => Number(payload)).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, n) => n),
    );
  });

  it("says so where events are no longer kept, and not where it is only empty", async () => {
    const at = (after: string) =>
      kit.database.read({ tenantId: "feeding", work: "foreground" }, (tx) => readFeed(tx, after, 10));
    await tx((tx) => tx.run(sql`delete from octavo_event where position <= 40`), "feeding");
    expect(await at("39")).toEqual({ ok: false, error: { kind: "gone", keptFrom: "41" } });
    expect(await at("40")).toMatchObject({ ok: true });
    await tx((tx) => tx.run(sql`delete from octavo_event`), "feeding");
    expect(await at("100")).toEqual({ ok: true, value: { events: [], position: "100" } });
    expect(await at("99")).toMatchObject({ ok: false });
  });
});

describe("a consumer", () => {
  it("has the effect of an event once, however often and at however many instances it comes", async () => {
    const event = { id: "0b6c1f5e-1f0e-4a0e-9d0a-2f7f5c3f0001" };
    const consume = (consumer: string) =>
      tx((tx) => consumeOnce(tx, consumer, event, async () => void (await next(tx, consumer))), "eating");
    const had = await Promise.all(Array.from({ length: 10 }, () => consume("loans")));
    expect(had.filter(Boolean)).toHaveLength(1);
    expect(await consume("fees")).toBe(true);
    const things = sql`select name, n from thing order by name`;
    expect(await tx((tx) => tx.rows(things), "eating")).toEqual([
      { name: "fees", n: 1 },
      { name: "loans", n: 1 },
    ]);
  });

  it("whose effect failed has it the next time", async () => {
    const event = { id: "0b6c1f5e-1f0e-4a0e-9d0a-2f7f5c3f0002" };
    const failing = tx(
      (tx) =>
        consumeOnce(tx, "loans", event, async () => {
          throw new Error("no");
        }),
      "eating",
    );
    await expect(failing).rejects.toThrow("no");
    expect(await tx((tx) => consumeOnce(tx, "loans", event, async () => undefined), "eating")).toBe(true);
  });
});

/** Counts a row up and locks it until the transaction ends, as any business row would be. */
async function next(tx: Transaction, name: string): Promise<number> {
  const row = await tx.row<{ n: number }>(
    sql`insert into thing (name, n) values (${name}, 1) on conflict (name) do update set n = thing.n + 1 returning n`,
  );
  return row?.n ?? 0;
}
