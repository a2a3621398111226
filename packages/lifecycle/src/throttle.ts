/** Runs `work` at most once in a while, and once more when it was wanted meanwhile: rows change many times a second while a job
 * runs. The first wish is met at once. */
export class Throttle {
  readonly #everyMs: number;
  readonly #work: () => void;
  #timer: NodeJS.Timeout | null = null;
  #isWanted = false;

  constructor(everyMs: number, work: () => void) {
    this.#everyMs = everyMs;
    this.#work = work;
  }

  want(): void {
    if (this.#timer !== null) {
      this.#isWanted = true;
      return;
    }
    this.#timer = setTimeout(() => this.#again(), this.#everyMs);
    this.#timer.unref();
    this.#work();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #again(): void {
    this.#timer = null;
    if (!this.#isWanted) return;
    this.#isWanted = false;
    this.want();
  }
}
