// route-request.ts runs for every request.
import { matchHandler, matchMultiple, pathEnd, pipelineOf, type Route, type Stage } from "@octavo/routing";
import type { ModuleRequest } from "./module-request.ts";

/** Where a request goes: to one handler and nowhere else, through several stages, or nowhere. */
export type Routed =
  | { readonly kind: "handler"; readonly route: Route }
  | { readonly kind: "pipeline"; readonly stages: readonly Stage[] }
  | { readonly kind: "none" }
  /** A redirect that leads nowhere or in a circle. */
  | { readonly kind: "failed"; readonly message: string };

const NONE: Routed = Object.freeze({ kind: "none" });

export function routeRequest({
  routes: { table },
  head: { method, okapi },
  target,
}: Pick<ModuleRequest, "routes" | "target"> & {
  readonly head: Pick<ModuleRequest["head"], "method" | "okapi">;
}): Routed {
  const { moduleId } = okapi;
  if (table.hasFilters) {
    const found = pipelineOf(table, method, target, moduleId);
    if (!found.ok) return { kind: "failed", message: found.error.message };
    const [only] = found.value;
    if (only === undefined) return NONE;
    const isAlone = found.value.length === 1 && isPlainHandler(only.route);
    return isAlone ? { kind: "handler", route: only.route } : { kind: "pipeline", stages: found.value };
  }
  const end = pathEnd(target);
  const route =
    moduleId === null
      ? matchHandler(table, method, target, end)
      : matchMultiple(table, method, target, end, moduleId);
  if (route === null) return NONE;
  return isPlainHandler(route)
    ? { kind: "handler", route }
    : { kind: "pipeline", stages: [{ route, target }] };
}

/** Its answer is the answer, and it gets the target as it came. */
function isPlainHandler({ isHandler, entry }: Route): boolean {
  return (
    isHandler &&
    entry.phase === null &&
    entry.rewritePath === null &&
    (entry.type === "request-response" || entry.type === "system")
  );
}
