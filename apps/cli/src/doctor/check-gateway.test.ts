import type { Answer, Readiness } from "@octavo/client";
import { describe, expect, it } from "vitest";
import { judgePort, judgeReadiness } from "./check-gateway.ts";

const url = "http://127.0.0.1:9130";
const ready = (value: Readiness): Answer<Readiness> => ({
  ok: true,
  status: 200,
  value,
  text: "",
  location: null,
});
const refused = (
  kind: "refused" | "unreachable" | "malformed-answer",
  status: number | null,
): Answer<Readiness> => ({
  ok: false,
  kind,
  status,
  message: "draining",
  retryAfterSeconds: null,
});

describe("the doctor on a gateway", () => {
  it.each<[string, Answer<Readiness>, "ok" | "warn" | "fail"]>([
    ["is content with one that is ready", ready({ ready: true, revision: 3, database: "up" }), "ok"],
    [
      "is not with one that has lost its database",
      ready({ ready: true, revision: 3, database: "down" }),
      "fail",
    ],
    [
      "wonders at one that lacks a worker",
      ready({ ready: true, revision: 3, database: "up", workers: { wanted: 2, ready: 1 } }),
      "warn",
    ],
    [
      "is content with one that has all of them",
      ready({ ready: true, revision: 3, database: "up", workers: { wanted: 2, ready: 2 } }),
      "ok",
    ],
    ["is not with one that is not ready", ready({ ready: false, because: "no snapshot" }), "fail"],
    ["waits for one that starts or ends", refused("refused", 503), "warn"],
    ["is not with something else on its port", refused("malformed-answer", 200), "fail"],
    ["is not with another server's 404", refused("refused", 404), "fail"],
  ])("%s", (_, answer, verdict) => {
    expect(judgeReadiness(url, answer)?.verdict).toBe(verdict);
  });

  it("has nothing to say where nobody answers", () => {
    expect(judgeReadiness(url, refused("unreachable", null))).toBeNull();
  });
});

describe("the doctor on a port", () => {
  it.each([
    [null, "ok", "is free"],
    ["EADDRINUSE", "fail", "is taken by another program"],
    ["EACCES", "fail", "may not listen"],
    ["EADDRNOTAVAIL", "fail", "has no address"],
    ["ENOTFOUND", "fail", "has no address"],
    ["EWHATEVER", "fail", "EWHATEVER"],
  ])("%s is %s", (code, verdict, says) => {
    const finding = judgePort({ host: "127.0.0.1", port: 80 }, code);
    expect(finding.verdict).toBe(verdict);
    expect(finding.says).toContain(says);
  });
});
