// counter.ts runs for every request: adding is one addition.
import type { Family, Sample } from "./family.ts";
import { SeriesByLabels } from "./series-by-labels.ts";

/** Grows, from 0 at the start of the process. */
export class Counter {
  value = 0;

  add(amount = 1): void {
    this.value += amount;
  }
}

export class CounterFamily implements Family {
  readonly type = "counter";
  readonly name: string;
  readonly help: string;
  readonly #series: SeriesByLabels<Counter>;

  constructor(name: string, help: string, labels: readonly string[] = []) {
    this.name = name;
    this.help = help;
    this.#series = new SeriesByLabels(labels, () => new Counter());
  }

  of(...values: readonly string[]): Counter {
    return this.#series.of(...values);
  }

  *samples(): Generator<Sample> {
    for (const [labels, { value }] of this.#series.entries()) yield { suffix: "", labels, value };
  }
}
