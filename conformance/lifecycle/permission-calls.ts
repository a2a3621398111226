import {
  type Descriptor,
  type Entry,
  type Permission,
  staticPath,
  systemInterface,
  takes,
} from "./descriptor.ts";
import type { SystemCall } from "./tenant-calls.ts";

/** What the permission module is told of a module that comes (or, with null, of `from`, which goes), after
 * TenantManager.invokePermissionsForModule. */
export function announcement(
  permissionModule: Descriptor,
  from: Descriptor | null,
  to: Descriptor | null,
): SystemCall[] {
  const permissions = systemInterface(permissionModule, "_tenantPermissions");
  if (permissions === null) return [];
  const body = permissionList(permissions.version, from, to);
  // Okapi looks at all entries, the last one that takes a POST counts.
  const entry = (permissions.handlers ?? []).findLast((each) => takes(each, "POST"));
  if (body === null || entry === undefined) return [];
  return [{ moduleId: permissionModule.id, method: "POST", path: staticPath(entry), body }];
}

function permissionList(version: string, from: Descriptor | null, to: Descriptor | null): unknown {
  if (to === null) {
    const isTold = version === "2.0" || version === "2.1";
    return isTold && from !== null ? { moduleId: from.id, perms: [] } : null;
  }
  const { id: moduleId, permissionSets } = to;
  switch (version) {
    case "1.0":
      return listed(moduleId, permissionSets?.map(withoutReplaces));
    case "1.1":
      return listed(moduleId, withGenerated(to)?.map(withoutReplaces));
    case "2.0":
      return listed(moduleId, withGenerated(to));
    case "2.1": {
      const replaces = to.replaces ?? [];
      const list = listed(moduleId, withGenerated(to));
      return replaces.length === 0 ? list : { ...list, replaces };
    }
    default:
      return null;
  }
}

function listed(moduleId: string, perms: readonly Permission[] | undefined): object {
  return perms === undefined ? { moduleId } : { moduleId, perms: perms.map(withPlainVisible) };
}

/** Real descriptors have "visible": "true" too; what is announced is a boolean. */
function withPlainVisible(permission: Permission): Permission {
  const { visible } = permission;
  return typeof visible === "string" ? { ...permission, visible: visible === "true" } : permission;
}

function withoutReplaces(permission: Permission): Permission {
  const { replaces, ...rest } = permission;
  return replaces === undefined ? permission : rest;
}

/** ModuleDescriptor.getExpandedPermissionSets: one set for each entry with modulePermissions, handlers before filters, behind
 * the module's own. */
function withGenerated(module: Descriptor): readonly Permission[] | undefined {
  const entries = [
    ...(module.provides ?? []).flatMap(({ handlers }) => handlers ?? []),
    ...(module.filters ?? []),
  ];
  const generated = entries.flatMap((entry) => {
    const subPermissions = entry.modulePermissions ?? [];
    if (subPermissions.length === 0) return [];
    const permissionName = generatedName(module.id, entry);
    return [
      {
        permissionName,
        displayName: `System generated: ${permissionName}`,
        description: "System generated permission set",
        subPermissions,
        visible: false,
      },
    ];
  });
  const own = module.permissionSets ?? undefined;
  return generated.length === 0 ? own : [...(own ?? []), ...generated];
}

/** RoutingEntry.generateSystemId */
function generatedName(moduleId: string, entry: Entry): string {
  return `SYS#${moduleId}#${staticPath(entry)}#[${(entry.methods ?? []).join(", ")}]`;
}
