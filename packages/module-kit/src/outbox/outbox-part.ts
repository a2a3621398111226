import type { Transaction } from "@octavo/database";
import { assert } from "@octavo/result";
import type { ModulePart, RunningModule, Stop } from "../definition/part.ts";
import { backlogMetrics } from "./backlog-metrics.ts";
import { type Visits, visitsOf } from "../visits/visits-of.ts";
import { consumedSteps, feedSteps, outboxSteps } from "./outbox-steps.ts";
import { FeedTransport, sweepFeed } from "./feed.ts";
import { KafkaTransport } from "./kafka/kafka-transport.ts";
import { sweepConsumed } from "./consume-once.ts";
import { insertEvents, type NewEvent } from "./publish.ts";
import { OUTBOX, Relay } from "./relay.ts";
import type { Transport } from "./transport.ts";

const LEASE_SECONDS = 60;

export interface OutboxOptions {
  /** Without it what OCTAVO_EVENTS says: the feed, a table in the tenant's schema, or Kafka. */
  readonly transport?: (running: RunningModule) => Transport;
}

/** Events of a module: published within transactions, sent after them.
 *
 *     const events = outbox();
 *     defineModule({ ..., parts: [events] });
 *     await db.tx(async (tx) => { ...; await events.publish(tx, { type: "tags.created", key: tag.id, payload: tag }); }); */
export function outbox({ transport }: OutboxOptions = {}): Outbox {
  return new Outbox(transport ?? null);
}

export class Outbox implements ModulePart {
  readonly name = "outbox";
  readonly steps: NonNullable<ModulePart["steps"]>;
  readonly #transport: OutboxOptions["transport"] | null;
  readonly #visits = new Set<Visits>();

  constructor(transport: OutboxOptions["transport"] | null) {
    this.#transport = transport;
    this.steps = transport === null ? [...outboxSteps, ...feedSteps] : outboxSteps;
  }

  readonly start = (running: RunningModule): Stop => {
    const visits = visitsOf(running);
    const transport = this.#transport?.(running) ?? processTransport(running);
    const errand = new Relay(running, transport, LEASE_SECONDS);
    backlogMetrics(running);
    this.#visits.add(visits);
    const leave = visits.join({ errand, sweeps: this.#transport === null ? [sweepFeed] : [] });
    return async () => {
      this.#visits.delete(visits);
      await leave();
      await transport.close?.();
    };
  };

  /** @returns the ids of the events */
  async publish(tx: Transaction, ...events: readonly NewEvent[]): Promise<readonly string[]> {
    const { tenantId } = tx;
    assert(tenantId !== null, "an event is published in a tenant's transaction");
    const ids = await insertEvents(tx, events);
    tx.afterCommit(() => {
      for (const visits of this.#visits) visits.wake(tenantId, OUTBOX, 0);
    });
    return ids;
  }
}

/** Where events of this process go, whatever module they are of. */
function processTransport({ database, kafka, gatewayUrl }: RunningModule): Transport {
  return kafka === null ? new FeedTransport(database) : new KafkaTransport(kafka, gatewayUrl);
}

/** Brings the table of `consumeOnce`. */
export function consumers(): ModulePart {
  return {
    name: "consumers",
    steps: consumedSteps,
    start: (running) => visitsOf(running).join({ sweeps: [sweepConsumed] }),
  };
}
