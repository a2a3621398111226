import { collections, defineInterface, defineModule, route, sql, type Transaction } from "@octavo/module-kit";
import { pushes } from "./identity-pushes.ts";
import { permissionSets } from "./permission-sets.ts";
import { permissionRoutes } from "./permission-routes.ts";
import { permissions, permissionUsers, steps } from "./permissions.ts";
import { Announcement, reconcileModule } from "./reconcile-module.ts";
import { userPermissionRoutes } from "./user-permission-routes.ts";
import { userRoutes } from "./user-routes.ts";

const announce = route({
  method: "POST",
  path: "/_/tenantpermissions",
  summary: "Makes a module's permissions those that are announced",
  modulePermissions: [],
  body: Announcement,
  answers: { 201: Announcement },
  handle: async (call) => {
    const { body, context } = call;
    const { orphans } = await pushes.tx(call, async (tx, tell) => {
      const reconciled = await reconcileModule(tx, body, context);
      // As long as nobody has permissions, as while a tenant is set up, gateways know of none.
      if (reconciled.written.length > 0 && (await hasUsers(tx))) tell({ everybody: "changed" });
      return reconciled;
    });
    if (orphans.length > 0) {
      // They count until they are purged; an administrator finds them by `deprecated==true`.
      const some = orphans.slice(0, 100);
      const { moduleId } = body;
      context.log.warn(
        { moduleId, orphans: orphans.length, some },
        "a module gave up permissions that are still held",
      );
    }
    return { status: 201, body };
  },
});

async function hasUsers(tx: Transaction): Promise<boolean> {
  return (await tx.row(sql`select true as is_there from permissions_users limit 1`)) !== null;
}

/** octavo-permissions stands for mod-permissions: which permissions a tenant has, what sets hold them, and which users. */
export const permissionsModule = defineModule({
  name: "octavo-permissions",
  version: "1.0.0",
  title: "Permissions",
  replaces: ["mod-permissions"],
  parts: [collections(permissions, permissionUsers), pushes],
  steps,
  interfaces: [
    defineInterface("permissions", "5.6", [...userRoutes, ...userPermissionRoutes, ...permissionRoutes]),
    defineInterface("_tenantPermissions", "2.1", [announce], { type: "system", isRepeatable: true }),
  ],
  permissionSets,
});
