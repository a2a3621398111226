import { type Route, route, Type } from "@octavo/module-kit";
import { holdingsBlockedFields, instanceBlockedFields } from "./blocked-fields.ts";

/** Interface `inventory-config` 0.2. */
export const configRoutes: readonly Route[] = [
  blockedFieldsOf("instances", instanceBlockedFields),
  blockedFieldsOf("holdings", holdingsBlockedFields),
];

function blockedFieldsOf(records: "instances" | "holdings", blockedFields: readonly string[]): Route {
  return route({
    method: "GET",
    path: `/inventory/config/${records}/blocked-fields`,
    summary: `Names what is not changed in ${records} that come from MARC`,
    permissionsRequired: [`inventory.config.${records}.blocked-fields.get`],
    modulePermissions: [],
    answers: { 200: Type.Object({ blockedFields: Type.Array(Type.String()) }) },
    handle: () => ({ status: 200, body: { blockedFields } }),
  });
}
