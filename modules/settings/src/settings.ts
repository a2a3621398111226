import { collections, defineInterface, defineModule } from "@octavo/module-kit";
import { entries } from "./entries.ts";
import { entryRoutes } from "./entry-routes.ts";
import { uploadRoute } from "./upload-route.ts";

const routes = [...entryRoutes, uploadRoute];

/** octavo-settings stands for mod-settings: settings of a tenant and of its users, each in a scope that permissions open. */
export const settings = defineModule({
  name: "octavo-settings",
  version: "1.0.0",
  title: "Settings",
  replaces: ["mod-settings"],
  parts: [collections(entries)],
  interfaces: [defineInterface("settings", "1.0", routes)],
  permissionSets: [
    {
      permissionName: "mod-settings.entries.all",
      displayName: "settings - all setting permissions",
      description: "All setting permissions",
      subPermissions: routes.flatMap(({ permissionsRequired }) => permissionsRequired),
    },
  ],
});
