import type { JsonValue } from "@octavo/json";
import type { Permission } from "./module-descriptor.ts";
import { ObjectReader } from "./object-reader.ts";
import type { Place } from "./place.ts";
import { refuseAt } from "./refusal.ts";

/** What a permission is known to say. It may say more, which survives in the descriptor's source. */
export const KNOWN_IN_PERMISSION: ReadonlySet<string> = new Set([
  "permissionName",
  "replaces",
  "displayName",
  "description",
  "subPermissions",
  "visible",
]);

export function readPermission(value: JsonValue, parent: Place, step: number): Permission {
  const permission = new ObjectReader(value, { parent, step }, null);
  return {
    permissionName: permission.text("permissionName") ?? refuseAt("Missing permissionName", parent, step),
    replaces: permission.texts("replaces"),
    displayName: permission.text("displayName"),
    description: permission.text("description"),
    subPermissions: permission.texts("subPermissions"),
    visible: permission.flag("visible"),
  };
}
