import { describe, expect, it } from "vitest";
import { requestIdFor } from "./request-id.ts";

describe("a request's id", () => {
  it.each([
    ["/users/1?query=x", /^\d{6}\/users$/],
    ["/_/proxy/tenants", /^\d{6}\/proxy$/],
    ["/", /^\d{6}\/$/],
    ["*", /^\d{6}\/$/],
  ])("is six digits and the first segment, as Okapi's: %s", (path, form) => {
    expect(requestIdFor(path, null)).toMatch(form);
  });

  // Okapi: ProxyContext, which begins at the slash of the first segment and ends before the next one or a query.
  it.each([
    ["/", "/"],
    ["//a", "/"],
    ["/_/", "/"],
    ["/_", "/_"],
    ["/_x/a", "/_x"],
    ["/_/invoke/tenant/diku/users", "/invoke"],
    ["/_/proxy/tenants/diku/modules", "/proxy"],
    ["/perms/users/1/permissions", "/perms"],
    ["/a.b-c~d%20e", "/a.b-c~d%20e"],
  ])("has Okapi's segment of %s", (path, segment) => {
    expect(requestIdFor(path, null).slice(6)).toBe(segment);
    expect(requestIdFor(path, "919").replace(/\d{6}(?=\/)/, "")).toBe(`919;${segment}`);
  });

  it("goes behind the caller's own", () => {
    expect(requestIdFor("/users", "123456/circulation;654321/loans")).toMatch(
      /^123456\/circulation;654321\/loans;\d{6}\/users$/,
    );
  });

  it.each([
    ["empty", ""],
    ["with a space", "a b"],
    ["with a line break", "a\r\nSet-Cookie: b"],
    ["with markup", "<script>"],
    ["with quotes", 'a"b'],
    ["too long", "a".repeat(513)],
  ])("replaces one of the caller's that is %s", (_name, given) => {
    expect(requestIdFor("/users", given)).toMatch(/^\d{6}\/users$/);
  });

  it("stays short, however long the path", () => {
    expect(requestIdFor(`/${"a".repeat(8000)}`, null).length).toBeLessThan(80);
  });
});
