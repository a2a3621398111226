import type { PermissionDefinition } from "@octavo/module-kit";

const five = (kind: string): readonly string[] => [
  `${kind}.collection.get`,
  ...["get", "post", "put", "delete"].map((verb) => `${kind}.item.${verb}`),
];
const pictures = ["get", "post", "put", "delete"].map((verb) => `users.profile-picture.item.${verb}`);
const fields = "user-settings.custom-fields";
/** Who changes fields sees users. */
const withUsers = { subPermissions: ["users.item.get"] };

/** Sets of mod-users 19.3; what routes require is added by the kit. */
export const permissionSets: readonly PermissionDefinition[] = [
  {
    permissionName: "users.all",
    displayName: "Users: everything but custom fields",
    subPermissions: [
      ...five("users"),
      "users.collection.delete",
      "users.read.basic",
      "users.read.restricted",
      "users.configurations.item.get",
      "users.configurations.item.put",
      ...pictures,
      ...["usergroups", "addresstypes", "proxiesfor", "departments"].flatMap(five),
      "patron-pin.set",
      "patron-pin.delete",
      "patron-pin.validate",
      "user-tenants.collection.get",
      "user-tenants.item.post",
      "user-tenants.item.delete",
    ],
  },
  { permissionName: `${fields}.collection.put`, displayName: "Custom fields: replace all", ...withUsers },
  { permissionName: `${fields}.item.post`, displayName: "Custom fields: add", ...withUsers },
  { permissionName: `${fields}.item.put`, displayName: "Custom fields: change", ...withUsers },
  {
    permissionName: `${fields}.item.delete`,
    displayName: "Custom fields: delete",
    subPermissions: ["users.item.get", `${fields}.item.stats.get`],
  },
  {
    permissionName: `${fields}.all`,
    displayName: "Custom fields: everything",
    visible: false,
    subPermissions: [
      ...five(fields),
      `${fields}.collection.put`,
      `${fields}.item.stats.get`,
      `${fields}.item.option.stats.get`,
    ],
  },
];
