import { err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";
import { collectFilters, matchHandler, matchMultiple, pathEnd } from "./match-route.ts";
import type { Route } from "./route.ts";
import type { RouteTable } from "./route-table.ts";

/** A route at its place in the pipeline, with the target that its module is called with. */
export interface Stage {
  readonly route: Route;
  /** Differs from the request's where a redirect led here. */
  readonly target: string;
}

export interface RedirectError {
  /** Okapi's text: "Redirect loop: ..." or "Redirecting X to Y FAILED. No suitable module found". */
  readonly message: string;
}

/** Every stage of a request in the order in which they run: filters, those that redirects lead to, and the handler, by
 * level. Empty where nothing handles the request. This is the general path; a table without filters needs matchHandler
 * alone.
 * @see Okapi: ModuleCache.lookup, ProxyService.getModulesForRequest */
export function pipelineOf(
  table: RouteTable,
  method: string,
  target: string,
  moduleId: string | null,
): Result<readonly Stage[], RedirectError> {
  const end = pathEnd(target);
  const filters = collectFilters(table, method, target, end, []);
  const handler =
    moduleId === null
      ? matchHandler(table, method, target, end)
      : matchMultiple(table, method, target, end, moduleId);
  if (filters.length === 0) return ok(handler?.isHandler === true ? [{ route: handler, target }] : []);
  const stages: Stage[] = filters.map((route) => ({ route, target }));
  const visited = new Set<Route>();
  for (const route of filters) {
    if (visited.has(route)) continue;
    visited.add(route);
    const failed = followRedirect({ table, method, visited, stages }, route, target, "");
    if (failed !== null) return err(failed);
  }
  if (handler !== null) stages.push({ route: handler, target });
  if (!stages.some((stage) => stage.route.isHandler)) return ok([]);
  return ok(
    stages.sort((a, b) => (a.route.level < b.route.level ? -1 : a.route.level > b.route.level ? 1 : 0)),
  );
}

interface Following {
  readonly table: RouteTable;
  readonly method: string;
  readonly visited: Set<Route>;
  readonly stages: Stage[];
}

function followRedirect(
  following: Following,
  route: Route,
  target: string,
  loop: string,
): RedirectError | null {
  if (route.entry.type !== "redirect") return null;
  const { table, method, visited, stages } = following;
  const redirectPath = route.entry.redirectPath ?? "";
  const end = pathEnd(redirectPath);
  const nextTarget = redirectTarget(route, target);
  const filters = collectFilters(table, method, redirectPath, end, []);
  for (const next of filters) {
    if (visited.has(next)) return { message: `Redirect loop: ${loop} -> ${redirectPath}` };
    visited.add(next);
    stages.push({ route: next, target: nextTarget });
    const failed = followRedirect(following, next, nextTarget, `${loop} -> ${redirectPath}`);
    if (failed !== null) return failed;
  }
  const handler = matchHandler(table, method, redirectPath, end);
  if (handler !== null && !visited.has(handler)) {
    visited.add(handler);
    stages.push({ route: handler, target: nextTarget });
  }
  if (filters.length === 0 && handler === null) {
    return { message: `Redirecting ${target} to ${redirectPath} FAILED. No suitable module found` };
  }
  return null;
}

/** A legacy path keeps what stood behind it, a pattern keeps the query only (Okapi: RoutingEntry.getRedirectUri). */
function redirectTarget(route: Route, target: string): string {
  const { path, redirectPath } = route.entry;
  if (path !== null) return (redirectPath ?? "") + target.slice(path.length);
  return (redirectPath ?? "") + target.slice(pathEnd(target));
}
