import type { Event } from "../event.ts";
import { PartlySent, type Transport } from "../transport.ts";
import { KafkaClient } from "./kafka-client.ts";
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
    await Promise.all([...byTopic].map(([topic, parcels]) => this.#sendTopic(topic, parcels, failed)));
    if (failed.size > 0) throw new PartlySent(failed);
  }

  async close(): Promise<void> {
    await this.#abandon();
  }

  /** One parcel after another. Behind one that has failed no other goes: the events of a key would be in another order. */
  async #sendTopic(topic: string, parcels: readonly Parcel[], failed: Map<string, string>): Promise<void> {
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
        const why = await this.#sendMessages(topic, messages);
        if (why === null) continue;
        for (const { key } of parcels.slice(at).flatMap((each) => each.messages)) failed.set(key, why);
        return;
      }
    }
  }

  /** @returns why it may not have arrived; null: it has */
  async #sendMessages(topic: string, messages: readonly KafkaMessage[]): Promise<string | null> {
    const late = new AbortController();
    const deadline = setTimeout(() => late.abort(), LONGEST_MS);
    try {
      const client = await this.#open();
      await Promise.race([client.send(topic, messages), whenAborted(late.signal)]);
      return null;
    } catch (error) {
      // What is under way must not arrive after what others send in its place.
      if (late.signal.aborted) await this.#abandon();
      return reasonOf(error);
    } finally {
      clearTimeout(deadline);
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

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error(`no answer within ${LONGEST_MS} ms`)), {
      once: true,
    });
  });
}

/** The library's own sentence says only that it has failed; what lies below says why. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map(reasonOf))].join("; ");
  }
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${reasonOf(error.cause)}` : error.message;
}
