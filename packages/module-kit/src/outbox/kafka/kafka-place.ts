import type { Environment } from "../../run/environment.ts";

/** A Kafka cluster, and how a FOLIO system shares it. */
export interface KafkaPlace {
  /** "kafka:9092" */
  readonly brokers: readonly string[];
  /** First part of every topic's name: several systems may share a cluster. */
  readonly environment: string;
  /** Of topics that are made here; one that is there stays as it is. */
  readonly partitions: number;
  /** Null: as the cluster has it. */
  readonly replicas: number | null;
}

/** Reads the variables that FOLIO's modules have.
 * @returns null where events go to the feed */
export function kafkaPlaceOf(of: Environment): KafkaPlace | null {
  // The others are not even looked at: Kubernetes, too, sets a KAFKA_PORT, and means another thing by it.
  if (of.oneOf("OCTAVO_EVENTS", ["feed", "kafka"], "feed") === "feed") return null;
  const hosts = of.text("KAFKA_HOST")?.split(",") ?? [];
  const port = of.integer("KAFKA_PORT", 9092, { least: 1, most: 65_535 });
  const replicas = of.integer("REPLICATION_FACTOR", 0, { least: 0, most: 100 });
  const place = {
    brokers: hosts.map((host) => host.trim()).map((host) => (host.includes(":") ? host : `${host}:${port}`)),
    environment: of.text("ENV") ?? "folio",
    partitions: of.integer("KAFKA_DOMAIN_TOPIC_NUM_PARTITIONS", 50, { least: 1, most: 10_000 }),
    replicas: replicas === 0 ? null : replicas,
  };
  // Said aloud, so that nobody believes the wire to be closed.
  of.oneOf("KAFKA_SECURITY_PROTOCOL", ["PLAINTEXT"], "PLAINTEXT");
  if (hosts.length === 0) of.mistakes.push("OCTAVO_EVENTS=kafka: KAFKA_HOST is not set");
  if (!/^[\w.-]{1,100}$/u.test(place.environment)) {
    of.mistakes.push(`ENV must be letters, digits, ".", "_" or "-", not "${place.environment}"`);
  }
  return place;
}
