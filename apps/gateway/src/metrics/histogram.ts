// histogram.ts runs for every request: observing is a search through some fifteen numbers, and allocates nothing.
import { assert } from "@octavo/result";
import type { Family, Sample } from "./family.ts";
import { printNumber } from "./print-number.ts";
import { SeriesByLabels } from "./series-by-labels.ts";

/** How many values were at most as large as each bound. */
export class Histogram {
  readonly #bounds: readonly number[];
  /** For each bound those above the one before, and at the end those above all. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    let at = 0;
    while (at < this.#bounds.length && value > (this.#bounds[at] ?? 0)) at += 1;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
  }

  get sum(): number {
    return this.#sum;
  }

  /** Upper bound and count, cumulative; the last bound is infinite. */
  *buckets(): Generator<readonly [bound: number, count: number]> {
    let count = 0;
    for (const [at, ofBucket] of this.#counts.entries()) {
      count += ofBucket;
      yield [this.#bounds[at] ?? Number.POSITIVE_INFINITY, count];
    }
  }
}

export class HistogramFamily implements Family {
  readonly type = "histogram";
  readonly name: string;
  readonly help: string;
  readonly #series: SeriesByLabels<Histogram>;

  /** @param bounds upper ones, rising */
  constructor(name: string, help: string, labels: readonly string[], bounds: readonly number[]) {
    assert(
      bounds.every((bound, at) => at === 0 || bound > (bounds[at - 1] ?? 0)),
      "the bounds of a histogram rise",
    );
    this.name = name;
    this.help = help;
    this.#series = new SeriesByLabels(labels, () => new Histogram(bounds));
  }

  of(...values: readonly string[]): Histogram {
    return this.#series.of(...values);
  }

  *samples(): Generator<Sample> {
    for (const [labels, histogram] of this.#series.entries()) {
      let total = 0;
      for (const [bound, count] of histogram.buckets()) {
        yield { suffix: "_bucket", labels: { ...labels, le: printNumber(bound) }, value: count };
        total = count;
      }
      yield { suffix: "_sum", labels, value: histogram.sum };
      yield { suffix: "_count", labels, value: total };
    }
  }
}
