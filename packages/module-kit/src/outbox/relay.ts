import type { ModuleDatabase } from "@octavo/database";
import { Counter } from "prom-client";
import type { Log } from "../definition/log.ts";
import type { RunningModule } from "../definition/part.ts";
import { retryDelaySeconds } from "../jobs/retry-delay.ts";
import type { Errand } from "../visits/errand.ts";
import { type Claim, claimKeys, nextEventSeconds, putBackKey, removeSent } from "./relay-rows.ts";
import type { Transport } from "./transport.ts";

export const OUTBOX = "outbox";

const MOST_KEYS = 20;
/** Of a transport that takes many in one call: a batch of records is about as many instances. */
const MOST_KEYS_AT_ONCE = 500;
const MOST_OF_KEY = 100;

/** Sends what tenants have published. No transaction is open while it sends: a slow receiver costs no connection. */
export class Relay implements Errand {
  readonly name = OUTBOX;
  readonly #database: ModuleDatabase;
  readonly #transport: Transport;
  readonly #leaseSeconds: number;
  readonly #log: Log;
  readonly #events: Counter<"outcome">;

  constructor(
    { database, log, metrics }: Pick<RunningModule, "database" | "log" | "metrics">,
    transport: Transport,
    leaseSeconds: number,
  ) {
    this.#database = database;
    this.#transport = transport;
    this.#leaseSeconds = leaseSeconds;
    this.#log = log;
    this.#events = new Counter({
      name: "octavo_events_total",
      help: "Events that were sent, or could not be and wait",
      labelNames: ["outcome"],
      registers: [metrics],
    });
  }

  free(): number {
    return 1;
  }

  /** Keys are sent side by side, or together where the transport takes them so; the events of a key one after another. */
  async run(tenantId: string): Promise<number | null> {
    const context = { tenantId, work: "background" } as const;
    const isTogether = this.#transport.takesManyKeys === true;
    const mostKeys = isTogether ? MOST_KEYS_AT_ONCE : MOST_KEYS;
    const claims = await this.#database.tx(context, (tx) =>
      claimKeys(tx, mostKeys, MOST_OF_KEY, this.#leaseSeconds),
    );
    const calls = isTogether && claims.length > 0 ? [claims] : claims.map((claim) => [claim]);
    await Promise.all(calls.map((together) => this.#send(tenantId, together)));
    return this.#database.read(context, nextEventSeconds);
  }

  async #send(tenantId: string, claims: readonly Claim[]): Promise<void> {
    const context = { tenantId, work: "background" } as const;
    const events = claims.flatMap((claim) => claim.events);
    try {
      await this.#transport.send(tenantId, events);
    } catch (error) {
      this.#events.inc({ outcome: "failed" }, events.length);
      const message = error instanceof Error ? error.message : String(error);
      const attempt = Math.max(...claims.map((claim) => claim.attempt));
      this.#log.warn({ err: error, tenantId, attempt }, "events could not be sent");
      await this.#database.tx(context, async (tx) => {
        for (const claim of claims)
          await putBackKey(tx, claim, retryDelaySeconds(claim.attempt, Math.random()), message);
      });
      return;
    }
    this.#events.inc({ outcome: "sent" }, events.length);
    await this.#database.tx(context, (tx) => removeSent(tx, events));
  }
}
