import { type ReadTransaction, sql, type Transaction } from "@octavo/module-kit";
import type { Permission } from "./permissions.ts";

/** These permissions with all that they contain, however deep; a circle ends where it began. Names that nobody defines stay.
 * @returns each once, those that were asked for first */
export async function expandPermissions(
  tx: ReadTransaction,
  names: readonly string[],
): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const rows = await tx.rows<{ name: string }>(sql`
    with recursive held (name) as (
      select value from jsonb_array_elements_text(${JSON.stringify(names)}::jsonb)
      union
      select child.value from held
      join permissions on permissions.jsonb ->> 'permissionName' = held.name
      cross join lateral jsonb_array_elements_text(permissions.jsonb -> 'subPermissions') child
    )
    select name from held`);
  return rows.map(({ name }) => name);
}

/** Those of these names that are defined, dummies included. */
export async function permissionsNamed(
  tx: ReadTransaction,
  names: readonly string[],
): Promise<ReadonlyMap<string, Permission>> {
  const rows = await tx.rows<{ name: string; document: string }>(sql`
    select jsonb ->> 'permissionName' as name, jsonb::text as document from permissions
    where jsonb ->> 'permissionName' in
      (select value from jsonb_array_elements_text(${JSON.stringify(names)}::jsonb))`);
  // as: nothing is stored but what the collection's schema let in
  return new Map(rows.map(({ name, document }) => [name, JSON.parse(document) as Permission]));
}

/** Writes `childOf` and `grantedTo` of these anew, from what contains them and who has them. */
export async function deriveOwners(tx: Transaction, names: readonly string[]): Promise<void> {
  await tx.run(sql`
    update permissions set jsonb = permissions.jsonb || derived.fields
    from (
      select named.value as name, jsonb_build_object(
        'childOf', (select coalesce(jsonb_agg(parent.jsonb -> 'permissionName' order by parent.jsonb ->> 'permissionName'), '[]')
          from permissions parent where parent.jsonb -> 'subPermissions' @> to_jsonb(named.value)),
        'grantedTo', (select coalesce(jsonb_agg(to_jsonb(holder.id::text) order by holder.id), '[]')
          from permissions_users holder where holder.jsonb -> 'permissions' @> to_jsonb(named.value))
      ) as fields
      from jsonb_array_elements_text(${JSON.stringify([...new Set(names)])}::jsonb) named
    ) derived
    where permissions.jsonb ->> 'permissionName' = derived.name
      and (permissions.jsonb -> 'childOf', permissions.jsonb -> 'grantedTo')
          is distinct from (derived.fields -> 'childOf', derived.fields -> 'grantedTo')`);
}

/** One writer of a tenant's permissions at a time: who has what is decided on what is there. */
export async function lockPermissions(tx: Transaction): Promise<void> {
  await tx.rows(
    sql`select pg_advisory_xact_lock(hashtextextended(current_schema() || '.permissions', 0))::text`,
  );
}
