import { type ReadTransaction, sql, type Transaction } from "@octavo/module-kit";
import type { RequestContext } from "@octavo/module-kit";
import type { StoredPassword } from "./password-hash.ts";
import type { PasswordWork } from "./password-work.ts";
import { credentials, formerCredentials } from "./records.ts";
import { type Credential, credentialOf } from "./stored-credentials.ts";

/** The password of today and those before it, newest first.
 * @param most with the one of today */
export async function rememberedPasswords(
  tx: ReadTransaction,
  userId: string,
  most: number,
): Promise<readonly StoredPassword[]> {
  const current = await credentialOf(tx, userId);
  const rows = await tx.rows<StoredPassword>(sql`
    select jsonb ->> 'hash' as hash, jsonb ->> 'salt' as salt from auth_credentials_history
    where jsonb ->> 'userId' = ${userId} order by jsonb ->> 'date' desc limit ${Math.max(0, most - 1)}::integer`);
  const former = rows.map(({ hash, salt }) => ({ hash: hash ?? undefined, salt: salt ?? undefined }));
  return current === null ? former : [current, ...former];
}

/** One after the other: whoever asks pays for it, and nobody else waits for ten at once. */
export async function isAmong(
  password: string,
  remembered: readonly StoredPassword[],
  passwords: PasswordWork,
): Promise<boolean> {
  for (const stored of remembered) {
    if ((await passwords.check(password, stored)).matches) return true;
  }
  return false;
}

/** Puts a new password in the place of one that is locked, and remembers that one. */
export async function replacePassword(
  tx: Transaction,
  { current, hash, most }: { readonly current: Credential; readonly hash: string; readonly most: number },
  context: RequestContext,
): Promise<void> {
  const { id, userId } = current;
  const row = await tx.row<{ now: string }>(
    sql`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') as now`,
  );
  const { hash: oldHash, salt } = current;
  const old = { ...(oldHash !== undefined && { hash: oldHash }), ...(salt !== undefined && { salt }) };
  await formerCredentials.create(tx, { userId, ...old, date: row?.now ?? "" }, context);
  await credentials.replace(tx, id, { userId, hash }, context);
  await tx.run(sql`
    delete from auth_credentials_history where id in (
      select id from auth_credentials_history where jsonb ->> 'userId' = ${userId}
      order by jsonb ->> 'date' desc offset ${Math.max(0, most - 1)}::integer)`);
}
