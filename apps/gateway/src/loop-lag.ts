const TICK_MS = 100;
/** So that a probe that comes just after a stall still hears of it. */
const REMEMBERED_TICKS = 10;

/** How late the event loop was, at worst, in the last second. */
export class LoopLag {
  readonly #late: number[] = [];
  readonly #timer: NodeJS.Timeout;
  #due = performance.now() + TICK_MS;

  constructor() {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  get worstMs(): number {
    // The tick that is due now counts as well: it has not come because the loop is busy with us.
    return Math.max(0, performance.now() - this.#due, ...this.#late);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = performance.now();
    this.#late.push(Math.max(0, now - this.#due));
    if (this.#late.length > REMEMBERED_TICKS) this.#late.shift();
    this.#due = now + TICK_MS;
  }
}
