import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { cacheMetrics } from "./cache-metrics.ts";
import { defineCache } from "./define-cache.ts";

it("what caches hold and how they served is told each time, and not added up", async () => {
  const registry = new Registry();
  cacheMetrics(registry);
  const values = defineCache("measured", async (_tenant, key) => key, { ttlSeconds: 60, max: 10 });
  for (const key of ["a", "a", "b"]) await values.get("north", key);
  for (let scrape = 0; scrape < 2; scrape += 1) {
    const text = await registry.metrics();
    expect(text).toContain('octavo_cache_entries{cache="measured"} 2');
    expect(text).toContain('octavo_cache_reads_total{cache="measured",outcome="hit"} 1');
    expect(text).toContain('octavo_cache_reads_total{cache="measured",outcome="miss"} 2');
  }
});
