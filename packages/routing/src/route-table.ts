import type { ModuleDescriptor } from "@octavo/descriptor";
import { routesOf } from "./module-routes.ts";
import type { Route } from "./route.ts";

/** The routes of one set of enabled modules. Immutable, and the same object for every tenant with that set. */
export interface RouteTable {
  readonly handlers: RouteIndex;
  readonly multiple: RouteIndex;
  readonly filters: RouteIndex;
  readonly hasFilters: boolean;
  readonly modules: readonly ModuleDescriptor[];
}

/** Method, then literal prefix, then candidates in order: modules by id, entries as declared. `any` serves methods that no
 * entry names: there only entries with "*" match. */
export interface RouteIndex {
  readonly byMethod: ReadonlyMap<string, ReadonlyMap<string, readonly Route[]>>;
  readonly any: ReadonlyMap<string, readonly Route[]>;
}

/** @param modules the enabled modules in the order of their ids; of two that match equally the first wins, where Okapi
 * leaves it to a hash map */
export function compileRoutes(modules: readonly ModuleDescriptor[]): RouteTable {
  const routes = modules.map(routesOf);
  const filters = routes.flatMap((each) => each.filters);
  return {
    handlers: indexOf(routes.flatMap((each) => each.handlers)),
    multiple: indexOf(routes.flatMap((each) => each.multiple)),
    filters: indexOf(filters),
    hasFilters: filters.length > 0,
    modules,
  };
}

function indexOf(routes: readonly Route[]): RouteIndex {
  const methods = new Set(routes.flatMap((route) => route.entry.methods));
  methods.delete("*");
  return {
    byMethod: new Map(
      [...methods].map((method) => [method, byPrefix(routes.filter((route) => takes(route, method)))]),
    ),
    any: byPrefix(routes.filter((route) => route.entry.methods.includes("*"))),
  };
}

function takes(route: Route, method: string): boolean {
  return route.entry.methods.includes(method) || route.entry.methods.includes("*");
}

function byPrefix(routes: readonly Route[]): Map<string, Route[]> {
  const found = new Map<string, Route[]>();
  for (const route of routes) {
    const listed = found.get(route.pattern.prefix);
    if (listed === undefined) found.set(route.pattern.prefix, [route]);
    else listed.push(route);
  }
  return found;
}
