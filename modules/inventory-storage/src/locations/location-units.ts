import {
  collection,
  crudRoutes,
  defineInterface,
  type InterfaceDefinition,
  searchable,
  type TProperties,
  Type,
  Uuid,
} from "@octavo/module-kit";

const named = { name: Type.String(), code: Type.String() };

export const institutions = unit("locinstitution", {});
export const campuses = unit("loccampus", { institutionId: Uuid }, "locinstitution");
export const libraries = unit("loclibrary", { campusId: Uuid }, "loccampus");

/** A university has campuses, those have libraries, and there are the locations. */
export const locationUnits: InterfaceDefinition = defineInterface("location-units", "2.0", [
  ...routesOf(institutions, "institutions", "locinsts"),
  ...routesOf(campuses, "campuses", "loccamps"),
  ...routesOf(libraries, "libraries", "loclibs"),
]);

/** @param within the table that its one other field names */
function unit<Within extends TProperties>(table: string, within: Within, to?: string) {
  return collection(table, {
    schema: Type.Object({ ...named, ...within }, { additionalProperties: false }),
    unique: [{ fields: ["name"] }],
    references: to === undefined ? [] : Object.keys(within).map((field) => ({ field, to })),
    indexes: [searchable.text("name", ["exact", "words"]), searchable.text("code", ["exact", "words"])],
    isVersioned: false,
  });
}

function routesOf(kept: Parameters<typeof crudRoutes>[0], path: string, listName: string) {
  return crudRoutes(kept, {
    path: `/location-units/${path}`,
    permissions: `inventory-storage.location-units.${path}`,
    listName,
  });
}
