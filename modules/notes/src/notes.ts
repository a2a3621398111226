import { collections, defineInterface, defineModule, referenceData } from "@octavo/module-kit";
import { linkRoutes } from "./link-routes.ts";
import { noteRoutes } from "./note-routes.ts";
import { noteTypes, shippedTypes } from "./note-types.ts";
import { linkIndex, notes as kept } from "./notes-collection.ts";
import { permissionSets } from "./permission-sets.ts";
import { typeRoutes } from "./type-routes.ts";

/** octavo-notes stands for mod-notes: what people note about things that other modules keep. */
export const notes = defineModule({
  name: "octavo-notes",
  version: "1.0.0",
  title: "Notes",
  replaces: ["mod-notes"],
  // mod-notes requires both; here a note without names and the usual limit of types do without them.
  optional: { users: "15.1 16.0", configuration: "2.0" },
  parts: [collections(noteTypes, kept)],
  steps: [linkIndex, referenceData("types that everybody has", { table: "note_type", rows: shippedTypes })],
  interfaces: [defineInterface("notes", "3.0", [...noteRoutes, ...typeRoutes, ...linkRoutes])],
  permissionSets,
});
