/** A timer of one connection that every request starts anew: refreshing costs a fraction of making and clearing one. Once
 * disarmed it may still run out, and then does nothing. */
export class RefreshedTimer {
  readonly #onEnd: () => void;
  #timer: NodeJS.Timeout | null = null;
  #ms = -1;
  #isArmed = false;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  arm(ms: number): void {
    this.#isArmed = true;
    if (this.#timer !== null && this.#ms === ms) {
      this.#timer.refresh();
      return;
    }
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#ms = ms;
    this.#timer = setTimeout(() => {
      if (!this.#isArmed) return;
      this.#isArmed = false;
      this.#onEnd();
    }, ms);
  }

  disarm(): void {
    this.#isArmed = false;
  }

  /** For good. */
  clear(): void {
    this.#isArmed = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
