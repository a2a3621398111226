import { describe, expect, it } from "vitest";
import { isPublic, shippedPublicRoutes } from "./public-routes.ts";

const none: ReadonlySet<string> = new Set();
const lists = { descriptors: none, operator: none };

describe("a route that needs no token", () => {
  it("is one that is shipped, each once and with its reason", () => {
    for (const { method, pathPattern, reason } of shippedPublicRoutes) {
      expect(isPublic(method, pathPattern, lists)).toBe(true);
      expect(reason).toMatch(/^[a-z].{5,}/);
    }
    const lines = shippedPublicRoutes.map(({ method, pathPattern }) => `${method} ${pathPattern}`);
    expect(new Set(lines).size).toBe(lines.length);
  });

  it("may be one of a module's or the operator's list", () => {
    const listed = new Set(["GET /sru"]);
    expect(isPublic("GET", "/sru", { ...lists, descriptors: listed })).toBe(true);
    expect(isPublic("GET", "/sru", { ...lists, operator: listed })).toBe(true);
  });

  it.each([
    ["GET", "/authn/login"],
    ["*", "/authn/login"],
    ["post", "/authn/login"],
    ["POST", "/authn/login/"],
    ["POST", "/authn/*"],
    ["POST", "/authn/logout-all"],
    ["POST", "/authn/update"],
    ["POST", "/token/invalidate-all"],
    ["POST", "/token/sign"],
    ["GET", "/saml/validate"],
    ["POST", "/bl-users/password-reset/reset"],
    ["GET", "/sru"],
    ["POST", "/graphql"],
    ["DELETE", "/inventory/instances/{id}/mark-deleted"],
  ])("is not %s %s", (method, pathPattern) => {
    expect(isPublic(method, pathPattern, lists)).toBe(false);
  });
});
