export { permissionsModule } from "./permissions-module.ts";
