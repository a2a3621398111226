import { describe, expect, it } from "vitest";
import { AuthCache, type AuthDecision } from "./auth-cache.ts";
import { RoutePolicies } from "./route-policies.ts";
import type { TenantRoutes } from "./routes-of-snapshot.ts";

const decision: AuthDecision = { userId: "u", permissions: null, tokens: new Map([["_", "t"]]) };
const routesOf = (): TenantRoutes => ({
  table: {} as TenantRoutes["table"], // only its identity counts
  namesPermissionSets: false,
  policies: new RoutePolicies("diku"),
});

describe("what an auth filter said", () => {
  it("is remembered for three minutes", () => {
    const cache = new AuthCache();
    const routes = routesOf();
    cache.keep("key", routes, [], decision, 1000);
    expect(cache.find("key", routes, [], 180_999)).toBe(decision);
    expect(cache.find("key", routes, [], 181_000)).toBeNull();
    expect(cache.count).toBe(0);
  });

  it("ends when the tenant's modules change", () => {
    const cache = new AuthCache();
    cache.keep("key", routesOf(), [], decision, 0);
    expect(cache.find("key", routesOf(), [], 1)).toBeNull();
  });

  it("is not for another token", () => {
    const cache = new AuthCache();
    const routes = routesOf();
    cache.keep("key", routes, [], decision, 0);
    expect(cache.find("other", routes, [], 1)).toBeNull();
  });

  it("goes when it was not used for longest", () => {
    const cache = new AuthCache(2);
    const routes = routesOf();
    cache.keep("a", routes, [], decision, 0);
    cache.keep("b", routes, [], decision, 0);
    cache.find("a", routes, [], 1);
    cache.keep("c", routes, [], decision, 1);
    expect(["a", "b", "c"].map((key) => cache.find(key, routes, [], 2) !== null)).toEqual([
      true,
      false,
      true,
    ]);
  });
});
