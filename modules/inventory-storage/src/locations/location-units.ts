import {
  badRequest,
  collection,
  crudRoutes,
  defineInterface,
  type Document,
  type DocumentCollection,
  type InterfaceDefinition,
  keyedWrite,
  type Route,
  route,
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
  return [
    ...crudRoutes(kept, { path, permissions, listName }).filter(({ method }) => method !== "PUT"),
    route({
      method: "PUT",
      path: `${path}/{id}`,
      params: Type.Object({ id: Type.String() }),
      summary: `Replaces one of ${listName}, which keeps its id`,
      permissionsRequired: [`${permissions}.item.put`],
      body: kept.schema,
      answers: { 204: null },
      handle: (call) => {
        const { id } = call.params;
        const unit = call.body as T; // as: the schema is T's
        if (unit.id?.toLowerCase() !== id.toLowerCase()) {
          return badRequest(`Illegal operation: the id of ${listName} cannot be changed`);
        }
        return keyedWrite(call, `PUT ${path}/{id}`, async (tx) => {
          await kept.replace(tx, id, unit, call.context);
          return { status: 204 };
        });
      },
    }),
  ];
}
