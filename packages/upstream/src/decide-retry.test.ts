import { describe, expect, it } from "vitest";
import {
  decideRetry,
  type FirstAttempt,
  isWithinBudget,
  type Repeatability,
  type RetryDecision,
} from "./decide-retry.ts";

type Failed = Extract<FirstAttempt, { kind: "failed" }>["failure"];

const failed = (kind: Failed["kind"], wasSent: boolean, wasReused: boolean): FirstAttempt => ({
  kind: "failed",
  failure: { kind, wasSent, wasReused },
});
const answered = (status: number, hasRetryAfter: boolean, isNotProcessed = false): FirstAttempt => ({
  kind: "answered",
  status,
  hasRetryAfter,
  isNotProcessed,
});
const request = (method: string, more: Partial<Repeatability> = {}): Repeatability => ({
  method,
  hasIdempotencyKey: false,
  body: "whole",
  ...more,
});

/** The columns of the table of reliability 4.3. */
const columns = [
  ["GET", "HEAD", "OPTIONS"],
  ["PUT", "DELETE"],
  ["POST", "PATCH", "QUERY", "LOCK", "TRACE"],
] as const;

type Row = readonly [name: string, first: FirstAttempt, ...decisions: readonly RetryDecision[]];

const rows: readonly Row[] = [
  ["connection refused", failed("connect-refused", false, false), "elsewhere", "elsewhere", "elsewhere"],
  ["connection too slow", failed("connect-timeout", false, false), "elsewhere", "elsewhere", "elsewhere"],
  ["no such host", failed("no-such-host", false, false), "elsewhere", "elsewhere", "elsewhere"],
  ["forbidden address", failed("forbidden-address", false, false), "elsewhere", "elsewhere", "elsewhere"],
  ["TLS failure", failed("tls-failure", false, false), "elsewhere", "elsewhere", "elsewhere"],
  ["kept connection reset, no byte", failed("reset", true, true), "anywhere", "anywhere", "no"],
  ["new connection reset", failed("reset", true, false), "no", "no", "no"],
  ["no first byte in time", failed("first-byte-timeout", true, false), "anywhere", "no", "no"],
  [
    "no first byte in time, kept connection",
    failed("first-byte-timeout", true, true),
    "anywhere",
    "no",
    "no",
  ],
  ["body not taken in time", failed("body-timeout", true, false), "anywhere", "no", "no"],
  ["no HTTP", failed("bad-answer", true, true), "no", "no", "no"],
  ["given up, sent", failed("aborted", true, true), "no", "no", "no"],
  ["given up, not sent", failed("aborted", false, false), "no", "no", "no"],
  ["503 with Retry-After", answered(503, true), "elsewhere", "elsewhere", "no"],
  ["503 with Retry-After, not processed", answered(503, true, true), "elsewhere", "elsewhere", "elsewhere"],
  ["503 without Retry-After", answered(503, false), "no", "no", "no"],
  ["503 not processed, without Retry-After", answered(503, false, true), "no", "no", "no"],
  ["500", answered(500, true), "no", "no", "no"],
  ["502", answered(502, true), "no", "no", "no"],
  ["504", answered(504, true), "no", "no", "no"],
  ["429", answered(429, true), "no", "no", "no"],
  ["200", answered(200, true, true), "no", "no", "no"],
];

const cases = rows.flatMap(([name, first, ...decisions]) =>
  columns.flatMap((methods, column) =>
    methods.map((method) => ({ name, first, method, decision: decisions[column] ?? "no" })),
  ),
);

describe("a request is repeated", () => {
  it.each(cases)("$method after $name: $decision", ({ first, method, decision }) => {
    expect(decideRetry(first, request(method))).toBe(decision);
  });

  it.each(cases)("never when its body was touched: $method after $name", ({ first, method }) => {
    expect(decideRetry(first, request(method, { body: "touched" }))).toBe("no");
  });

  it.each(cases)("with a large buffered body only where nothing had left: $method after $name", (each) => {
    const { first, method, decision } = each;
    const hadLeft = first.kind === "answered" || first.failure.wasSent;
    expect(decideRetry(first, request(method, { body: "too-large" }))).toBe(hadLeft ? "no" : decision);
  });

  it.each(cases)(
    "with an Idempotency-Key also after a reset: $method after $name",
    ({ first, method, decision }) => {
      const isReset = first.kind === "failed" && first.failure.kind === "reset" && first.failure.wasReused;
      expect(decideRetry(first, request(method, { hasIdempotencyKey: true }))).toBe(
        isReset ? "anywhere" : decision,
      );
    },
  );
});

describe("the budget of retries", () => {
  const budget = { budgetShare: 0.1, budgetMinimum: 3, replayBytes: 0 };
  it.each([
    [0, 1, true],
    [2, 1, true],
    [3, 1, true],
    [4, 1, false],
    [12, 100, true],
    [13, 100, false],
  ])("with %i retries among %i requests allows another: %s", (retries, requests, isAllowed) => {
    expect(isWithinBudget(retries, requests, budget)).toBe(isAllowed);
  });
});
