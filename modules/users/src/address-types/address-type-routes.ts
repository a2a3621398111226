import { badRequest, crudRoutes, notFound, type Route, route, sql } from "@octavo/module-kit";
import { addressTypes } from "./address-types.ts";

const path = "/addresstypes";

const deleteUnused = route({
  method: "DELETE",
  path: "/addresstypes/{id}",
  summary: "Deletes an address type that no user has an address of",
  permissionsRequired: ["addresstypes.item.delete"],
  answers: { 204: null },
  handle: async ({ params: { id }, db }) => {
    await db.tx(async (tx) => {
      // Whoever writes a user holds the types of the addresses: this waits for him, and he for this.
      if ((await addressTypes.find(tx, id)) === null) throw notFound("addresstype", id);
      await tx.run(sql`select from addresstype where id = ${id}::uuid for update`);
      const addresses = JSON.stringify([{ addressTypeId: id.toLowerCase() }]);
      const used = await tx.row(
        sql`select 1 as used from users where jsonb -> 'personal' -> 'addresses' @> ${addresses}::jsonb limit 1`,
      );
      if (used !== null) throw badRequest(`Cannot remove address type '${id}' as it is being used`, "in-use");
      await addressTypes.delete(tx, id);
    });
    return { status: 204 };
  },
});

export const addressTypeRoutes: readonly Route[] = [
  ...crudRoutes(addressTypes, { path, permissions: "addresstypes", listName: "addressTypes" }).filter(
    ({ method }) => method !== "DELETE",
  ),
  deleteUnused,
];
