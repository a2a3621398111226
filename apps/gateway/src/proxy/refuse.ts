import type { ModuleRequest } from "./module-request.ts";

export type Refusable = Pick<ModuleRequest, "sink" | "corsHeaders" | "requestId">;

/** Answers in the gateway's own name: a sentence, as Okapi does. */
export function refuse(
  { sink, corsHeaders, requestId }: Refusable,
  status: number,
  message: string,
  retryAfterSeconds: number | null = null,
): void {
  const headers = ["Content-Type", "text/plain", ...corsHeaders, "X-Octavo-Request-Id", requestId];
  if (status === 401) headers.push("WWW-Authenticate", 'Bearer realm="octavo"');
  if (retryAfterSeconds !== null) headers.push("Retry-After", String(retryAfterSeconds));
  sink.send(status, headers, message);
}

export const NO_MODULE = "No suitable module found for path and tenant";

export function noInstanceOf(moduleId: string): string {
  return `No running module instance found for ${moduleId}`;
}
