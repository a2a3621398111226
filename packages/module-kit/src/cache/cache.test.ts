import { beforeEach, describe, expect, it } from "vitest";
import { Cache, type CacheOptions, type Loader } from "./cache.ts";

let now: number;
let loaded: string[];
let isOff: boolean;
beforeEach(() => {
  now = 0;
  loaded = [];
  isOff = false;
});

const count: Loader<string> = async (tenantId, key) => {
  loaded.push(`${tenantId}/${key}`);
  return `${tenantId}/${key}#${loaded.length}`;
};
const cache = (load: Loader<string> = count, options: Partial<CacheOptions> = {}): Cache<string> =>
  new Cache("tested", load, { ttlSeconds: 10, max: 3, ...options }, { isOff: () => isOff, now: () => now });

describe("a cache", () => {
  it("keeps a value for its time, counted from when it was asked for", async () => {
    const values = cache();
    expect(await values.get("a", "x")).toBe("a/x#1");
    now = 9_999;
    expect(await values.get("a", "x")).toBe("a/x#1");
    now = 10_000;
    expect(await values.get("a", "x")).toBe("a/x#2");
    expect(values.statistics).toEqual({ name: "tested", entries: 1, hits: 1, misses: 2, failures: 0 });
  });

  it("loads once for many who ask at once", async () => {
    const values = cache();
    const asked = await Promise.all(Array.from({ length: 50 }, () => values.get("a", "x")));
    expect(new Set(asked)).toEqual(new Set(["a/x#1"]));
    expect(loaded).toEqual(["a/x"]);
  });

  it("keeps tenants apart, and forgets what it is told to", async () => {
    const values = cache();
    expect(await values.get("a", "x")).toBe("a/x#1");
    expect(await values.get("b", "x")).toBe("b/x#2");
    values.forget("a", "x");
    expect(await values.get("a", "x")).toBe("a/x#3");
    expect(await values.get("b", "x")).toBe("b/x#2");
  });

  it("lets go what was used longest ago", async () => {
    const values = cache();
    for (const key of ["1", "2", "3"]) await values.get("a", key);
    await values.get("a", "1");
    await values.get("a", "4");
    expect(values.statistics.entries).toBe(3);
    loaded = [];
    for (const key of ["1", "3", "4", "2"]) await values.get("a", key);
    expect(loaded).toEqual(["a/2"]);
  });

  it("does not keep what could not be loaded", async () => {
    let isBroken = true;
    const values = cache(async (tenantId, key) => {
      if (isBroken) throw new Error("away");
      return count(tenantId, key);
    });
    const asked = await Promise.allSettled([values.get("a", "x"), values.get("a", "x")]);
    expect(asked.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    isBroken = false;
    expect(await values.get("a", "x")).toBe("a/x#1");
    expect(values.statistics).toMatchObject({ entries: 1, failures: 1 });
  });

  it("keeps nothing when caches are off", async () => {
    isOff = true;
    const values = cache();
    expect([await values.get("a", "x"), await values.get("a", "x")]).toEqual(["a/x#1", "a/x#2"]);
    expect(values.statistics.entries).toBe(0);
  });

  it.each([{ ttlSeconds: 601 }, { ttlSeconds: 0 }, { max: 0 }, { max: Infinity }])(
    "is refused without a bound: %o",
    (options) => {
      expect(() => cache(count, options)).toThrow("cache tested");
    },
  );
});
