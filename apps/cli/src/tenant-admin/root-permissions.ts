/** A permission as `GET /perms/permissions` has it. */
export interface StatedPermission {
  readonly permissionName: string;
  readonly subPermissions: readonly string[];
}

/** Permissions of the platform, of module calls and of the system are no tenant's to give. */
const NOT_A_PERSONS = /^(?:okapi\.|modperms\.|SYS#|perms\.users\.assign\.okapi$)/u;

/** The permissions that bring all others: those that no other contains, and one of each circle. Sorted. */
export function rootsOf(permissions: readonly StatedPermission[]): readonly string[] {
  const all = new Map(
    permissions
      .filter(({ permissionName }) => !NOT_A_PERSONS.test(permissionName))
      .map(({ permissionName, subPermissions }) => [permissionName, subPermissions]),
  );
  const contained = new Set([...all.values()].flat());
  const roots = new Set([...all.keys()].filter((name) => !contained.has(name)));
  const reached = new Set([...roots].flatMap((root) => [...broughtBy(root, all)]));
  for (const name of all.keys()) {
    if (reached.has(name)) continue; // the others are in circles
    const brought = broughtBy(name, all);
    for (const each of brought) {
      roots.delete(each);
      reached.add(each);
    }
    roots.add(name);
  }
  return [...roots].toSorted();
}

/** With itself. */
function broughtBy(start: string, all: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const brought = new Set<string>();
  const waiting = [start];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (brought.has(name)) continue;
    brought.add(name);
    waiting.push(...(all.get(name) ?? []));
  }
  return brought;
}
