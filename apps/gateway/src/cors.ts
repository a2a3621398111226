import { type CheckedHead, type HeaderList, headerOf } from "@octavo/http-wire";

/** What a browser is told. Empty lists are the closed default: without them it lets no foreign page read an answer. */
export type Cors =
  | { readonly kind: "preflight"; readonly headers: HeaderList }
  | { readonly kind: "headers"; readonly headers: HeaderList };

export interface CorsPolicy {
  /** Exactly as browsers send them. */
  readonly origins: readonly string[];
  /** Every origin is told yes, as Okapi does: open mode. */
  readonly reflectsAll: boolean;
}

// Okapi's lists, in its order, with ours behind.
const methods = "PUT,PATCH,DELETE,GET,POST";
const requestHeaders = [
  "content-type",
  "X-Okapi-Tenant",
  "X-Okapi-Token",
  "Authorization",
  "X-Okapi-Request-Id",
  "X-Okapi-Module-Id",
  "Credentials",
  "Idempotency-Key",
].join(",");
const exposedHeaders = [
  "Location",
  "X-Okapi-Trace",
  "X-Okapi-Token",
  "Authorization",
  "X-Okapi-Request-Id",
  "X-Okapi-Module-Id",
  "Credentials",
  "X-Octavo-Revision",
  "X-Octavo-Request-Id",
  "Retry-After",
].join(",");
const MAX_AGE_SECONDS = "7200";

export function corsFor(head: CheckedHead, policy: CorsPolicy): Cors {
  const origin = headerOf(head.headers, "origin");
  const vary = policy.reflectsAll || policy.origins.length > 0 ? ["Vary", "Origin"] : [];
  if (origin === null || !(policy.reflectsAll || policy.origins.includes(origin))) {
    return { kind: "headers", headers: vary };
  }
  const allowed = [
    ...vary,
    "Access-Control-Allow-Origin",
    origin,
    "Access-Control-Allow-Credentials",
    "true",
  ];
  if (head.method !== "OPTIONS" || headerOf(head.headers, "access-control-request-method") === null) {
    return { kind: "headers", headers: [...allowed, "Access-Control-Expose-Headers", exposedHeaders] };
  }
  return {
    kind: "preflight",
    headers: [
      ...allowed,
      "Access-Control-Allow-Methods",
      methods,
      "Access-Control-Allow-Headers",
      requestHeaders,
      "Access-Control-Max-Age",
      MAX_AGE_SECONDS,
    ],
  };
}
