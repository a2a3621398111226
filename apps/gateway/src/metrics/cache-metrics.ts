import type { Family, Labels } from "./family.ts";
import { readAtScrape } from "./read-at-scrape.ts";

/** What a cache says of itself. */
export interface CountedCache {
  readonly count: number;
  readonly hits: number;
  readonly misses: number;
}

/** By what they hold: "token", "user", "module_token", "auth_filter". */
export type NamedCaches = Readonly<Record<string, CountedCache>>;

export function cacheFamilies(caches: NamedCaches): readonly Family[] {
  return [
    readAtScrape("counter", "octavo_cache_lookups_total", "Look-ups in a cache. result: hit or miss", () =>
      Object.entries(caches).flatMap(([cache, { hits, misses }]): (readonly [Labels, number])[] => [
        [{ cache, result: "hit" }, hits],
        [{ cache, result: "miss" }, misses],
      ]),
    ),
    readAtScrape("gauge", "octavo_cache_entries", "What a cache holds now", () =>
      Object.entries(caches).map(([cache, { count }]) => [{ cache }, count] as const),
    ),
  ];
}
