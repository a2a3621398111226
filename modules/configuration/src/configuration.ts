import { collections, crudRoutes, defineInterface, defineModule } from "@octavo/module-kit";
import { audits } from "./audit.ts";
import { entries } from "./entries.ts";
import { entryRoutes } from "./entry-routes.ts";

const auditPath = "/configurations/audit";
const auditRoutes = crudRoutes(audits, {
  path: auditPath,
  permissions: "configuration.audit",
  listName: "audits",
}).filter(({ method, path }) => method === "GET" && path === auditPath);

const routes = [...entryRoutes, ...auditRoutes];

/** octavo-configuration stands for mod-configuration: settings of modules that do not use octavo-settings yet. */
export const configuration = defineModule({
  name: "octavo-configuration",
  version: "1.0.0",
  title: "Configuration",
  replaces: ["mod-configuration"],
  parts: [collections(entries, audits)],
  interfaces: [defineInterface("configuration", "2.0", routes)],
});
