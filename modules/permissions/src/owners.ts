import { type ReadTransaction, sql } from "@octavo/module-kit";
import type { Permission } from "./permissions.ts";

/** A permission as clients see it. */
export interface ShownPermission extends Permission {
  /** Names of the sets that contain it. */
  readonly childOf: readonly string[];
  /** Ids of the permission users who have it, by itself. */
  readonly grantedTo: readonly string[];
}

/** Says of permissions what contains them and who has them. Read where it is shown: stored, as mod-permissions has it, each user who is given 2,000
 * permissions would rewrite 2,000 documents, each with the ids of all who had them before. */
export async function withOwners(
  tx: ReadTransaction,
  permissions: readonly Permission[],
): Promise<readonly ShownPermission[]> {
  const names = permissions.map(({ permissionName = "" }) => permissionName);
  if (names.length === 0) return [];
  const parents = await tx.rows<{ name: string; owners: readonly string[] }>(sql`
    select child.value as name, jsonb_agg(jsonb ->> 'permissionName' order by jsonb ->> 'permissionName') as owners
    from permissions cross join lateral jsonb_array_elements_text(jsonb -> 'subPermissions') child
    where jsonb -> 'subPermissions' ?| ${names}::text[] and child.value = any(${names}::text[])
    group by child.value`);
  const holders = await tx.rows<{ name: string; owners: readonly string[] }>(sql`
    select held.value as name, jsonb_agg(id::text order by id) as owners
    from permissions_users cross join lateral jsonb_array_elements_text(jsonb -> 'permissions') held
    where jsonb -> 'permissions' ?| ${names}::text[] and held.value = any(${names}::text[])
    group by held.value`);
  const childOf = new Map(parents.map(({ name, owners }) => [name, owners]));
  const grantedTo = new Map(holders.map(({ name, owners }) => [name, owners]));
  return permissions.map((each) => {
    const { permissionName = "" } = each;
    return {
      ...each,
      childOf: childOf.get(permissionName) ?? [],
      grantedTo: grantedTo.get(permissionName) ?? [],
    };
  });
}
