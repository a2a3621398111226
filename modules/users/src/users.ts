import { collections, crudRoutes, defineInterface, defineModule, tenantApi } from "@octavo/module-kit";
import { addressTypes } from "./address-types.ts";
import { departments } from "./departments.ts";
import { groups } from "./groups.ts";
import { proxies } from "./proxies.ts";
import { referenceRecords } from "./reference-records.ts";
import { userRecords } from "./user-records.ts";
import { userRoutes } from "./user-routes.ts";

/** People of a tenant with their groups, address types, departments and proxies. It does not yet provide all that mod-users does, so
 * `replaces` is not said (docs/compatibility.md). */
export const users = defineModule({
  name: "octavo-users",
  version: "1.0.0",
  title: "Users",
  parts: [
    tenantApi({ data: [referenceRecords] }),
    collections(groups, addressTypes, departments, proxies, userRecords),
  ],
  interfaces: [
    defineInterface("users", "16.3", [
      ...userRoutes,
      ...crudRoutes(groups, { path: "/groups", permissions: "usergroups", listName: "usergroups" }),
      ...crudRoutes(addressTypes, {
        path: "/addresstypes",
        permissions: "addresstypes",
        listName: "addressTypes",
      }),
      ...crudRoutes(proxies, { path: "/proxiesfor", permissions: "proxiesfor", listName: "proxiesFor" }),
      ...crudRoutes(departments, {
        path: "/departments",
        permissions: "departments",
        listName: "departments",
      }),
    ]),
  ],
});
