import type { Scheduler } from "./scheduler.ts";

/** The way from one process to the server. What is sent while it is cut arrives when it is healed, in order, as TCP does it
 * for who waits long enough. */
export class NetworkLink {
  readonly #scheduler: Scheduler;
  readonly #held: (() => void)[] = [];
  #isCut = false;
  /** One way, at most. */
  slowestMs = 2;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** A line of its own: what is sent on it arrives in order. */
  createLine(): (deliver: () => void) => void {
    let lastAtMs = 0;
    const send = (deliver: () => void): void => {
      if (this.#isCut) {
        this.#held.push(() => send(deliver));
        return;
      }
      const arrivesAtMs = this.#scheduler.nowMs + this.#scheduler.random.between(0.05, this.slowestMs);
      lastAtMs = Math.max(lastAtMs, arrivesAtMs);
      this.#scheduler.after(lastAtMs - this.#scheduler.nowMs, () => {
        if (this.#isCut) this.#held.push(() => send(deliver));
        else deliver();
      });
    };
    return send;
  }

  cut(): void {
    this.#isCut = true;
  }

  heal(): void {
    this.#isCut = false;
    for (const send of this.#held.splice(0)) send();
  }
}
