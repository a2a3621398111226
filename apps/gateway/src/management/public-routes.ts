import type { ModuleDescriptor } from "@octavo/descriptor";
import { isJsonArray, isJsonObject } from "@octavo/json";
import { isPublic } from "@octavo/tokens";

export interface PublicRoute {
  readonly method: string;
  readonly path: string;
  readonly moduleId: string;
}

/** What of a module is open without a token: shipped routes, and those that its descriptor names under
 * `metadata.octavo.public` (DECISIONS 1). An empty permissionsRequired alone does not open a route. */
export function publicRoutesOf(module: ModuleDescriptor): readonly PublicRoute[] {
  const lists = { descriptors: declaredPublic(module), operator: NONE };
  return module.provides
    .filter(({ type, isMultiple }) => type === "proxy" || isMultiple)
    .flatMap(({ handlers }) => handlers)
    .flatMap((handler) => {
      const path = handler.pathPattern ?? handler.path ?? "";
      return handler.methods.map((method) => ({ method, path, moduleId: module.id }));
    })
    .filter(({ method, path }) => isPublic(method, path, lists));
}

const NONE: ReadonlySet<string> = new Set();

function declaredPublic(module: ModuleDescriptor): ReadonlySet<string> {
  const octavo = module.metadata?.get("octavo") ?? null;
  const listed = isJsonObject(octavo) ? (octavo.get("public") ?? null) : null;
  return new Set(isJsonArray(listed) ? listed.filter((item) => typeof item === "string") : []);
}
