import type { UpstreamFailure } from "@octavo/http-wire";
import type { UpstreamLimits } from "./limits.ts";

/** On a 503 with Retry-After: the module has not begun with this request. Our module kit says so when it drains. */
export const NOT_PROCESSED_HEADER = "X-Octavo-Not-Processed";

/** How a first attempt ended. A second one is never followed by a third. */
export type FirstAttempt =
  | { readonly kind: "failed"; readonly failure: Pick<UpstreamFailure, "kind" | "wasSent" | "wasReused"> }
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly hasRetryAfter: boolean;
      readonly isNotProcessed: boolean;
    };

export interface Repeatability {
  readonly method: string;
  /** The request has an Idempotency-Key and its route is declared safe to repeat. */
  readonly hasIdempotencyKey: boolean;
  /** What is left to send again of the body. */
  readonly body: "whole" | "too-large" | "touched";
}

/** "elsewhere": at another instance or not at all. "anywhere": rather at another one. */
export type RetryDecision = "no" | "elsewhere" | "anywhere";

/** The table of reliability 4.3, row by row. An answer that was forwarded is never here: it has left. */
export function decideRetry(first: FirstAttempt, request: Repeatability): RetryDecision {
  if (request.body === "touched") return "no";
  if (first.kind === "answered") return request.body === "whole" ? afterAnswer(first, request) : "no";
  const { kind, wasSent, wasReused } = first.failure;
  if (kind === "aborted") return "no";
  // Nothing has left: the body is as it was, however large.
  if (!wasSent) return "elsewhere";
  if (request.body === "too-large") return "no";
  switch (kind) {
    case "reset":
      return wasReused && (isIdempotent(request.method) || request.hasIdempotencyKey) ? "anywhere" : "no";
    case "first-byte-timeout":
    case "body-timeout":
      return isSafe(request.method) ? "anywhere" : "no";
    default:
      return "no";
  }
}

function afterAnswer(
  { status, hasRetryAfter, isNotProcessed }: Extract<FirstAttempt, { kind: "answered" }>,
  { method }: Repeatability,
): RetryDecision {
  if (status !== 503 || !hasRetryAfter) return "no";
  return isIdempotent(method) || isNotProcessed ? "elsewhere" : "no";
}

/** Retries are few against the requests in flight, so that a module in need is not given more of it. An attempt of which
 * nothing has left does not count: it was no work for the module, and while an instance is being replaced all requests to
 * it fail so at once. */
export function isWithinBudget(
  retriesInFlight: number,
  requestsInFlight: number,
  { budgetShare, budgetMinimum }: UpstreamLimits["retry"],
): boolean {
  return retriesInFlight < requestsInFlight * budgetShare + budgetMinimum;
}

function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}

export function isIdempotent(method: string): boolean {
  return isSafe(method) || method === "PUT" || method === "DELETE";
}
