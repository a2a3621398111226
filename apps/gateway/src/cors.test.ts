import { checkHead, headerOf } from "@octavo/http-wire";
import { describe, expect, it } from "vitest";
import { corsFor, type CorsPolicy } from "./cors.ts";

const closed: CorsPolicy = { origins: [], reflectsAll: false };
const one: CorsPolicy = { origins: ["https://library.example"], reflectsAll: false };
const open: CorsPolicy = { origins: [], reflectsAll: true };

function answerTo(policy: CorsPolicy, origin: string | null, isPreflight = false) {
  const checked = checkHead({
    method: isPreflight ? "OPTIONS" : "GET",
    target: "/_/proxy/tenants",
    version: "1.1",
    rawHeaders: [
      "Host",
      "gw.example",
      ...(origin === null ? [] : ["Origin", origin]),
      ...(isPreflight ? ["Access-Control-Request-Method", "POST"] : []),
    ],
    framing: { kind: "none" },
    remoteAddress: "",
  });
  if (!checked.ok) throw new Error(checked.error.message);
  return corsFor(checked.value, policy);
}

describe("a browser's page", () => {
  it.each([
    ["by default", closed, "https://evil.example"],
    ["from an origin that is not listed", one, "https://evil.example"],
    ["from a listed host without TLS", one, "http://library.example"],
    ["from a listed host with another port", one, "https://library.example:8443"],
    ["from a host that ends like a listed one", one, "https://evil-library.example"],
    ["from a host that begins like a listed one", one, "https://library.example.evil.example"],
    ["from a file or a sandbox", one, "null"],
    ["that is none: no origin", open, null],
  ] as const)("is told nothing %s, not even at a preflight", (_name, policy, origin) => {
    for (const isPreflight of [false, true]) {
      const { kind, headers } = answerTo(policy, origin, isPreflight);
      expect(kind).toBe("headers");
      expect(headers.filter((part) => part.startsWith("Access-Control"))).toEqual([]);
    }
  });

  it.each([
    ["from a listed origin", one, "https://library.example"],
    ["from anywhere in open mode, as Okapi does", open, "https://anywhere.example"],
  ] as const)("may call with credentials %s", (_name, policy, origin) => {
    const { headers } = answerTo(policy, origin);
    expect(headerOf(headers, "access-control-allow-origin")).toBe(origin);
    expect(headerOf(headers, "access-control-allow-credentials")).toBe("true");
    expect(headerOf(headers, "access-control-expose-headers")).toMatch(
      /^Location,X-Okapi-Trace,X-Okapi-Token,Authorization,X-Okapi-Request-Id/,
    );
    expect(headerOf(headers, "vary")).toBe("Origin");
  });

  it("is answered a preflight with Okapi's lists", () => {
    const { kind, headers } = answerTo(open, "https://anywhere.example", true);
    expect(kind).toBe("preflight");
    expect(headerOf(headers, "access-control-allow-methods")).toBe("PUT,PATCH,DELETE,GET,POST");
    expect(headerOf(headers, "access-control-allow-headers")).toContain("X-Okapi-Tenant,X-Okapi-Token");
    expect(headerOf(headers, "access-control-max-age")).toBe("7200");
  });
});
