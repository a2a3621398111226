import { describe, expect, it } from "vitest";
import { type FailedCall, gatewayFailure } from "./gateway-failure.ts";

const call: FailedCall = {
  kind: "reset",
  moduleId: "mod-users-19.3.2",
  method: "GET",
  target: "/users?query=secret",
  wasSent: true,
  instance: { instanceId: "i-1", url: "http://10.0.0.7:8081" },
  attempts: 2,
  detail: "ECONNRESET: read ECONNRESET",
};

describe("a failure towards a module", () => {
  it.each([
    ["connect-refused", 502],
    ["connect-timeout", 504],
    ["no-such-host", 502],
    ["forbidden-address", 502],
    ["tls-failure", 502],
    ["reset", 502],
    ["first-byte-timeout", 504],
    ["body-timeout", 504],
    ["bad-answer", 502],
    ["no-instance", 503],
    ["overloaded", 503],
    ["deadline", 504],
  ] as const)("of kind %s has status %i, and Retry-After only with 503", (kind, status) => {
    const failure = gatewayFailure({ ...call, kind });
    expect(failure).toMatchObject({ kind, status, fault: "upstream", instanceId: "i-1", attempts: 2 });
    expect(failure.retryAfterSeconds).toBe(status === 503 ? 1 : null);
  });

  it("tells the caller module, cause, method and path, and neither host nor query", () => {
    expect(gatewayFailure(call).message).toBe(
      "proxyClient failure: mod-users-19.3.2: the module closed the connection without an answer: GET /users. " +
        "The request can be sent again",
    );
  });

  it("tells the log the URL and the system's word, in Okapi's form", () => {
    expect(gatewayFailure(call).detail).toBe(
      "proxyClient failure: mod-users-19.3.2 http://10.0.0.7:8081: ECONNRESET: read ECONNRESET: GET /users",
    );
  });

  it.each([
    ["GET", true, true],
    ["PUT", true, true],
    ["DELETE", true, true],
    ["POST", true, false],
    ["PATCH", true, false],
    ["POST", false, true],
  ])("of %s with bytes sent %s is safe to repeat: %s", (method, wasSent, isRetrySafe) => {
    const failure = gatewayFailure({ ...call, method, wasSent });
    expect(failure.isRetrySafe).toBe(isRetrySafe);
    expect(failure.message.endsWith("look before you send it again")).toBe(!isRetrySafe);
  });

  it("is the client's where the client has gone", () => {
    expect(gatewayFailure({ ...call, kind: "aborted" }).fault).toBe("client");
  });
});
