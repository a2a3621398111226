import {
  badRequest,
  collection,
  crudRoutes,
  defineInterface,
  type Document,
  type DocumentCollection,
  type InterfaceDefinition,
  type Route,
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

function routesOf<T extends Document>(
  kept: DocumentCollection<T>,
  kind: string,
  listName: string,
): readonly Route[] {
  const path = `/location-units/${kind}`;
  const permissions = `inventory-storage.location-units.${kind}`;
  return crudRoutes(
    kept,
    { path, permissions, listName },
    {
      replace: async (tx, id, unit, author) => {
        if (unit.id?.toLowerCase() !== id.toLowerCase()) {
          throw badRequest(`Illegal operation: the id of ${listName} cannot be changed`);
        }
        await kept.replace(tx, id, unit, author);
      },
    },
  );
}
