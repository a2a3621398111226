// match-route.ts runs for every request: no closure, no spread, no await.
import { matchesPattern } from "./match-pattern.ts";
import type { Route } from "./route.ts";
import type { RouteIndex, RouteTable } from "./route-table.ts";

/** The handler of an ordinary request: candidates by the longest literal prefix first, the first that matches wins.
 * @param end where the path ends in `target`: before the first "?" or "#" */
export function matchHandler(table: RouteTable, method: string, target: string, end: number): Route | null {
  return matchFirst(table.handlers, method, target, end, null);
}

/** The handler of a request with X-Okapi-Module-Id: only handlers of type multiple of just that module. */
export function matchMultiple(
  table: RouteTable,
  method: string,
  target: string,
  end: number,
  moduleId: string,
): Route | null {
  return matchFirst(table.multiple, method, target, end, moduleId);
}

/** Where the path of a request target ends. */
export function pathEnd(target: string): number {
  for (let at = 0; at < target.length; at++) {
    const code = target.charCodeAt(at);
    if (code === 0x3f || code === 0x23) return at;
  }
  return target.length;
}

function matchFirst(
  index: RouteIndex,
  method: string,
  target: string,
  end: number,
  moduleId: string | null,
): Route | null {
  const byPrefix = index.byMethod.get(method) ?? index.any;
  let prefix = end === target.length ? target : target.slice(0, end);
  for (;;) {
    const candidates = byPrefix.get(prefix);
    if (candidates !== undefined) {
      for (let at = 0; at < candidates.length; at++) {
        const route = candidates[at];
        if (route === undefined) continue;
        if (moduleId !== null && route.module.id !== moduleId) continue;
        if (matchesPattern(route.pattern, target, end)) return route;
      }
    }
    const slash = prefix.length < 2 ? -1 : prefix.lastIndexOf("/", prefix.length - 2);
    if (slash === -1) return null;
    prefix = prefix.slice(0, slash + 1);
  }
}

/** All filters that match, in the order in which Okapi finds them; the pipeline sorts them by level.
 * @returns `found`, with what was added */
export function collectFilters(
  table: RouteTable,
  method: string,
  target: string,
  end: number,
  found: Route[],
): Route[] {
  const byPrefix = table.filters.byMethod.get(method) ?? table.filters.any;
  let prefix = end === target.length ? target : target.slice(0, end);
  for (;;) {
    const candidates = byPrefix.get(prefix);
    if (candidates !== undefined) {
      for (let at = 0; at < candidates.length; at++) {
        const route = candidates[at];
        if (route !== undefined && matchesPattern(route.pattern, target, end)) found.push(route);
      }
    }
    const slash = prefix.length < 2 ? -1 : prefix.lastIndexOf("/", prefix.length - 2);
    if (slash === -1) return found;
    prefix = prefix.slice(0, slash + 1);
  }
}
