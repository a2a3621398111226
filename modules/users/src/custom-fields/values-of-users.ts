import { type ReadTransaction, sql, type Transaction } from "@octavo/module-kit";

/** Values that users have of a field, in bulk: a statement for all users, or one for all with the same value. */

export async function countWithField(tx: ReadTransaction, refId: string): Promise<number> {
  const row = await tx.row<{ count: string }>(
    sql`select count(*) as count from users where jsonb -> 'customFields' ? ${refId}`,
  );
  return Number(row?.count ?? 0);
}

export async function countWithOption(tx: ReadTransaction, refId: string, optionId: string): Promise<number> {
  const row = await tx.row<{ count: string }>(sql`
    select count(*) as count from users
    where jsonb -> 'customFields' ? ${refId} and jsonb -> 'customFields' -> ${refId}::text ? ${optionId}`);
  return Number(row?.count ?? 0);
}

export async function removeValues(tx: Transaction, refId: string): Promise<void> {
  await tx.run(sql`
    update users set jsonb = jsonb #- array['customFields', ${refId}::text]
    where jsonb -> 'customFields' ? ${refId}`);
}

/** Options that are no longer there are taken from whoever chose them; whoever has none then gets the defaults. */
export async function removeOptions(
  tx: Transaction,
  refId: string,
  removed: readonly string[],
  defaults: readonly string[],
): Promise<void> {
  if (removed.length === 0) return;
  const rows = await tx.rows<{ value: string }>(sql`
    select distinct jsonb -> 'customFields' -> ${refId}::text as value from users
    where jsonb -> 'customFields' ? ${refId} and jsonb -> 'customFields' -> ${refId}::text ?| ${removed}::text[]`);
  for (const { value } of rows) {
    const next = withoutOptions(value, removed, defaults);
    await tx.run(sql`
      update users set jsonb = case
        when ${next === null} then jsonb #- array['customFields', ${refId}::text]
        else jsonb_set(jsonb, array['customFields', ${refId}::text], ${JSON.stringify(next)}::jsonb) end
      where jsonb -> 'customFields' ? ${refId}
        and jsonb -> 'customFields' -> ${refId}::text = ${JSON.stringify(value)}::jsonb`);
  }
}

/** @returns null where nothing is left; one option as a text, several as a list */
export function withoutOptions(
  value: unknown,
  removed: readonly string[],
  defaults: readonly string[],
): string | readonly unknown[] | null {
  const chosen = (Array.isArray(value) ? value : [value]).filter((each) => !removed.includes(String(each)));
  const left: readonly unknown[] = chosen.length === 0 ? defaults : chosen;
  if (left.length === 0) return null;
  return left.length === 1 ? String(left[0]) : left;
}
