import type { ModuleDatabase, Transaction } from "@octavo/database";
import type { Errand } from "./errand.ts";

/** Removes some of what has had its time: at most `SWEEP_BATCH` rows, those that nobody has locked.
 * @returns how many */
export type Sweep = (tx: Transaction) => Promise<number>;

export const SWEEP_BATCH = 500;
export const SWEEP = "sweep";

/** Goes to each tenant once in ten minutes: removes what has run out, in small transactions, and sees to it that nothing waits whose wake
 * was lost. */
export class Sweeper implements Errand {
  readonly name = SWEEP;
  readonly #database: ModuleDatabase;
  readonly #everySeconds: number;
  readonly #wakeAll: (tenantId: string) => void;
  readonly #sweeps = new Set<Sweep>();

  constructor(database: ModuleDatabase, everySeconds: number, wakeAll: (tenantId: string) => void) {
    this.#database = database;
    this.#everySeconds = everySeconds;
    this.#wakeAll = wakeAll;
  }

  add(sweep: Sweep): void {
    this.#sweeps.add(sweep);
  }

  free(): number {
    return 1;
  }

  async run(tenantId: string): Promise<number> {
    for (const sweep of this.#sweeps) {
      for (;;) {
        const removed = await this.#database.tx({ tenantId, work: "background" }, sweep);
        if (removed < SWEEP_BATCH) break;
      }
    }
    this.#wakeAll(tenantId);
    return this.#everySeconds;
  }
}
