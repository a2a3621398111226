import { setTimeout as delay } from "node:timers/promises";
import type { Place, Provisioner, Statement, Transaction } from "@octavo/database";
import { giveLeaseBack, type Lease, LeaseLost, renewLease } from "../ledger/lease.ts";
import type { MigrationEvent, MigratorOptions } from "../migrator.ts";
import { isLockRefusal } from "./sql-state.ts";
import { StepStop } from "./step-stop.ts";

/** Attempts to get a lock of 2 s each, over about two minutes with the pauses between them. */
const LOCK_ATTEMPTS = 25;
const LONGEST_PAUSE_MS = 4000;

/** What a lease is taken for. */
export interface Errand {
  /** Of the release whose steps are run; "" where none are. */
  readonly version: string;
  readonly signal: AbortSignal | null;
  /** What an operator does after a pause goes on through it. */
  readonly heedsPause: boolean;
}

/** One schema under a lease: each transaction renews it first, so that a late one writes nothing. */
export class LeasedPlace {
  readonly place: Place;
  readonly lease: Lease;
  readonly version: string;
  readonly #provisioner: Provisioner;
  readonly #options: MigratorOptions;
  readonly #signal: AbortSignal | null;
  readonly #heedsPause: boolean;
  #isPaused = false;

  constructor(options: MigratorOptions, place: Place, lease: Lease, { version, signal, heedsPause }: Errand) {
    this.#options = options;
    this.#provisioner = options.provisioner;
    this.#signal = signal;
    this.#heedsPause = heedsPause;
    this.place = place;
    this.lease = lease;
    this.version = version;
  }

  tx<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#provisioner.tx(this.place, async (tx) => {
      this.#isPaused = (await renewLease(tx, this.lease)).isPaused;
      return work(tx);
    });
  }

  /** Ends here where an operator or the process wants it to: between two transactions, never within one. An operator's word is heard with
   * the next transaction. */
  mayGoOn(stepId: string | null): void {
    if (this.#signal?.aborted === true)
      throw new StepStop({ kind: "stopped", stepId, message: "this process stops; any instance goes on" });
    if (this.#isPaused && this.#heedsPause)
      throw new StepStop({
        kind: "paused",
        stepId,
        message: "paused by an operator; `resume` lets it go on",
      });
  }

  /** One statement outside of a transaction, however long it takes. */
  async long(statement: Statement): Promise<void> {
    const ended = new AbortController();
    const renewed = this.#keepRenewing(ended.signal);
    try {
      await this.#provisioner.run(this.place, statement);
    } finally {
      ended.abort();
      await renewed;
    }
  }

  /** Waits and keeps the lease. */
  async pause(stepId: string, ms: number): Promise<void> {
    const slice = this.lease.leaseMs / 3;
    for (let left = ms; left > 0; left -= slice) {
      await delay(Math.min(left, slice), null, this.#signal === null ? {} : { signal: this.#signal }).catch(
        () => null,
      );
      if (left > slice) await this.tx(() => Promise.resolve());
      this.mayGoOn(stepId);
    }
  }

  /** Tries again what did not get a lock in time: others are never kept waiting for longer than that time. */
  async withoutQueue<T>(stepId: string, work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      this.mayGoOn(stepId);
      try {
        return await work();
      } catch (error) {
        if (!isLockRefusal(error)) throw error;
        if (attempt >= LOCK_ATTEMPTS) {
          const message = `Step "${stepId}" did not get its lock in ${LOCK_ATTEMPTS} attempts of 2 s; end the long transactions on its tables and ask again.`;
          throw new StepStop({ kind: "locked", stepId, message });
        }
        this.tell({ stepId, what: "wait" });
        const longest = Math.min(100 * 2 ** attempt, LONGEST_PAUSE_MS);
        await this.pause(stepId, longest * (0.5 + (this.#options.random ?? Math.random)() / 2));
      }
    }
  }

  /** Before the next batch: as long as the module says. */
  async throttle(stepId: string): Promise<void> {
    const ms = (await this.#options.throttle?.(this.place)) ?? 0;
    if (ms > 0) await this.pause(stepId, ms);
  }

  tell(event: Omit<MigrationEvent, "place">): void {
    this.#options.onEvent?.({ place: this.place, ...event });
  }

  get batchRows(): number {
    return this.#options.batchRows ?? 500;
  }

  makeTrash(): Promise<string> {
    return this.#provisioner.trashFor(this.place);
  }

  giveBack(): Promise<void> {
    return this.#provisioner.tx(this.place, (tx) => giveLeaseBack(tx, this.lease));
  }

  /** A renewal that fails tells nobody: the next transaction finds out whether the lease is still ours. */
  async #keepRenewing(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      await delay(this.lease.leaseMs / 3, null, { signal: ended }).catch(() => null);
      if (ended.aborted) return;
      try {
        await this.#provisioner.tx(this.place, (tx) => renewLease(tx, this.lease));
      } catch (error) {
        if (error instanceof LeaseLost) return;
      }
    }
  }
}
