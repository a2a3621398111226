import { assert } from "@octavo/result";

export interface CacheOptions {
  /** For how long a value may differ from what the loader would give; at most ten minutes. */
  readonly ttlSeconds: number;
  /** Values of all tenants together; those used longest ago go first. */
  readonly max: number;
}

export interface CacheStatistics {
  readonly name: string;
  readonly entries: number;
  readonly hits: number;
  readonly misses: number;
  readonly failures: number;
}

export type Loader<Value> = (tenantId: string, key: string) => Promise<Value>;

const LONGEST_TTL_SECONDS = 600;

interface Kept<Value> {
  readonly value: Promise<Value>;
  /** Infinity while it is loaded. */
  until: number;
}

/** What a process may keep in memory between requests: values that others load anew at most so many seconds later. A value is loaded once
 * however many ask at the same time; what could not be loaded is not kept. Nothing is shared between tenants. */
export class Cache<Value> {
  readonly name: string;
  readonly #load: Loader<Value>;
  readonly #options: CacheOptions;
  readonly #isOff: () => boolean;
  readonly #now: () => number;
  /** In the order of use. */
  readonly #kept = new Map<string, Kept<Value>>();
  #hits = 0;
  #misses = 0;
  #failures = 0;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(
    name: string,
    load: Loader<Value>,
    options: CacheOptions,
    { isOff, now }: { readonly isOff: () => boolean; readonly now: () => number },
  ) {
    const { ttlSeconds, max } = options;
    assert(
      ttlSeconds > 0 && ttlSeconds <= LONGEST_TTL_SECONDS,
      `cache ${name}: a value is kept for at most ten minutes`,
    );
    assert(Number.isInteger(max) && max > 0, `cache ${name}: has a bound of values`);
    this.name = name;
    this.#load = load;
    this.#options = options;
    this.#isOff = isOff;
    this.#now = now;
  }

  /** @throws what the loader throws */
  async get(tenantId: string, key: string): Promise<Value> {
    if (this.#isOff()) return this.#load(tenantId, key);
    const name = nameOf(tenantId, key);
    const known = this.#kept.get(name);
    if (known !== undefined && known.until > this.#now()) {
      this.#hits += 1;
      this.#keep(name, known);
      return known.value;
    }
    this.#misses += 1;
    return this.#loadInto(name, tenantId, key);
  }

  /** Forgets what this process has just changed. Other processes have it until it runs out. */
  forget(tenantId: string, key: string): void {
    this.#kept.delete(nameOf(tenantId, key));
  }

  get statistics(): CacheStatistics {
    const { name } = this;
    return {
      name,
      entries: this.#kept.size,
      hits: this.#hits,
      misses: this.#misses,
      failures: this.#failures,
    };
  }

  #loadInto(name: string, tenantId: string, key: string): Promise<Value> {
    // The time of a value counts from when it was asked for: it may be as old as that.
    const until = this.#now() + this.#options.ttlSeconds * 1000;
    const kept: Kept<Value> = { value: this.#load(tenantId, key), until: Infinity };
    this.#keep(name, kept);
    void this.#settle(name, kept, until);
    return kept.value;
  }

  async #settle(name: string, kept: Kept<Value>, until: number): Promise<void> {
    try {
      await kept.value;
      kept.until = until;
    } catch {
      // Whoever asked is told.
      this.#failures += 1;
      if (this.#kept.get(name) === kept) this.#kept.delete(name);
    }
  }

  #keep(name: string, kept: Kept<Value>): void {
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    if (this.#kept.size <= this.#options.max) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }
}

function nameOf(tenantId: string, key: string): string {
  return `${tenantId}/${key}`; // a tenant's id has no slash
}
