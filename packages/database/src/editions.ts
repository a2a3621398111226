import type { Place } from "./place.ts";

/** Which edition of its tables a place has, as far as this process has noticed: one more each time the server refused a prepared statement
 * because its result had changed its shape. Places of one edition share the names of prepared statements; most are at 0 for ever. */
export class Editions {
  readonly #editions = new Map<string, number>();

  of(place: Place): number {
    return this.#editions.get(keyOf(place)) ?? 0;
  }

  end(place: Place): void {
    this.#editions.set(keyOf(place), this.of(place) + 1);
  }
}

function keyOf({ cluster, database, schema }: Place): string {
  return `${cluster}/${database}/${schema}`;
}
