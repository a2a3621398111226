export { groups } from "./groups/groups.ts";
export { userRecords } from "./users/user-records.ts";
export { users } from "./users-module.ts";
