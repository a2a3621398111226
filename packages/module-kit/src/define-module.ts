import { defineModule as define, type ModuleDefinition, type ModuleInput } from "./definition/module.ts";
import type { ModulePart } from "./definition/part.ts";
import { tenantApi } from "./tenant/tenant-part.ts";

/** States a module. Interfaces, timers and steps of its parts come before its own, in the order of the parts. A module with tables has the
 * tenant API without saying so; say `tenantApi({ ... })` where it brings rows besides its steps.
 *
 *     export const tags = defineModule({
 *       name: "octavo-tags",
 *       version: "1.0.0",
 *       title: "Tags",
 *       interfaces: [defineInterface("tags", "1.0", crudRoutes(collectionOfTags, ...))],
 *       parts: [collectionOfTags],
 *     });
 *
 * @throws Error that names every mistake: a route twice, an interface twice, a path parameter without a name ... */
export function defineModule(input: ModuleInput): ModuleDefinition {
  const parts = withNeeded(input.parts ?? []);
  const hasTables = hasSteps(input) || parts.some(hasSteps);
  const hasTenantApi = parts.some(({ interfaces = [] }) => interfaces.some(({ id }) => id === "_tenant"));
  return define({ ...input, parts: hasTables && !hasTenantApi ? [tenantApi(), ...parts] : parts });
}

function withNeeded(parts: readonly ModulePart[]): readonly ModulePart[] {
  const names = new Set(parts.map(({ name }) => name));
  return parts.flatMap((part) => {
    const missing = (part.needs ?? []).filter(({ name }) => !names.has(name));
    for (const { name } of missing) names.add(name);
    return [...missing, part];
  });
}

function hasSteps({ steps = [] }: Pick<ModulePart, "steps">): boolean {
  return steps.length > 0;
}
