import type { Event } from "../event.ts";
import { PartlySent, type Transport } from "../transport.ts";
import { KafkaClient } from "./kafka-client.ts";
import { reasonOf } from "./kafka-errors.ts";
import { isTooLarge, type KafkaMessage, messageOf, type Parcel, parcelsByTopic } from "./kafka-messages.ts";
import type { KafkaPlace } from "./kafka-place.ts";

/** Within the minute after which others send the same. */
const LONGEST_MS = 30_000;

/** Events as records of Kafka's topics, where FOLIO's modules read them. The outbox forgets an event when all replicas that are in step have it; until then
 * it waits there, however long the cluster is away. */
export class KafkaTransport implements Transport {
  readonly takesManyKeys = true;
  readonly #place: KafkaPlace;
  readonly #gatewayUrl: string | null;
  #client: Promise<KafkaClient> | null = null;

  /** @param gatewayUrl where consumers are told to ask more; null: nowhere */
  constructor(place: KafkaPlace, gatewayUrl: string | null) {
    this.#place = place;
    this.#gatewayUrl = gatewayUrl;
  }

  async send(tenantId: string, events: readonly Event[]): Promise<void> {
    const { environment } = this.#place;
    const origin = { environment, tenantId, gatewayUrl: this.#gatewayUrl };
    const byTopic = parcelsByTopic(events.map((event) => messageOf(event, origin)));
    const failed = new Map<string, string>();
    const end = AbortSignal.timeout(LONGEST_MS);
    const late = whenAborted(end);
    const topics = [...byTopic].map(([topic, parcels]) => this.#sendTopic(topic, parcels, failed, late));
    await Promise.all(topics);
    // What is under way must not arrive after what others send in its place.
    if (end.aborted) await this.#abandon();
    if (failed.size > 0) throw new PartlySent(failed);
  }

  async close(): Promise<void> {
    await this.#abandon();
  }

  /** One parcel after another. Behind one that has failed no other goes: the events of a key would be in another order. */
  async #sendTopic(
    topic: string,
    parcels: readonly Parcel[],
    failed: Map<string, string>,
    late: Promise<never>,
  ): Promise<void> {
    const stuck = new Set<string>();
    for (const [at, parcel] of parcels.entries()) {
      const messages = parcel.messages.filter(({ key }) => !stuck.has(key));
      if (isTooLarge(parcel)) {
        const why = `an event for ${topic} has ${parcel.bytes} bytes, more than Kafka takes`;
        for (const { key } of messages) {
          stuck.add(key);
          failed.set(key, why);
        }
      } else if (messages.length > 0) {
        const why = await this.#sendMessages(topic, messages, late);
        if (why === null) continue;
        for (const { key } of parcels.slice(at).flatMap((each) => each.messages)) failed.set(key, why);
        return;
      }
    }
  }

  /** @returns why it may not have arrived; null: it has */
  async #sendMessages(
    topic: string,
    messages: readonly KafkaMessage[],
    late: Promise<never>,
  ): Promise<string | null> {
    try {
      const sent = this.#open().then((client) => client.send(topic, messages));
      await Promise.race([sent, late]);
      return null;
    } catch (error) {
      return reasonOf(error);
    }
  }

  #open(): Promise<KafkaClient> {
    this.#client ??= KafkaClient.open(this.#place).catch((error: unknown) => {
      this.#client = null;
      throw error;
    });
    return this.#client;
  }

  async #abandon(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await (await client)?.close();
  }
}

/** Rejects at the end of the time; nobody need wait for it. */
function whenAborted(signal: AbortSignal): Promise<never> {
  const late = new Promise<never>((_, reject) => {
    const tooLate = (): void => reject(new Error(`no answer within ${LONGEST_MS} ms`));
    signal.addEventListener("abort", tooLate, { once: true });
  });
  late.catch(() => undefined);
  return late;
}
