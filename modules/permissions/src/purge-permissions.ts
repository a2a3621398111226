import { sql, type Transaction } from "@octavo/module-kit";

/** Deletes permissions, and their names from all sets and users.
 * @param which names, or all that are deprecated
 * @returns the names */
export async function purgePermissions(
  tx: Transaction,
  which: readonly string[] | "deprecated",
): Promise<string[]> {
  const all = which === "deprecated";
  const rows = await tx.rows<{ name: string }>(sql`
    delete from permissions
    where (${all}::boolean and jsonb ->> 'deprecated' = 'true')
      or jsonb ->> 'permissionName' in
        (select value from jsonb_array_elements_text(${JSON.stringify(all ? [] : which)}::jsonb))
    returning jsonb ->> 'permissionName' as name`);
  const names = rows.map(({ name }) => name);
  if (names.length === 0) return names;
  const gone = JSON.stringify(names);
  await tx.run(sql`
    update permissions set jsonb = jsonb_set(jsonb, '{subPermissions}', (jsonb -> 'subPermissions')
      - array(select value from jsonb_array_elements_text(${gone}::jsonb)))
    where jsonb -> 'subPermissions' ?| array(select value from jsonb_array_elements_text(${gone}::jsonb))`);
  await tx.run(sql`
    update permissions_users set jsonb = jsonb_set(jsonb, '{permissions}', (jsonb -> 'permissions')
      - array(select value from jsonb_array_elements_text(${gone}::jsonb)))
    where jsonb -> 'permissions' ?| array(select value from jsonb_array_elements_text(${gone}::jsonb))`);
  return names;
}
