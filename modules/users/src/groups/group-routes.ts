import { crudRoutes, type Route } from "@octavo/module-kit";
import { groups } from "./groups.ts";

export const groupRoutes: readonly Route[] = crudRoutes(groups, {
  path: "/groups",
  permissions: "usergroups",
  listName: "usergroups",
});
