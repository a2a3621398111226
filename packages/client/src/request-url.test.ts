import { describe, expect, it } from "vitest";
import type { CallInput } from "./call.ts";
import { requestUrl } from "./request-url.ts";

const path = "/_/proxy/tenants/{tenantId}/modules/{moduleId}";

describe("the URL of a call", () => {
  it("has every parameter as one segment, whatever is in it", () => {
    expect(textOf("http://host:1", path, parameters("a/b?c#d", "ü %2F"))).toBe(
      "http://host:1/_/proxy/tenants/a%2Fb%3Fc%23d/modules/%C3%BC%20%252F",
    );
  });

  it("keeps a path that the server is reached under", () => {
    expect(textOf("http://host/okapi/", "/_/version", {})).toBe("http://host/okapi/_/version");
  });

  it("has the query parameters that were given", () => {
    const query = { full: true, latest: 2, filter: "mod-a&b", scope: undefined };
    expect(textOf("http://host", "/_/proxy/modules", { query })).toBe(
      "http://host/_/proxy/modules?full=true&latest=2&filter=mod-a%26b",
    );
  });

  it.each([[""], ["."], [".."], ["\ud800"]])(
    "is refused where a parameter is %j, which would make another path",
    (moduleId) => {
      expect(textOf("http://host", path, parameters("north", moduleId))).toBe(
        `moduleId must be a text that is not empty, "." or "..", not ${JSON.stringify(moduleId)}`,
      );
    },
  );

  it.each([[""], ["localhost:9130"], ["ftp://host"], ["http://"], ["http://a b"]])(
    "is refused for the server %j",
    (base) => {
      expect(textOf(base, "/_/version", {})).toBe(
        `the server must be a URL such as http://127.0.0.1:9130, not ${JSON.stringify(base)}`,
      );
    },
  );
});

function parameters(tenantId: string, moduleId: string): CallInput & Record<"tenantId" | "moduleId", string> {
  return { tenantId, moduleId };
}

function textOf(base: string, path: string, input: CallInput): string {
  const url = requestUrl(base, path, input);
  return url instanceof URL ? url.href : url.because;
}
