/** A map being changed: the base is copied when first touched, and stays as it was. */
export class DraftMap<V> {
  readonly #base: ReadonlyMap<string, V>;
  #copy: Map<string, V> | null = null;

  constructor(base: ReadonlyMap<string, V>) {
    this.#base = base;
  }

  get(key: string): V | undefined {
    return (this.#copy ?? this.#base).get(key);
  }

  set(key: string, value: V): void {
    this.#copy ??= new Map(this.#base);
    this.#copy.set(key, value);
  }

  /** @returns whether there was one */
  delete(key: string): boolean {
    if (this.get(key) === undefined) return false;
    this.#copy ??= new Map(this.#base);
    return this.#copy.delete(key);
  }

  /** The base itself where nothing was touched. */
  finish(): ReadonlyMap<string, V> {
    return this.#copy === null ? this.#base : orderedByKey(this.#copy);
  }
}

/** By key (UTF-16 code units), so that iteration does not tell in which order things became known. */
export function orderedByKey<V>(map: ReadonlyMap<string, V>): ReadonlyMap<string, V> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
