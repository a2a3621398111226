import type { ModuleDatabase } from "@octavo/database";
import type { Log } from "../definition/log.ts";
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

  constructor(database: ModuleDatabase, transport: Transport, leaseSeconds: number, log: Log) {
    this.#database = database;
    this.#transport = transport;
    this.#leaseSeconds = leaseSeconds;
    this.#log = log;
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
      const message = error instanceof Error ? error.message : String(error);
      this.#log.warn({ err: error, tenantId, attempt: claim.attempt }, "events could not be sent");
      const afterSeconds = retryDelaySeconds(claim.attempt, Math.random());
      await this.#database.tx(context, (tx) => putBackKey(tx, claim, afterSeconds, message));
      return;
    }
    await this.#database.tx(context, (tx) => removeSent(tx, claim));
  }
}
