import { setImmediate as nextTurn } from "node:timers/promises";
import { SeededRandom } from "./seeded-random.ts";

/** What follows in one go from an event goes on in turns of the event loop without a wait (a long piece of work that rests
 * between slices): so many turns, and it stands still again. */
const TURNS = 3;

/** Virtual time in one thread. Events run one by one in the order of their times; between two of them everything that
 * follows without waiting has run. Whatever is by chance comes from the seed, so the same seed is the same run. */
export class Scheduler {
  readonly random: SeededRandom;
  readonly #events = new EventHeap();
  #nowMs = 0;
  #count = 0;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many events have run. */
  get count(): number {
    return this.#count;
  }

  /** @returns how to take it back */
  after(ms: number, work: () => void): () => void {
    const event: SimulatedEvent = { atMs: this.#nowMs + Math.max(0, ms), order: 0, work };
    this.#events.push(event);
    return () => {
      event.work = null;
    };
  }

  /** Runs what is due until then, or until `isOver`. */
  async runUntil(ms: number, isOver: () => boolean = () => false): Promise<void> {
    for (;;) {
      const event = this.#events.peek();
      if (event === undefined || event.atMs > ms || isOver()) break;
      this.#events.pop();
      if (event.work === null) continue;
      this.#nowMs = event.atMs;
      this.#count += 1;
      event.work();
      for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
    }
    if (!isOver()) this.#nowMs = Math.max(this.#nowMs, ms);
  }
}

interface SimulatedEvent {
  readonly atMs: number;
  /** Of two at the same time the one that was planned first comes first. */
  order: number;
  work: (() => void) | null;
}

/** A binary heap by time. */
class EventHeap {
  readonly #events: SimulatedEvent[] = [];
  #pushed = 0;

  peek(): SimulatedEvent | undefined {
    return this.#events[0];
  }

  push(event: SimulatedEvent): void {
    event.order = this.#pushed++;
    const events = this.#events;
    let at = events.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): void {
    const events = this.#events;
    const last = events.pop();
    if (last === undefined || events.length === 0) return;
    events[0] = last;
    for (let at = 0; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < events.length && this.#isBefore(child, least)) least = child;
      }
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #isBefore(left: number, right: number): boolean {
    const [a, b] = [this.#events[left], this.#events[right]];
    if (a === undefined || b === undefined) return false;
    return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
  }

  #swap(left: number, right: number): void {
    const [a, b] = [this.#events[left], this.#events[right]];
    if (a === undefined || b === undefined) return;
    this.#events[left] = b;
    this.#events[right] = a;
  }
}
