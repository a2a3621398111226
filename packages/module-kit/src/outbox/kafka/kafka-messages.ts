import type { Event } from "../event.ts";

/** A record of a topic. */
export interface KafkaMessage {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What one call to the cluster carries. */
export interface Parcel {
  readonly messages: readonly KafkaMessage[];
  readonly bytes: number;
}

/** Brokers refuse more than 1,048,588 bytes for one partition unless they are told otherwise; a record has some besides its texts. */
const MOST_BYTES = 900_000;
const BESIDES_BYTES = 100;

export interface Origin {
  /** ENV */
  readonly environment: string;
  readonly tenantId: string;
  readonly gatewayUrl: string | null;
}

/** As mod-inventory-storage sends it: the topic is `{ENV}.{tenant}.{type}`, and the headers say whose it is and where to ask more. The event's id is ours:
 * an event may come twice, and is the same by that. */
export function messageOf(event: Event, { environment, tenantId, gatewayUrl }: Origin): KafkaMessage {
  return {
    topic: `${environment}.${tenantId}.${event.type}`,
    key: event.key,
    value: JSON.stringify(event.payload),
    headers: {
      ...event.headers,
      "x-okapi-tenant": tenantId,
      ...(gatewayUrl !== null && { "x-okapi-url": gatewayUrl }),
      "octavo-event-id": event.id,
    },
  };
}

/** What each topic is sent, in order; nothing of a parcel that would be too large for a broker. */
export function parcelsByTopic(messages: readonly KafkaMessage[]): ReadonlyMap<string, readonly Parcel[]> {
  const byTopic = Map.groupBy(messages, ({ topic }) => topic);
  return new Map([...byTopic].map(([topic, all]) => [topic, parcelsOf(all)]));
}

export function isTooLarge({ messages, bytes }: Parcel): boolean {
  return messages.length === 1 && bytes > MOST_BYTES;
}

function parcelsOf(messages: readonly KafkaMessage[]): readonly Parcel[] {
  const parcels: { messages: KafkaMessage[]; bytes: number }[] = [];
  for (const message of messages) {
    const bytes = bytesOf(message);
    const last = parcels.at(-1);
    if (last === undefined || last.bytes + bytes > MOST_BYTES) parcels.push({ messages: [message], bytes });
    else {
      last.messages.push(message);
      last.bytes += bytes;
    }
  }
  return parcels;
}

function bytesOf({ key, value, headers }: KafkaMessage): number {
  const texts = [key, value, ...Object.entries(headers).flat()];
  return BESIDES_BYTES + texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
}
