import type { Admin, Producer } from "@platformatic/kafka";
import { needsNoTopic } from "./kafka-errors.ts";
import type { KafkaMessage } from "./kafka-messages.ts";
import type { KafkaPlace } from "./kafka-place.ts";

const CONNECT_MS = 5_000;
const ANSWER_MS = 10_000;
const RETRIES = 2;
const RETRY_AFTER_MS = 250;

/** The connections of one process to a cluster. */
export class KafkaClient {
  readonly #place: KafkaPlace;
  readonly #producer: Producer<string, string, string, string>;
  readonly #admin: Admin;
  readonly #topics = new Map<string, Promise<void>>();

  private constructor(place: KafkaPlace, producer: Producer<string, string, string, string>, admin: Admin) {
    this.#place = place;
    this.#producer = producer;
    this.#admin = admin;
  }

  /** Loads the library, which a process without Kafka never does. Connects when something is sent. */
  static async open(place: KafkaPlace): Promise<KafkaClient> {
    const { Admin, compatibilityPartitioner, Producer, stringSerializers } =
      await import("@platformatic/kafka");
    const options = {
      clientId: "octavo",
      bootstrapBrokers: [...place.brokers],
      connectTimeout: CONNECT_MS,
      timeout: ANSWER_MS,
      retries: RETRIES,
      retryDelay: RETRY_AFTER_MS,
    };
    const producer = new Producer({
      ...options,
      serializers: stringSerializers,
      // As Java's producers choose: who replaces one sends the events of a key where it has sent them.
      partitioner: compatibilityPartitioner,
    });
    return new KafkaClient(place, producer, new Admin(options));
  }

  /** Resolves when every replica that is in step has all of it.
   * @throws what the library throws: some of it may be there */
  async send(topic: string, messages: readonly KafkaMessage[]): Promise<void> {
    await this.#haveTopic(topic);
    const sent = messages.map(({ key, value, headers }) => ({ topic, key, value, headers: { ...headers } }));
    await this.#producer.send({ messages: sent, acks: -1 });
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#producer.close(true), this.#admin.close()]);
  }

  /** Once for each topic and process. A cluster that does not let us make topics has them already, or the sending says that it has not. */
  #haveTopic(topic: string): Promise<void> {
    const known = this.#topics.get(topic);
    if (known !== undefined) return known;
    const { partitions, replicas } = this.#place;
    const made = this.#admin
      .createTopics({ topics: [topic], partitions, replicas: replicas ?? -1 })
      .then(() => undefined)
      .catch((error: unknown) => {
        if (needsNoTopic(error)) return;
        this.#topics.delete(topic);
        throw error;
      });
    this.#topics.set(topic, made);
    return made;
  }
}
