import type { GatewayFailure } from "@octavo/upstream";
import type { DataPlane } from "./data-plane.ts";
import type { ModuleRequest } from "./module-request.ts";
import { refuse } from "./refuse.ts";

/** Tells the client why no module answered: 502, 503 or 504, where Okapi has 500. */
export function answerFailure({ log }: DataPlane, request: ModuleRequest, failure: GatewayFailure): void {
  if (request.sink.gone.aborted) return;
  const { status, kind, message, detail, retryAfterSeconds, attempts } = failure;
  const { requestId, tenant } = request;
  log.warn({ requestId, tenantId: tenant.id, status, kind, attempts, detail }, "module call failed");
  refuse(request, kind === "overloaded" ? "shed" : "upstream", status, message, retryAfterSeconds);
}
