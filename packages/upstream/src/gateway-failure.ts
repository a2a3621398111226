import type { UpstreamFailure } from "@octavo/http-wire";
import { isIdempotent } from "./decide-retry.ts";
import { tlsReason } from "./tls-reason.ts";

/** Why a request has no answer of a module. Okapi answers 500 for all of these; we say which, and whether to repeat. */
export interface GatewayFailure {
  readonly status: 502 | 503 | 504;
  readonly kind: FailureKind;
  readonly fault: "client" | "upstream";
  /** False only where it is certain that no byte of the request has left. */
  readonly wasSent: boolean;
  /** Nothing was done, or doing it twice does no harm. */
  readonly isRetrySafe: boolean;
  /** For the Retry-After header. */
  readonly retryAfterSeconds: number | null;
  /** For the caller. Begins as Okapi's, and names no host (reliability 6, row 25). */
  readonly message: string;
  /** For the log. */
  readonly detail: string;
  /** The instance that was asked last; null where none was. */
  readonly instanceId: string | null;
  /** Requests that were begun for this: 0, 1 or 2. */
  readonly attempts: number;
}

export type FailureKind = UpstreamFailure["kind"] | "no-instance" | "overloaded" | "deadline";

export interface FailedCall {
  readonly kind: FailureKind;
  readonly moduleId: string;
  readonly method: string;
  readonly target: string;
  /** Whether a byte of the request may have left. */
  readonly wasSent: boolean;
  readonly instance: { readonly instanceId: string; readonly url: string } | null;
  readonly attempts: number;
  readonly detail: string;
}

const statusOf = {
  "connect-refused": 502,
  "connect-timeout": 504,
  "no-such-host": 502,
  "forbidden-address": 502,
  "tls-failure": 502,
  reset: 502,
  "first-byte-timeout": 504,
  "body-timeout": 504,
  "bad-answer": 502,
  aborted: 502, // nobody is there to read it
  "no-instance": 503,
  overloaded: 503,
  deadline: 504,
} satisfies Record<FailureKind, GatewayFailure["status"]>;

const causeOf = {
  "connect-refused": "the module takes no connection",
  "connect-timeout": "the module did not take the connection in time",
  "no-such-host": "the module's address is not known",
  "forbidden-address": "the module's address is this gateway's own, or one that no module may have",
  "tls-failure": "no secure connection to the module",
  reset: "the module closed the connection without an answer",
  "first-byte-timeout": "the module did not answer in time",
  "body-timeout": "the module stopped taking the request's body",
  "bad-answer": "the module's answer is not valid HTTP/1.1",
  aborted: "the client has gone",
  "no-instance": "no instance of the module is known to run",
  overloaded: "the module has as many requests as it can take",
  deadline: "the deadline of the request has passed",
} satisfies Record<FailureKind, string>;

/** Okapi's text is "proxyClient failure: <module> <url>: <cause>: <METHOD> <uri>"; ours leaves out the URL and the query, and adds
 * what the caller may do. */
export function gatewayFailure(call: FailedCall): GatewayFailure {
  const { kind, moduleId, method, instance, attempts } = call;
  const path = call.target.split("?", 1)[0] ?? "";
  const reason = kind === "tls-failure" ? tlsReason(call.detail) : null;
  const cause = reason === null ? causeOf[kind] : `${causeOf[kind]} (${reason})`;
  const isRetrySafe = !call.wasSent || isIdempotent(method);
  const remedy = isRetrySafe
    ? "The request can be sent again"
    : "The request may have been carried out: look before you send it again";
  return {
    status: statusOf[kind],
    kind,
    wasSent: call.wasSent,
    fault: kind === "aborted" ? "client" : "upstream",
    isRetrySafe,
    retryAfterSeconds: statusOf[kind] === 503 ? 1 : null,
    message: `proxyClient failure: ${moduleId}: ${cause}: ${method} ${path}. ${remedy}`,
    detail: `proxyClient failure: ${moduleId} ${instance?.url ?? "-"}: ${call.detail}: ${method} ${path}`,
    instanceId: instance?.instanceId ?? null,
    attempts,
  };
}
