import { sql, type Transaction } from "@octavo/module-kit";

/** One at a time makes a link for a user, uses one, or changes the password. Comes first in its transaction: the lock of the user's credential
 * follows it everywhere. */
export async function lockLinks(tx: Transaction, userId: string): Promise<void> {
  await tx.rows(
    sql`select pg_advisory_xact_lock(hashtextextended(current_schema() || '.links ' || ${userId}, 0))::text`,
  );
}

/** A link is made for the password that is there then. Once that is another one, whoever finds the link in an old message opens nothing. */
export async function endLinks(tx: Transaction, userId: string): Promise<void> {
  await tx.run(sql`delete from auth_password_action where jsonb ->> 'userId' = ${userId}`);
}
