import {
  collections,
  defineInterface,
  defineModule,
  expandIndex,
  type Step,
  tenantApi,
} from "@octavo/module-kit";
import { addressTypeRoutes } from "./address-types/address-type-routes.ts";
import { addressTypes } from "./address-types/address-types.ts";
import { customFieldRoutes } from "./custom-fields/custom-field-routes.ts";
import { customFields } from "./custom-fields/custom-fields.ts";
import { departmentRoutes } from "./departments/department-routes.ts";
import { departments } from "./departments/departments.ts";
import { groupRoutes } from "./groups/group-routes.ts";
import { groups } from "./groups/groups.ts";
import { pushes } from "./identity-pushes.ts";
import { pinRoutes } from "./patron-pin/pin-routes.ts";
import { pins } from "./patron-pin/pins.ts";
import { permissionSets } from "./permission-sets.ts";
import { pictureCleanUp } from "./profile-pictures/clean-up.ts";
import { pictureRoutes } from "./profile-pictures/picture-routes.ts";
import { pictureSettings } from "./profile-pictures/picture-settings.ts";
import { pictureSteps } from "./profile-pictures/pictures.ts";
import { settingsRoutes } from "./profile-pictures/settings-routes.ts";
import { proxies } from "./proxies/proxies.ts";
import { proxyRoutes } from "./proxies/proxy-routes.ts";
import { referenceRecords, sampleRecords } from "./reference-records.ts";
import { userTenantRoutes } from "./user-tenants/user-tenant-routes.ts";
import { userTenants } from "./user-tenants/user-tenants.ts";
import { expiry } from "./users/expire-users.ts";
import { outboxTimer } from "./users/outbox-timer.ts";
import { userRecords } from "./users/user-records.ts";
import { userRoutes } from "./users/user-routes.ts";

/** What users of a department, an address type and a custom field are found by, and who is to expire: the timer asks each minute. */
const indexes: readonly Step[] = [
  index("users_by_department", "gin ((jsonb -> 'departments'))"),
  index("users_by_address_type", "gin ((jsonb -> 'personal' -> 'addresses') jsonb_path_ops)"),
  index("users_by_custom_field", "gin ((jsonb -> 'customFields'))"),
  index(
    "users_to_expire",
    `btree (((jsonb ->> 'expirationDate') collate "C")) where jsonb -> 'active' = 'true'`,
  ),
];

function index(name: string, columns: string): Step {
  return expandIndex(`index ${name}`, { name, definition: `${name} on users using ${columns}` });
}

/** octavo-users stands for mod-users: people of a tenant, and what is known of them. */
export const users = defineModule({
  name: "octavo-users",
  version: "1.0.0",
  title: "Users",
  replaces: ["mod-users"],
  parts: [
    tenantApi({ data: [referenceRecords, sampleRecords] }),
    collections(
      groups,
      addressTypes,
      departments,
      proxies,
      userRecords,
      customFields,
      pins,
      userTenants,
      pictureSettings,
    ),
    pushes,
  ],
  steps: [...indexes, ...pictureSteps],
  interfaces: [
    defineInterface("users", "16.3", [
      ...pictureRoutes,
      ...settingsRoutes,
      ...userRoutes,
      ...groupRoutes,
      ...addressTypeRoutes,
      ...proxyRoutes,
      ...departmentRoutes,
    ]),
    defineInterface("custom-fields", "3.0", customFieldRoutes, { type: "multiple" }),
    defineInterface("patron-pin", "1.0", pinRoutes),
    defineInterface("user-tenants", "1.0", userTenantRoutes),
  ],
  timers: [expiry, outboxTimer, pictureCleanUp],
  permissionSets,
});
