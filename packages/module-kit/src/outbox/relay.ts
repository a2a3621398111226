import type { ModuleDatabase } from "@octavo/database";
import { Counter } from "prom-client";
import type { Log } from "../definition/log.ts";
import type { RunningModule } from "../definition/part.ts";
import { retryDelaySeconds } from "../jobs/retry-delay.ts";
import type { Errand } from "../visits/errand.ts";
import { type Claim, claimKeys, nextEventSeconds, putBackKey, removeSent } from "./relay-rows.ts";
import { PartlySent, type Transport } from "./transport.ts";

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
    const failed = await this.#failedOf(tenantId, claims);
    const arrived = claims.filter(({ key }) => !failed.has(key)).flatMap(({ events }) => events);
    const stuck = claims.filter(({ key }) => failed.has(key));
    this.#events.inc({ outcome: "sent" }, arrived.length);
    this.#events.inc({ outcome: "failed" }, stuck.flatMap(({ events }) => events).length);
    await this.#database.tx({ tenantId, work: "background" }, async (tx) => {
      if (arrived.length > 0) await removeSent(tx, arrived);
      for (const claim of stuck) {
        const seconds = retryDelaySeconds(claim.attempt, Math.random());
        await putBackKey(tx, claim, seconds, failed.get(claim.key) ?? "");
      }
    });
  }

  /** Hands events to the transport.
   * @returns why, for each key that has to be sent again */
  async #failedOf(tenantId: string, claims: readonly Claim[]): Promise<ReadonlyMap<string, string>> {
    try {
      const events = claims.flatMap((claim) => claim.events);
      await this.#transport.send(tenantId, events);
      return new Map();
    } catch (error) {
      const attempt = Math.max(...claims.map((claim) => claim.attempt));
      this.#log.warn({ err: error, tenantId, attempt }, "events could not be sent");
      if (error instanceof PartlySent) return error.failed;
      const message = error instanceof Error ? error.message : String(error);
      return new Map(claims.map(({ key }) => [key, message]));
    }
  }
}
