export { expandPermissions } from "./expand-permissions.ts";
export { userBy } from "./find-user.ts";
export { permissions, permissionUsers } from "./permissions.ts";
export { permissionsModule } from "./permissions-module.ts";
