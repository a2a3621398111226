import { pathEnd, type Stage } from "@octavo/routing";
import { type AuthDecision, authCacheKey } from "./auth-cache.ts";
import type { DataPlane } from "./data-plane.ts";
import type { ModuleRequest } from "./module-request.ts";

/** What the tenant's auth filters have decided on this token and route before, where that still counts. */
export function rememberedDecision(
  { authCache }: DataPlane,
  request: ModuleRequest,
  stages: readonly Stage[],
): AuthDecision | null {
  const key = keyOf(request, stages);
  return key === null ? null : authCache.find(key, request.routes, stages, performance.now());
}

export function rememberDecision(
  { authCache }: DataPlane,
  request: ModuleRequest,
  stages: readonly Stage[],
  decision: AuthDecision,
): void {
  const key = keyOf(request, stages);
  if (key !== null) authCache.keep(key, request.routes, stages, decision, performance.now());
}

/** @returns null where the decision is not one to be remembered: without a token, or with a second one */
function keyOf({ token, head, tenant }: ModuleRequest, stages: readonly Stage[]): string | null {
  const handler = stages.findLast(({ route }) => route.isHandler);
  if (token === null || head.okapi.additionalToken !== null || handler === undefined) return null;
  const path = handler.target.slice(0, pathEnd(handler.target));
  return authCacheKey(tenant.id, head.method, stages, handler.route, path, token);
}
