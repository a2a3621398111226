export { permissionsModule } from "../../modules/permissions/src/index.ts";
export { users } from "../../modules/users/src/index.ts";
export { usersBl } from "../../modules/users-bl/src/index.ts";
