import { sql, type Transaction } from "@octavo/database";
import { type KafkaBroker, kafkaBroker, type KafkaRecord } from "@octavo/testing/kafka-broker";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { RunningModule, Stop } from "../../definition/part.ts";
import { type KitDatabases, kitDatabases } from "../../testing/kit-databases.ts";
import type { NewEvent } from "../publish.ts";
import { outbox, type Outbox } from "../outbox-part.ts";
import { feedSteps, outboxSteps } from "../outbox-steps.ts";
import { OUTBOX } from "../relay.ts";
import { Visits } from "../../visits/visits-of.ts";

// A broker of Kafka's own jars, which is killed; what is in its topics is read by Kafka's own consumer.

const jars = process.env["OCTAVO_KAFKA_JARS"] ?? "";
if (jars === "") process.stderr.write("SKIPPED: events in Kafka: OCTAVO_KAFKA_JARS names no jars\n");

describe.skipIf(jars === "")("events in Kafka", { timeout: 120_000 }, () => {
  let kit: KitDatabases;
  let broker: KafkaBroker;
  const stops: Stop[] = [];
  beforeAll(async () => {
    kit = await kitDatabases(["north", "south", "away", "large"], [...outboxSteps, ...feedSteps]);
    broker = await kafkaBroker(jars);
  }, 120_000);
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  afterAll(async () => {
    await broker.close();
    await kit.close();
  });

  const running = (): RunningModule => ({
    ...kit.running(),
    gatewayUrl: "http://gateway:9130",
    kafka: { brokers: [broker.address], environment: "folio", partitions: 3, replicas: 1 },
  });
  const start = (): Outbox => {
    const events = outbox();
    stops.push(events.start(running()));
    return events;
  };
  const tx = <T>(tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    kit.database.tx({ tenantId, work: "foreground" }, work);
  const publish = (tenantId: string, events: Outbox, ...all: readonly NewEvent[]) =>
    tx(tenantId, (tx) => events.publish(tx, ...all));
  const waiting = (tenantId: string) =>
    tx(tenantId, (tx) =>
      tx.rows<{ key: string; attempt: number; error: string | null }>(
        sql`select key, attempt, error from octavo_outbox order by position`,
      ),
    );
  const untilSent = (tenantId: string): Promise<boolean> =>
    vi.waitUntil(async () => (await waiting(tenantId)).length === 0, { timeout: 60_000, interval: 50 });
  /** What waits for its next attempt is tried now. */
  const tryNow = async (tenantId: string): Promise<void> => {
    await tx(tenantId, (tx) => tx.run(sql`update octavo_outbox set due_at = now() where error is not null`));
    new Visits(running()).wake(tenantId, OUTBOX, 0);
  };

  it("are records of the topics, with the keys and headers that FOLIO's modules read", async () => {
    const events = start();
    const [id = ""] = await publish(
      "north",
      events,
      {
        type: "inventory.instance",
        key: "i1",
        payload: { type: "CREATE", tenant: "north", new: { title: "Tür" } },
      },
      { type: "inventory.item", key: "i1", payload: { type: "CREATE" } },
    );
    await untilSent("north");
    const headers = {
      "x-okapi-tenant": "north",
      "x-okapi-url": "http://gateway:9130",
      "octavo-event-id": id,
    };
    expect(await broker.read("folio.north.inventory.instance", 1)).toEqual([
      {
        // murmur2, as Java's producers choose
        partition: expect.any(Number) as number,
        headers,
        key: "i1",
        value: JSON.stringify({ new: { title: "Tür" }, type: "CREATE", tenant: "north" }),
      },
    ]);
    expect(await broker.read("folio.north.inventory.item", 1)).toMatchObject([{ key: "i1" }]);
  });

  it("go on to a topic that another process has made", async () => {
    const events = start();
    const first = { type: "inventory.library", key: "l1", payload: 1 };
    await publish("north", events, first);
    await untilSent("north");
    for (const stop of stops.splice(0)) await stop();
    await publish("north", start(), { ...first, payload: 2 });
    await untilSent("north");
    const records = await broker.read("folio.north.inventory.library", 2);
    expect(records.map(({ value }) => value)).toEqual(["1", "2"]);
  });

  it("come all and in the order of their keys, while two relays send and the broker is killed", async () => {
    const [events] = [start(), start()];
    const keys = Array.from({ length: 15 }, (_, n) => `key${n}`);
    const all: { readonly id: string; readonly key: string; readonly n: number }[] = [];
    const publishRound = async (n: number): Promise<void> => {
      for (const key of keys) {
        const [id = ""] = await publish("south", events, { type: "inventory.instance", key, payload: n });
        all.push({ id, key, n });
      }
    };
    for (let n = 0; n < 10; n += 1) await publishRound(n);
    await broker.kill9();
    for (let n = 10; n < 15; n += 1) await publishRound(n);
    await vi.waitUntil(async () => (await waiting("south")).some(({ error }) => error !== null), {
      timeout: 60_000,
      interval: 50,
    });
    await broker.start();
    await vi.waitUntil(
      async () => {
        await tryNow("south");
        return (await waiting("south")).length === 0;
      },
      { timeout: 60_000, interval: 500 },
    );
    const idOf = ({ headers }: KafkaRecord): string => headers["octavo-event-id"] ?? "";
    // One may be there twice. A reader that had to wait for its machine has read a part.
    const records = await vi.waitUntil(
      async () => {
        const read = await broker.readAll("folio.south.inventory.instance");
        return new Set(read.map(idOf)).size < all.length ? null : read;
      },
      { timeout: 60_000, interval: 1_000 },
    );
    expect(new Set(records.map(idOf))).toEqual(new Set(all.map(({ id }) => id)));
    for (const key of keys) {
      const ofKey = records.filter((record) => record.key === key);
      const first = [...new Map(ofKey.map((record) => [idOf(record), Number(record.value)])).values()];
      expect(first).toEqual(first.toSorted((a, b) => a - b));
      expect(new Set(ofKey.map(({ partition }) => partition)).size).toBe(1);
    }
  });

  it("wait while the broker is away, and say why", async () => {
    const events = start();
    await broker.kill9();
    await publish("away", events, { type: "inventory.instance", key: "i1", payload: 1 });
    const failed = async () => (await waiting("away")).find(({ error }) => error !== null);
    await vi.waitUntil(async () => (await failed()) !== undefined, { timeout: 60_000, interval: 50 });
    expect(await failed()).toMatchObject({
      key: "i1",
      error: expect.stringContaining("ECONNREFUSED") as string,
    });
    await broker.start();
    await tryNow("away");
    await untilSent("away");
    expect(await broker.read("folio.away.inventory.instance", 1)).toMatchObject([{ key: "i1", value: "1" }]);
  });

  it("too large for Kafka hold up their key and no other", async () => {
    const events = start();
    await publish(
      "large",
      events,
      { type: "inventory.instance", key: "small", payload: "s" },
      { type: "inventory.instance", key: "large", payload: "x".repeat(1_000_000) },
      { type: "inventory.instance", key: "large", payload: "behind" },
      ...Array.from({ length: 30 }, (_, n) => ({
        type: "inventory.instance",
        key: `many${n}`,
        payload: "y".repeat(100_000),
      })),
    );
    const isStuck = async () => (await waiting("large")).length === 2;
    await vi.waitUntil(isStuck, { timeout: 60_000, interval: 50 });
    expect(await waiting("large")).toMatchObject([
      { key: "large", error: expect.stringMatching(/1000\d{3} bytes, more than Kafka takes/u) as string },
      { key: "large" },
    ]);
    expect(await broker.read("folio.large.inventory.instance", 31)).toHaveLength(31);
  });
});
