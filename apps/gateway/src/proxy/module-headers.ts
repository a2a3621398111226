// module-headers.ts runs for every request: one pass over the flat list, no closure, no spread.
import type { Route } from "@octavo/routing";
import { addTraceContext, readTraceContext } from "../tracing/trace-context.ts";
import type { ModuleRequest } from "./module-request.ts";

/** The head of a request as a module gets it: what the client sent, without what concerns the gateway only, and with what
 * the gateway says of the request. Names are written as Okapi writes them.
 * @see okapi-eureka.md 2.5 */
export function moduleHeaders(request: ModuleRequest, url: string): string[] {
  const { headers } = request.head;
  const made: string[] = [];
  let isTraced = false;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at];
    const value = headers[at + 1];
    if (name === undefined || value === undefined || isRebuilt(name)) continue;
    if (isTraceHeader(name)) isTraced = true;
    else made.push(name, value);
  }
  made.push(
    "X-Okapi-Url",
    url,
    "X-Okapi-Tenant",
    request.tenant.id,
    "X-Okapi-Request-Id",
    request.requestId,
    "X-Okapi-request-ip",
    request.head.remoteAddress,
    "X-Okapi-request-timestamp",
    String(request.receivedAt),
    "X-Okapi-request-method",
    request.head.method,
  );
  if (isTraced || request.exchange.trace !== null) passTrace(made, request);
  return made;
}

/** With spans of ours the module's are below them; without, it is told what we were told, unless that is malformed: then it
 * begins a trace of its own. */
function passTrace(made: string[], { head, exchange }: ModuleRequest): void {
  const context = exchange.trace ?? readTraceContext(head.headers);
  if (context === null) return;
  exchange.traceId = context.traceId;
  addTraceContext(made, context);
}

function isTraceHeader(name: string): boolean {
  if (name.length === 11) return name.toLowerCase() === "traceparent";
  return name.length === 10 && name.toLowerCase() === "tracestate";
}

/** What is known once the caller is: a handler without filters gets all of it at once. */
export function addIdentity(
  made: string[],
  route: Route,
  token: string | null,
  userId: string | null,
  permissions: string | null,
): string[] {
  if (token !== null && token !== "") made.push("X-Okapi-Token", token);
  if (userId !== null) made.push("X-Okapi-User-Id", userId);
  if (permissions !== null) made.push("X-Okapi-Permissions", permissions);
  if (route.entry.pathPattern !== null) made.push("X-Okapi-Match-Path-Pattern", route.entry.pathPattern);
  return made;
}

/** Headers that are never passed on as they came: each is written anew, or belongs to one connection. The gate has let
 * through just these of Okapi's; Authorization becomes X-Okapi-Token; cookies stay. */
function isRebuilt(name: string): boolean {
  switch (name.length) {
    case 4:
      return name.toLowerCase() === "host";
    case 13: {
      const lower = name.toLowerCase();
      return lower === "authorization" || lower === "x-okapi-token";
    }
    case 14:
      return name.toLowerCase() === "x-okapi-tenant";
    case 17:
      return name.toLowerCase() === "x-okapi-module-id";
    case 18:
      return name.toLowerCase() === "x-okapi-request-id";
    case 24:
      return name.toLowerCase() === "x-okapi-additional-token";
    default:
      return false;
  }
}
