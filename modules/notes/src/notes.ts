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
  // Where one of them does not run, notes have no names, and types their usual limit.
  requires: { users: "15.1 16.0", configuration: "2.0" },
  parts: [collections(noteTypes, kept)],
  steps: [linkIndex, referenceData("types that everybody has", { table: "note_type", rows: shippedTypes })],
  interfaces: [defineInterface("notes", "3.0", [...noteRoutes, ...typeRoutes, ...linkRoutes])],
  permissionSets,
});
