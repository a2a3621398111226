import { type ProcessTime, processTime } from "./process-time.ts";
import type { Clock } from "./registry.ts";

/** One time for all instances: what the database last said, and the monotonic time since. A wrong or jumping clock of this
 * machine changes nothing (docs/decisions: one clock). */
export class DatabaseClock implements Clock {
  readonly #time: ProcessTime;
  #databaseMs: number;
  #monotonicMs: number;

  constructor(databaseTime: Date, time: ProcessTime = processTime) {
    this.#time = time;
    this.#databaseMs = databaseTime.getTime();
    this.#monotonicMs = this.#time.now();
  }

  now(): number {
    return this.#databaseMs + (this.#time.now() - this.#monotonicMs);
  }

  /** Called as soon as the answer is there: we are behind by the way back, well under a poll's period. */
  set(databaseTime: Date): void {
    this.#databaseMs = databaseTime.getTime();
    this.#monotonicMs = this.#time.now();
  }
}
