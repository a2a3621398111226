import { badRequest, type ReadTransaction, Refusal, sql } from "@octavo/module-kit";
import { type PermissionUser, permissionUsers } from "./permissions.ts";

/** @param indexField "id" or "userId": what `value` is
 * @returns null where there is none
 * @throws Refusal 400 for another field, or an id that is none */
export async function userBy(
  tx: ReadTransaction,
  indexField: string,
  value: string,
): Promise<PermissionUser | null> {
  if (indexField === "id") return await permissionUsers.find(tx, value);
  if (indexField !== "userId") throw badRequest(`Invalid value '${indexField}' for indexField`);
  const row = await tx.row<{ document: string }>(
    sql`select jsonb::text as document from permissions_users where jsonb ->> 'userId' = ${value.toLowerCase()}`,
  );
  return row === null ? null : (JSON.parse(row.document) as PermissionUser); // as: nothing else is stored
}

/** 404, in the words of mod-permissions. */
export function noUserFound(message: string): Refusal {
  return new Refusal(404, [{ message, code: "not-found" }]);
}
