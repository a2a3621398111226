import { type ReadTransaction, sql, type Transaction } from "@octavo/module-kit";
import type { Permission } from "./permissions.ts";

/** These permissions with all that they contain, however deep (release A's own sets are nested eight deep); a circle ends where it began. Names
 * that nobody defines stay.
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

/** One writer of a tenant's permissions at a time: who has what is decided on what is there. */
export async function lockPermissions(tx: Transaction): Promise<void> {
  await tx.rows(
    sql`select pg_advisory_xact_lock(hashtextextended(current_schema() || '.permissions', 0))::text`,
  );
}
