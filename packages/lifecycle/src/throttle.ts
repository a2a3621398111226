import type { ProcessTime } from "@octavo/registry";

/** Runs `work` at most once in a while, and once more when it was wanted meanwhile: rows change many times a second while a job
 * runs. The first wish is met at once. */
export class Throttle {
  readonly #time: ProcessTime;
  readonly #everyMs: number;
  readonly #work: () => void;
  #stop: (() => void) | null = null;
  #isWanted = false;

  constructor(time: ProcessTime, everyMs: number, work: () => void) {
    this.#time = time;
    this.#everyMs = everyMs;
    this.#work = work;
  }

  want(): void {
    if (this.#stop !== null) {
      this.#isWanted = true;
      return;
    }
    this.#stop = this.#time.after(this.#everyMs, () => this.#again());
    this.#work();
  }

  stop(): void {
    this.#stop?.();
  }

  #again(): void {
    this.#stop = null;
    if (!this.#isWanted) return;
    this.#isWanted = false;
    this.want();
  }
}
