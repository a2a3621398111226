import type { ArmedTimer } from "./armed-group.ts";

/** How many calls of timers run at once. A module that hangs fills its own places: neither a tenant's other timers nor other
 * modules wait for it. */
export interface FireLimits {
  readonly perModuleOfTenant: number;
  readonly perTenant: number;
  readonly perModule: number;
  readonly inAll: number;
}

export const defaultFireLimits: FireLimits = {
  perModuleOfTenant: 4,
  perTenant: 16,
  perModule: 32,
  inAll: 256,
};

/** The calls that are under way in this process, counted for the limits. */
export class RunningFires {
  readonly #limits: FireLimits;
  readonly #counts = new Map<string, number>();
  readonly #running = new Map<string, { readonly group: number; readonly keys: readonly string[] }>();

  constructor(limits: FireLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#running.size;
  }

  has(name: string): boolean {
    return this.#running.has(name);
  }

  isIn(group: number): boolean {
    for (const running of this.#running.values()) if (running.group === group) return true;
    return false;
  }

  /** @returns whether there was a place */
  begin({ name, tenantId, timer, group }: ArmedTimer): boolean {
    if (this.#running.has(name) || this.#running.size >= this.#limits.inAll) return false;
    const { product } = timer.module;
    const places = [
      [`${tenantId} ${product}`, this.#limits.perModuleOfTenant],
      [`tenant ${tenantId}`, this.#limits.perTenant],
      [`module ${product}`, this.#limits.perModule],
    ] as const;
    for (const [key, limit] of places) if ((this.#counts.get(key) ?? 0) >= limit) return false;
    const keys = places.map(([key]) => key);
    for (const key of keys) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    this.#running.set(name, { group, keys });
    return true;
  }

  end(name: string): void {
    const keys = this.#running.get(name)?.keys ?? [];
    this.#running.delete(name);
    for (const key of keys) {
      const left = (this.#counts.get(key) ?? 1) - 1;
      if (left === 0) this.#counts.delete(key);
      else this.#counts.set(key, left);
    }
  }
}
