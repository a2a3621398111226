export { users } from "./users-module.ts";
