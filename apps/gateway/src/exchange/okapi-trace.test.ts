import { describe, expect, it } from "vitest";
import { okapiTrace } from "./okapi-trace.ts";

describe("a line of X-Okapi-Trace is Okapi's", () => {
  const call = { method: "GET", moduleId: "m-1.0.0", status: 204, ms: 3.7486 };
  it.each([
    ["http://localhost:9231/testb", "GET m-1.0.0 http://localhost:9231/testb : 204 3748us"],
    ["http://a/b?query=name=c", "GET m-1.0.0 http://a/b.. : 204 3748us"],
    ["http://a/b#c", "GET m-1.0.0 http://a/b.. : 204 3748us"],
    ["/_/proxy/modules?full=true", "GET m-1.0.0 /_/proxy/modules.. : 204 3748us"],
  ])("%s", (url, line) => {
    expect(okapiTrace({ ...call, url })).toBe(line);
  });
});
