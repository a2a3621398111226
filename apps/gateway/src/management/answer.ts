import type { HeaderList } from "@octavo/http-wire";
import type { Refusal, Reply } from "./handler.ts";

/** What goes on the wire: the one place where an outcome becomes a status and a form. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
  /** In place of a body. */
  readonly stream: NonNullable<Reply["stream"]> | null;
}

/** A new kind does not compile until somebody has chosen its status. The first four are Okapi's choices. */
const statusOf = {
  user: 400,
  "not-found": 404,
  forbidden: 403,
  internal: 500,
  unauthorized: 401,
  conflict: 409,
  gone: 410,
  "too-large": 413,
  "too-many": 429,
  "not-implemented": 501,
  unavailable: 503,
  "not-everywhere": 504,
} as const satisfies Record<Refusal["kind"], number>;

const titleOf = {
  user: "The request is not right",
  "not-found": "There is no such thing",
  forbidden: "The credential does not allow this",
  internal: "The gateway failed",
  unauthorized: "No valid credential",
  conflict: "It contradicts an earlier call",
  gone: "It is there no more",
  "too-large": "The body is too large",
  "too-many": "Too many at once",
  "not-implemented": "This is not available here",
  unavailable: "Not now",
  "not-everywhere": "Done, but not known everywhere",
} as const satisfies Record<Refusal["kind"], string>;

/** As Okapi: 200 without a body becomes 204. */
export function answerOf(reply: Reply): Answer {
  const isEmpty = reply.body === "" && reply.stream === undefined;
  const status = reply.status === 200 && isEmpty ? 204 : reply.status;
  const contentType = reply.contentType === null || status === 204 ? [] : ["Content-Type", reply.contentType];
  const body = status === 204 ? "" : reply.body;
  return { status, headers: [...contentType, ...reply.headers], body, stream: reply.stream ?? null };
}

/** Okapi's form is the bare sentence; RFC 9457's is for those who name it in Accept. */
export function refusalAnswer(refusal: Refusal, form: "text" | "problem", requestId: string): Answer {
  const status = statusOf[refusal.kind];
  const retryAfter = refusal.retryAfterSeconds ?? (refusal.kind === "unavailable" ? 1 : null);
  const headers = [
    ...(status === 401 ? ["WWW-Authenticate", 'Bearer realm="octavo"'] : []),
    ...(retryAfter === null ? [] : ["Retry-After", String(retryAfter)]),
  ];
  if (form === "text")
    return {
      status,
      headers: ["Content-Type", "text/plain", ...headers],
      body: refusal.message,
      stream: null,
    };
  const problem = {
    type: `urn:octavo:problem:${refusal.kind}`,
    title: titleOf[refusal.kind],
    status,
    detail: refusal.message,
    instance: requestId,
  };
  return {
    status,
    headers: ["Content-Type", "application/problem+json", ...headers],
    body: `${JSON.stringify(problem, null, 2)}\n`,
    stream: null,
  };
}

export function formFor(accept: string | null): "text" | "problem" {
  return accept !== null && /(?:^|,)\s*application\/problem\+json\s*(?:[;,]|$)/i.test(accept)
    ? "problem"
    : "text";
}
