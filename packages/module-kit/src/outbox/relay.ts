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

  /** Keys are sent side by side, the events of a key one after another. */
  async run(tenantId: string): Promise<number | null> {
    const context = { tenantId, work: "background" } as const;
    const claims = await this.#database.tx(context, (tx) =>
      claimKeys(tx, MOST_KEYS, MOST_OF_KEY, this.#leaseSeconds),
    );
    await Promise.all(claims.map((claim) => this.#send(tenantId, claim)));
    return this.#database.read(context, nextEventSeconds);
  }

  async #send(tenantId: string, claim: Claim): Promise<void> {
    const context = { tenantId, work: "background" } as const;
    try {
      await this.#transport.send(tenantId, claim.events);
    } catch (error) {
      this.#events.inc({ outcome: "failed" }, claim.events.length);
      const message = error instanceof Error ? error.message : String(error);
      this.#log.warn({ err: error, tenantId, attempt: claim.attempt }, "events could not be sent");
      const afterSeconds = retryDelaySeconds(claim.attempt, Math.random());
      await this.#database.tx(context, (tx) => putBackKey(tx, claim, afterSeconds, message));
      return;
    }
    this.#events.inc({ outcome: "sent" }, claim.events.length);
    await this.#database.tx(context, (tx) => removeSent(tx, claim));
  }
}
