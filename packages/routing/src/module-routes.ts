import type { ModuleDescriptor, ProvidedInterface, RoutingEntry } from "@octavo/descriptor";
import { compileLegacyPath, compilePattern } from "./pattern.ts";
import { levelOf } from "./route.ts";
import type { Route } from "./route.ts";

/** A module's routes by kind. System interfaces are not among them, because clients never reach those, unless they are
 * written as multiple. */
export interface ModuleRoutes {
  readonly handlers: readonly Route[];
  /** Handlers of interfaces of type "multiple": reached only by the module's id. */
  readonly multiple: readonly Route[];
  readonly filters: readonly Route[];
}

/** Compiled once for each descriptor, which is immutable, whatever the number of tables it is part of. */
const compiled = new WeakMap<ModuleDescriptor, ModuleRoutes>();

export function routesOf(module: ModuleDescriptor): ModuleRoutes {
  const known = compiled.get(module);
  if (known !== undefined) return known;
  const routes: ModuleRoutes = {
    handlers: handlersOf(module, ({ type }) => type === "proxy" || type === "internal"),
    multiple: handlersOf(module, ({ isMultiple }) => isMultiple),
    filters: module.filters.flatMap((entry) => routeOf(module, entry, false)),
  };
  compiled.set(module, routes);
  return routes;
}

function handlersOf(module: ModuleDescriptor, isMeant: (provided: ProvidedInterface) => boolean): Route[] {
  return module.provides
    .filter(isMeant)
    .flatMap((provided) => provided.handlers.flatMap((entry) => routeOf(module, entry, true)));
}

/** An entry without methods never matches (Okapi: RoutingEntry.match), so it has no route. */
function routeOf(module: ModuleDescriptor, entry: RoutingEntry, isHandler: boolean): Route[] {
  if (entry.methods.length === 0) return [];
  const pattern =
    entry.pathPattern === null ? compileLegacyPath(entry.path ?? "") : compilePattern(entry.pathPattern);
  return [{ module, entry, pattern, isHandler, level: levelOf(entry) }];
}
