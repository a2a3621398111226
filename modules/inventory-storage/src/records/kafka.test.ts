import { type KafkaBroker, kafkaBroker, type KafkaRecord } from "@octavo/testing/kafka-broker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Library, library } from "../testing/library.ts";

// What other modules of FOLIO read of ours, from a real broker, by Kafka's own consumer.

const jars = process.env["OCTAVO_KAFKA_JARS"] ?? "";
if (jars === "")
  process.stderr.write("SKIPPED: inventory events in Kafka: OCTAVO_KAFKA_JARS names no jars\n");

describe.skipIf(jars === "")("domain events in Kafka", { timeout: 120_000 }, () => {
  let broker: KafkaBroker;
  let running: Library;
  beforeAll(async () => {
    broker = await kafkaBroker(jars);
    const [host = "", port = ""] = broker.address.split(":");
    running = await library({
      OCTAVO_EVENTS: "kafka",
      KAFKA_HOST: host,
      KAFKA_PORT: port,
      ENV: "test",
      KAFKA_DOMAIN_TOPIC_NUM_PARTITIONS: "2",
      OCTAVO_URL: "http://127.0.0.1:9130",
    });
  }, 120_000);
  afterAll(async () => {
    await running.close();
    await broker.close();
  });

  const read = async (
    topic: string,
    count: number,
  ): Promise<readonly (KafkaRecord & { event: unknown })[]> => {
    const records = await broker.read(`test.north.inventory.${topic}`, count);
    return records.map((record) => ({ ...record, event: JSON.parse(record.value) as unknown }));
  };

  it("have the topics, keys, headers and payloads of mod-inventory-storage", async () => {
    const instance = await running.instance({ title: "In Kafka" });
    const holdings = await running.holdings(instance.id);
    const item = await running.item(holdings.id, { barcode: "kafka-1" });
    expect((await running.ask(`DELETE /item-storage/items/${item.id}`)).status).toBe(204);

    const headers = { "x-okapi-tenant": "north", "x-okapi-url": "http://127.0.0.1:9130" };
    const told = { key: instance.id, headers: expect.objectContaining(headers) as object };
    expect(await read("instance", 1)).toMatchObject([
      { ...told, event: { type: "CREATE", tenant: "north", new: { id: instance.id, title: "In Kafka" } } },
    ]);
    expect(await read("holdings-record", 1)).toMatchObject([
      { ...told, event: { type: "CREATE", tenant: "north", new: { id: holdings.id } } },
    ]);
    expect(await read("item", 2)).toMatchObject([
      {
        ...told,
        event: { type: "CREATE", new: { id: item.id, barcode: "kafka-1", instanceId: instance.id } },
      },
      { ...told, event: { type: "DELETE", old: { id: item.id } } },
    ]);
  });

  it("of a reindex say in a header which job they are of", async () => {
    const { body } = await running.ask("POST /instance-storage/reindex");
    const { id } = body as { id: string }; // as: the job is answered
    const [, reindexed] = await read("instance", 2);
    expect(reindexed).toMatchObject({
      headers: { "reindex-job-id": id },
      event: { type: "REINDEX", tenant: "north" },
    });
  });
});
