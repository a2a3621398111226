import type { RefusalReason } from "../exchange/exchange.ts";
import type { ModuleRequest } from "./module-request.ts";

export type Refusable = Pick<ModuleRequest, "sink" | "exchange" | "corsHeaders" | "requestId">;

/** What the client is told of the modules that were asked on the way (X-Okapi-Trace). */
export function addTraceLines(headers: string[], lines: readonly string[]): void {
  for (const line of lines) headers.push("X-Okapi-Trace", line);
}

/** Answers in the gateway's own name: a sentence, as Okapi does. */
export function refuse(
  { sink, exchange, corsHeaders, requestId }: Refusable,
  reason: RefusalReason,
  status: number,
  message: string,
  retryAfterSeconds: number | null = null,
): void {
  exchange.refusal = reason;
  const headers = ["Content-Type", "text/plain", ...corsHeaders, "X-Octavo-Request-Id", requestId];
  if (status === 401) headers.push("WWW-Authenticate", 'Bearer realm="octavo"');
  if (retryAfterSeconds !== null) headers.push("Retry-After", String(retryAfterSeconds));
  if (exchange.traceLines !== null) addTraceLines(headers, exchange.traceLines);
  sink.send(status, headers, message);
}

export const NO_MODULE = "No suitable module found for path and tenant";

export function noInstanceOf(moduleId: string): string {
  return `No running module instance found for ${moduleId}`;
}
