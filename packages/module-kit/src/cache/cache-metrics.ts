import { Counter, Gauge, type Registry } from "prom-client";
import { cacheStatistics } from "./define-cache.ts";

/** What the caches of this process hold and how often they served, read when somebody looks. */
export function cacheMetrics(registry: Registry): void {
  const registers = [registry];
  const entries = new Gauge({
    name: "octavo_cache_entries",
    help: "Values in memory, by cache",
    labelNames: ["cache"],
    registers,
    collect: (): void => {
      for (const { name, entries: count } of cacheStatistics()) entries.set({ cache: name }, count);
    },
  });
  const reads = new Counter({
    name: "octavo_cache_reads_total",
    help: "Values that were asked for, by cache. outcome: hit, miss, or failure where a value could not be loaded",
    labelNames: ["cache", "outcome"],
    registers,
    collect: (): void => {
      reads.reset();
      for (const { name, hits, misses, failures } of cacheStatistics()) {
        reads.inc({ cache: name, outcome: "hit" }, hits);
        reads.inc({ cache: name, outcome: "miss" }, misses);
        reads.inc({ cache: name, outcome: "failure" }, failures);
      }
    },
  });
}
