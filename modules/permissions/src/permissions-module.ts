import { collections, defineInterface, defineModule, route } from "@octavo/module-kit";
import { permissionSets } from "./permission-sets.ts";
import { permissionRoutes } from "./permission-routes.ts";
import { permissions, permissionUsers, steps } from "./permissions.ts";
import { Announcement, reconcileModule } from "./reconcile-module.ts";
import { tellGateways } from "./tell-gateways.ts";
import { userPermissionRoutes } from "./user-permission-routes.ts";
import { userRoutes } from "./user-routes.ts";

const announce = route({
  method: "POST",
  path: "/_/tenantpermissions",
  summary: "Makes a module's permissions those that are announced",
  modulePermissions: [],
  body: Announcement,
  answers: { 201: Announcement },
  handle: async ({ body, db, context, calls }) => {
    const written = await db.tx((tx) => reconcileModule(tx, body, context));
    if (written.length > 0) await tellGateways(calls, context, { everybody: "changed" });
    return { status: 201, body };
  },
});

/** octavo-permissions stands for mod-permissions: which permissions a tenant has, what sets hold them, and which users. */
export const permissionsModule = defineModule({
  name: "octavo-permissions",
  version: "1.0.0",
  title: "Permissions",
  replaces: ["mod-permissions"],
  parts: [collections(permissions, permissionUsers)],
  steps,
  interfaces: [
    defineInterface("permissions", "5.6", [...userRoutes, ...userPermissionRoutes, ...permissionRoutes]),
    defineInterface("_tenantPermissions", "2.1", [announce], { type: "system", isRepeatable: true }),
  ],
  permissionSets,
});
