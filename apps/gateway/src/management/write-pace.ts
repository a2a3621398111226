/** Calls that were held longer than this would be given up by their clients. */
const LONGEST_WAIT_MS = 5000;
/** What may come at once: what two seconds allow. */
const BURST_SECONDS = 2;

/** How fast one instance takes management writes: a bucket of tokens that fills at a steady rate. Every write becomes a row
 * that every instance applies, so that one client in a loop must not keep all of them busy. Who comes too fast is held for
 * a while first: Okapi's clients send one call after the other and know no "too many", so that they are slowed down and do
 * not fail. Only a crowd is refused. */
export class WritePace {
  readonly #perSecond: number;
  readonly #now: () => number;
  /** Below 0: so many calls wait. */
  #tokens: number;
  #filledAt: number;

  /** @param perSecond 0: as fast as they come
   * @param now monotonic, in milliseconds */
  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#now = now;
    this.#tokens = perSecond * BURST_SECONDS;
    this.#filledAt = now();
  }

  /** @returns how long this call is to wait, in milliseconds; null where it is refused */
  take(): number | null {
    if (this.#perSecond === 0) return 0;
    const now = this.#now();
    const filled = this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#perSecond * BURST_SECONDS, filled);
    this.#filledAt = now;
    const waitMs = Math.max(0, ((1 - this.#tokens) / this.#perSecond) * 1000);
    if (waitMs > LONGEST_WAIT_MS) return null;
    this.#tokens -= 1;
    return waitMs;
  }
}
