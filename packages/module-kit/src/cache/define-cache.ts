import { Cache, type CacheOptions, type CacheStatistics, type Loader } from "./cache.ts";

const defined: Cache<unknown>[] = [];
// Read once, when the kit is loaded: a suite that runs with it must have the same results.
const isOff = process.env["OCTAVO_CACHE"] === "off";

/** States what a module may keep in memory. `OCTAVO_CACHE=off` switches all of them off.
 *
 *     const rules = defineCache("circulation rules", (tenantId) => loadRules(tenantId), { ttlSeconds: 30, max: 500 });
 *     await rules.get(context.tenantId, "current");
 *
 * @throws Error where the time is longer than ten minutes, or there is no bound */
export function defineCache<Value>(name: string, load: Loader<Value>, options: CacheOptions): Cache<Value> {
  const cache = new Cache(name, load, options, { isOff: () => isOff, now: () => performance.now() });
  defined.push(cache);
  return cache;
}

/** Of all caches of this process. */
export function cacheStatistics(): readonly CacheStatistics[] {
  return defined.map(({ statistics }) => statistics);
}
