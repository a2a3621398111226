import { describe, expect, it } from "vitest";
import { parseHostConfig } from "../../run/host-config.ts";
import type { Event } from "../event.ts";
import { PartlySent } from "../transport.ts";
import { isTooLarge, messageOf, parcelsByTopic } from "./kafka-messages.ts";
import { KafkaTransport } from "./kafka-transport.ts";

const event = (key: string, payload: unknown, type = "inventory.item"): Event => ({
  id: "0b6c1f5e-1f0e-4a0e-9d0a-2f7f5c3f0001",
  type,
  key,
  payload,
  publishedAt: new Date(0),
});
const origin = { environment: "folio", tenantId: "north", gatewayUrl: "http://gateway:9130" };

describe("where events go", () => {
  const parse = (env: Readonly<Record<string, string>>) =>
    parseHostConfig({ OCTAVO_TRUST: "network", ...env }, () => "");

  it.each([
    ["to the feed, unless said otherwise", {}, null],
    ["to the feed, whatever Kubernetes says of a service kafka", { KAFKA_PORT: "tcp://10.0.0.7:9092" }, null],
    [
      "to Kafka, as FOLIO's modules are told of it",
      { OCTAVO_EVENTS: "kafka", KAFKA_HOST: "kafka" },
      { brokers: ["kafka:9092"], environment: "folio", partitions: 50, replicas: null },
    ],
    [
      "to one of several systems of a cluster of several brokers",
      {
        OCTAVO_EVENTS: "kafka",
        KAFKA_HOST: "k1, k2:9094",
        KAFKA_PORT: "9093",
        ENV: "test.two",
        REPLICATION_FACTOR: "3",
        KAFKA_DOMAIN_TOPIC_NUM_PARTITIONS: "10",
      },
      { brokers: ["k1:9093", "k2:9094"], environment: "test.two", partitions: 10, replicas: 3 },
    ],
  ])("%s", (_, env, kafka) => {
    expect(parse(env)).toMatchObject({ ok: true, value: { kafka } });
  });

  it.each([
    [{ OCTAVO_EVENTS: "rabbit" }, "OCTAVO_EVENTS must be feed or kafka"],
    [{ OCTAVO_EVENTS: "kafka" }, "KAFKA_HOST is not set"],
    [
      { OCTAVO_EVENTS: "kafka", KAFKA_HOST: "k", KAFKA_SECURITY_PROTOCOL: "SSL" },
      "KAFKA_SECURITY_PROTOCOL must be PLAINTEXT",
    ],
    [{ OCTAVO_EVENTS: "kafka", KAFKA_HOST: "k", ENV: "a b" }, "ENV must be letters"],
    [{ OCTAVO_EVENTS: "kafka", KAFKA_HOST: "k", KAFKA_PORT: "none" }, "KAFKA_PORT must be a whole number"],
  ])("%j is a mistake: %s", (env, mistake) => {
    const parsed = parse(env);
    expect(parsed.ok ? "" : parsed.error.join("; ")).toContain(mistake);
  });
});

describe("what Kafka is sent", () => {
  it("names system and tenant in the topic, and says where to ask more", () => {
    expect(messageOf(event("i1", { type: "CREATE" }), origin)).toEqual({
      topic: "folio.north.inventory.item",
      key: "i1",
      value: '{"type":"CREATE"}',
      headers: {
        "x-okapi-tenant": "north",
        "x-okapi-url": "http://gateway:9130",
        "octavo-event-id": "0b6c1f5e-1f0e-4a0e-9d0a-2f7f5c3f0001",
      },
    });
    expect(messageOf(event("i1", 1), { ...origin, gatewayUrl: null }).headers).not.toHaveProperty(
      "x-okapi-url",
    );
  });

  it("is no more at once than a broker takes, in order, each topic by itself", () => {
    const events = Array.from({ length: 40 }, (_, n) =>
      event(`k${n}`, "ä".repeat(50_000), n % 2 === 0 ? "a" : "b"),
    );
    const parcels = parcelsByTopic(events.map((each) => messageOf(each, origin)));
    expect([...parcels.keys()]).toEqual(["folio.north.a", "folio.north.b"]);
    for (const all of parcels.values()) {
      expect(all.map(({ messages }) => messages.length)).toEqual([8, 8, 4]);
      expect(all.filter(isTooLarge)).toEqual([]);
    }
    const keys = parcels.get("folio.north.a")?.flatMap(({ messages }) => messages.map(({ key }) => key));
    expect(keys).toEqual(events.flatMap(({ key, type }) => (type === "a" ? [key] : [])));
  });
});

it("says of every key why it has not arrived where no broker answers", async () => {
  const place = { brokers: ["127.0.0.1:1"], environment: "folio", partitions: 1, replicas: null };
  const transport = new KafkaTransport(place, null);
  const failed: unknown = await transport
    .send("north", [event("a", 1), event("b", 2, "t")])
    .catch((error) => error);
  await transport.close();
  expect(failed).toBeInstanceOf(PartlySent);
  const why = expect.stringContaining("ECONNREFUSED") as string;
  expect(Object.fromEntries((failed as PartlySent).failed)).toEqual({ a: why, b: why });
});
