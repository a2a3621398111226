import { assert } from "@octavo/result";
import type { Labels } from "./family.ts";

/** What keeps a gateway's memory, and Prometheus, safe from a label that turns out to have many values. */
const MOST_SERIES = 4000;
const OTHER = "other";

/** The series of one family by the values of its labels, each made when it is first asked for. Ask once and keep what you
 * get where a request is served: looking it up costs a string. */
export class SeriesByLabels<T> {
  readonly #names: readonly string[];
  readonly #make: () => T;
  readonly #series = new Map<string, { readonly labels: Labels; readonly series: T }>();

  constructor(names: readonly string[], make: () => T) {
    this.#names = names;
    this.#make = make;
  }

  /** @param values in the order of the names */
  of(...values: readonly string[]): T {
    assert(values.length === this.#names.length, "every label has a value");
    const known = this.#series.get(values.join("\n"));
    if (known !== undefined) return known.series;
    return this.#add(this.#series.size < MOST_SERIES ? values : values.map(() => OTHER));
  }

  *entries(): Generator<readonly [Labels, T]> {
    for (const { labels, series } of this.#series.values()) yield [labels, series];
  }

  #add(values: readonly string[]): T {
    const key = values.join("\n");
    const known = this.#series.get(key);
    if (known !== undefined) return known.series;
    const labels = Object.fromEntries(this.#names.map((name, at) => [name, values[at] ?? ""]));
    const series = this.#make();
    this.#series.set(key, { labels, series });
    return series;
  }
}
