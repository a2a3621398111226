// answer-headers.ts runs for every request: one pass over the flat list.
import type { HeaderList } from "@octavo/http-wire";
import type { ModuleRequest } from "./module-request.ts";
import { addTraceLines } from "./refuse.ts";

/** What of an answer's head the client gets. Never passed on: what is between the gateway and an auth filter; the token that
 * the module itself was given; whatever bears our name; and CORS headers, which are the gateway's to say unless the
 * handler has delegateCORS.
 * @param tokens that the module or the client knows already: a new one (a sign-in) is passed on */
export function answerHeaders(
  headers: HeaderList,
  request: Pick<ModuleRequest, "token" | "exchange" | "requestId" | "corsHeaders" | "delegatesCors">,
  moduleToken: string | null,
): string[] {
  const made: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at];
    const value = headers[at + 1];
    if (name === undefined || value === undefined) continue;
    if (!mayConcernGateway(name) || isForClient(name.toLowerCase(), value, request, moduleToken)) {
      made.push(name, value);
    }
  }
  for (const each of request.corsHeaders) made.push(each);
  made.push("X-Octavo-Request-Id", request.requestId);
  const { traceLines } = request.exchange;
  if (traceLines !== null) addTraceLines(made, traceLines);
  return made;
}

/** X-Okapi-..., X-Octavo-..., Access-Control-...: by the first letter, as most headers begin with another. */
function mayConcernGateway(name: string): boolean {
  const first = name[0];
  return first === "x" || first === "X" || first === "a" || first === "A";
}

/** @param lower the name, in lower case */
function isForClient(
  lower: string,
  value: string,
  request: Pick<ModuleRequest, "token" | "delegatesCors">,
  moduleToken: string | null,
): boolean {
  if (lower.startsWith("x-octavo-")) return false;
  if (lower.startsWith("x-okapi-")) {
    if (isBetweenGatewayAndAuth(lower)) return false;
    return lower !== "x-okapi-token" || (value !== moduleToken && value !== request.token);
  }
  return request.delegatesCors || !lower.startsWith("access-control-");
}

/** @param lower the name, in lower case */
export function isBetweenGatewayAndAuth(lower: string): boolean {
  switch (lower) {
    case "x-okapi-module-tokens":
    case "x-okapi-module-permissions":
    case "x-okapi-permissions-required":
    case "x-okapi-permissions-desired":
    case "x-okapi-extra-permissions":
    case "x-okapi-additional-token":
    case "x-okapi-filter":
      return true;
    default:
      return false;
  }
}
