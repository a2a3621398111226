import type { InterfaceDefinition } from "./interface.ts";
import type { ModuleFacts } from "./module-facts.ts";
import type { PermissionDefinition } from "./permission.ts";
import type { Route } from "./route.ts";

/** All permissions of a module: those that it describes, then those that its routes name and nobody describes, but those of others, then for each interface
 * `<id>.all` with all of these, unless the module states a set that holds, itself or by others, what they require. */
export function permissionSets(module: ModuleFacts): readonly PermissionDefinition[] {
  const known = new Map(module.permissionSets.map((set) => [set.permissionName, set]));
  const add = (set: PermissionDefinition): void => {
    const isForeign = module.foreignPermissions.includes(set.permissionName);
    if (!isForeign && !known.has(set.permissionName)) known.set(set.permissionName, set);
  };
  const callable = module.interfaces.filter(({ type }) => type !== "system");
  for (const one of callable) {
    for (const route of one.routes) for (const name of namesOf(route)) add(fromRoute(module, route, name));
  }
  for (const one of callable) {
    const subPermissions = namedBy(one);
    if (subPermissions.length === 0 || module.permissionSets.some((set) => holds(set, one, known))) continue;
    add({
      permissionName: `${one.id}.all`,
      displayName: `${module.title}: all of ${one.id}`,
      subPermissions,
      visible: false,
    });
  }
  return [...known.values()];
}

function namedBy({ routes }: InterfaceDefinition): readonly string[] {
  return [...new Set(routes.flatMap(namesOf))];
}

function holds(
  set: PermissionDefinition,
  { routes }: InterfaceDefinition,
  known: ReadonlyMap<string, PermissionDefinition>,
): boolean {
  const held = new Set<string>();
  const waiting = [...(set.subPermissions ?? [])];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (held.has(name)) continue;
    held.add(name);
    waiting.push(...(known.get(name)?.subPermissions ?? []));
  }
  return routes.every(({ permissionsRequired }) => permissionsRequired.every((name) => held.has(name)));
}

/** `mod.read.*` is a pattern for whatever others are called so, and no permission. */
function namesOf({ permissionsRequired, permissionsDesired }: Route): readonly string[] {
  return [...permissionsRequired, ...permissionsDesired.filter((name) => !name.endsWith("*"))];
}

function fromRoute({ title }: ModuleFacts, { summary }: Route, permissionName: string): PermissionDefinition {
  const what = summary === null ? permissionName : summary.charAt(0).toLowerCase() + summary.slice(1);
  return { permissionName, displayName: `${title}: ${what}`, visible: false };
}
