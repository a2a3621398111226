import { badRequest, crudRoutes, notFound, type Route, sql, type Transaction } from "@octavo/module-kit";
import { addressTypes } from "./address-types.ts";

export const addressTypeRoutes: readonly Route[] = crudRoutes(
  addressTypes,
  { path: "/addresstypes", permissions: "addresstypes", listName: "addressTypes" },
  { delete: deleteUnused },
);

/** Whoever writes a user holds the types of the addresses: this waits for him, and he for this. */
async function deleteUnused(tx: Transaction, id: string): Promise<void> {
  if ((await addressTypes.find(tx, id)) === null) throw notFound("addresstype", id);
  await tx.run(sql`select from addresstype where id = ${id}::uuid for update`);
  const addresses = JSON.stringify([{ addressTypeId: id.toLowerCase() }]);
  const used = await tx.row(
    sql`select 1 as used from users where jsonb -> 'personal' -> 'addresses' @> ${addresses}::jsonb limit 1`,
  );
  if (used !== null) throw badRequest(`Cannot remove address type '${id}' as it is being used`, "in-use");
  await addressTypes.delete(tx, id);
}
