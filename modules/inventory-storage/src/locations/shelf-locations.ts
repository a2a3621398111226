import {
  defineInterface,
  type InterfaceDefinition,
  notFound,
  Refusal,
  type Route,
  route,
  Type,
} from "@octavo/module-kit";
import { locations } from "./locations.ts";

const path = "/shelf-locations";
const permissions = "inventory-storage.shelf-locations";
const ShelfLocation = Type.Object(
  { id: Type.Optional(Type.String()), name: Type.String() },
  { additionalProperties: false },
);

/** What locations were before they had institutions: they are read by that interface still, and no longer written. */
export const shelfLocations: InterfaceDefinition = defineInterface("shelf-locations", "1.1", [
  route({
    method: "GET",
    path,
    summary: "Lists locations by id and name",
    permissionsRequired: [`${permissions}.collection.get`],
    query: Type.Object({
      query: Type.Optional(Type.String()),
      offset: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0 }),
      limit: Type.Integer({ minimum: 0, maximum: 10_000, default: 10 }),
    }),
    answers: {
      200: Type.Object({ shelflocations: Type.Array(ShelfLocation), totalRecords: Type.Integer() }),
    },
    handle: async ({ query: { query = null, offset, limit }, db }) => {
      const { documents, total } = await db.read((tx) =>
        locations.search(tx, { query, offset, limit, totalRecords: "auto" }),
      );
      const shelflocations = documents.map(({ id, name }) => ({ id, name }));
      return { status: 200, body: { shelflocations, totalRecords: total?.count ?? shelflocations.length } };
    },
  }),
  route({
    method: "GET",
    path: `${path}/{id}`,
    summary: "Gives a location by id and name",
    permissionsRequired: [`${permissions}.item.get`],
    answers: { 200: ShelfLocation },
    handle: async ({ params: { id }, db }) => {
      const found = await db.read((tx) => locations.find(tx, id));
      return found === null
        ? notFound("location", id)
        : { status: 200, body: { id: found.id, name: found.name } };
    },
  }),
  refusing("POST", path, "post"),
  refusing("PUT", `${path}/{id}`, "put"),
  refusing("DELETE", `${path}/{id}`, "delete"),
]);

function refusing(method: "POST" | "PUT" | "DELETE", at: string, permission: string): Route {
  return route({
    method,
    path: at,
    ...(at !== path && { params: Type.Object({ id: Type.String() }) }),
    summary: "Is no longer: use /locations",
    permissionsRequired: [`${permissions}.item.${permission}`],
    answers: { 204: null },
    handle: () => {
      const message = "Writing shelf-locations is deprecated. Use the new /locations interface instead.";
      return new Refusal(501, [{ message, code: "deprecated" }]);
    },
  });
}
