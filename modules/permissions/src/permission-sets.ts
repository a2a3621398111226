import type { PermissionDefinition } from "@octavo/module-kit";

/** Names as mod-permissions 6.5 has them: roles refer to them. */
export const permissionSets: readonly PermissionDefinition[] = [
  { permissionName: "perms.users.get", displayName: "perms users get" },
  { permissionName: "perms.users.item.post", displayName: "perms users item post" },
  { permissionName: "perms.users.item.put", displayName: "perms users item put" },
  { permissionName: "perms.users.item.delete", displayName: "perms users item delete" },
  { permissionName: "perms.permissions.get", displayName: "perms permissions get" },
  { permissionName: "perms.permissions.item.post", displayName: "perms permissions item post" },
  { permissionName: "perms.permissions.item.put", displayName: "perms permissions item put" },
  { permissionName: "perms.permissions.item.delete", displayName: "perms permissions item delete" },
  {
    permissionName: "perms.permissions.purge-deprecated.post",
    displayName: "perms permissions purge deprecated post",
  },
  { permissionName: "perms.users.assign.okapi", displayName: "perms users assign okapi" },
  { permissionName: "perms.users.assign.immutable", displayName: "perms users assign immutable" },
  { permissionName: "perms.users.assign.mutable", displayName: "perms users assign mutable" },
  {
    permissionName: "perms.permissions",
    displayName: "perms permissions",
    subPermissions: [
      "perms.permissions.get",
      "perms.permissions.item.post",
      "perms.permissions.item.put",
      "perms.permissions.item.delete",
      "perms.permissions.purge-deprecated.post",
    ],
  },
  {
    permissionName: "perms.users",
    displayName: "perms users",
    subPermissions: [
      "perms.users.get",
      "perms.users.item.post",
      "perms.users.item.put",
      "perms.users.item.delete",
    ],
  },
  {
    permissionName: "perms.all",
    displayName: "perms all",
    subPermissions: [
      "perms.users",
      "perms.permissions",
      "perms.users.assign.immutable",
      "perms.users.assign.mutable",
    ],
  },
];
