import { name, sql, type Transaction } from "@octavo/module-kit";
import type { UserInput } from "./user-mistakes.ts";

/** What a user is compared with before it is written. */
export interface Surroundings {
  /** Now, by the database's clock, in the form of stored dates. */
  readonly moment: string;
  readonly hasGroup: boolean;
  /** Ids that nobody has. */
  readonly addressTypes: readonly string[];
  readonly departments: readonly string[];
  /** Where this tenant is in a consortium. */
  readonly centralTenantId: string | null;
}

/** What is there stays until the end of the transaction: it is locked against being deleted. */
export async function surroundingsOf(tx: Transaction, user: UserInput): Promise<Surroundings> {
  const row = await tx.row<{ moment: string; hasGroup: boolean; centralTenantId: string | null }>(sql`
    select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"') as moment,
      ${user.patronGroup ?? null}::uuid is null
        or exists (select from groups where id = ${user.patronGroup ?? null}::uuid) as "hasGroup",
      (select jsonb ->> 'centralTenantId' from user_tenant order by id limit 1) as "centralTenantId"`);
  const types = (user.personal?.addresses ?? []).map(({ addressTypeId }) => addressTypeId);
  return {
    moment: row?.moment ?? "",
    hasGroup: row?.hasGroup ?? false,
    centralTenantId: row?.centralTenantId ?? null,
    addressTypes: await missing(tx, "addresstype", types),
    departments: await missing(tx, "departments", user.departments ?? []),
  };
}

async function missing(tx: Transaction, table: string, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const rows = await tx.rows<{ id: string }>(
    sql`select id from ${name(table)} where id = any(${ids}::uuid[]) order by id for key share`,
  );
  const there = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !there.has(id.toLowerCase()));
}
