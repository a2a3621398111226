import { setImmediate as nextTurn } from "node:timers/promises";

/** Long work in slices: `await breather.rest()` where `isDue` lets requests be served between. */
export class Breather {
  readonly #sliceMs: number;
  #startedAt = performance.now();

  constructor(sliceMs: number) {
    this.#sliceMs = sliceMs;
  }

  get isDue(): boolean {
    return performance.now() - this.#startedAt >= this.#sliceMs;
  }

  async rest(): Promise<void> {
    await nextTurn();
    this.#startedAt = performance.now();
  }
}
