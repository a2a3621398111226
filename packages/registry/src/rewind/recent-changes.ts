import type { StoredChange } from "../read-log.ts";

/** How many changes an instance remembers: what a failover loses is seconds, at most minutes of them. */
export const REMEMBERED = 1000;

/** The last changes that were applied here, oldest first, without a gap. */
export class RecentChanges {
  #changes: readonly StoredChange[];

  constructor(changes: readonly StoredChange[]) {
    this.#changes = changes.slice(-REMEMBERED);
  }

  get all(): readonly StoredChange[] {
    return this.#changes;
  }

  /** What follows on the last. */
  add(changes: readonly StoredChange[]): void {
    this.#changes = [...this.#changes, ...changes].slice(-REMEMBERED);
  }

  /** The state was read anew: this is how its log ends. */
  replace(changes: readonly StoredChange[]): void {
    this.#changes = changes.slice(-REMEMBERED);
  }
}
