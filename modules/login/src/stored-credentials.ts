import { type ReadTransaction, sql, type Transaction } from "@octavo/module-kit";
import type { StoredPassword } from "./password-hash.ts";

export interface Credential extends StoredPassword {
  readonly id: string;
  readonly userId: string;
}

/** @returns null where the user has no password */
export async function credentialOf(tx: ReadTransaction, userId: string): Promise<Credential | null> {
  const row = await tx.row<{ document: string }>(
    sql`select jsonb::text as document from auth_credentials where jsonb ->> 'userId' = ${userId}`,
  );
  return row === null ? null : (JSON.parse(row.document) as Credential); // as: nothing else is stored
}

/** The same, until the transaction ends nobody else's to change. */
export async function lockedCredentialOf(tx: Transaction, userId: string): Promise<Credential | null> {
  const row = await tx.row<{ document: string }>(
    sql`select jsonb::text as document from auth_credentials where jsonb ->> 'userId' = ${userId} for update`,
  );
  return row === null ? null : (JSON.parse(row.document) as Credential); // as: nothing else is stored
}

/** The same password in the form of today. Nothing happens where it was changed meanwhile. */
export async function rehash(tx: Transaction, { id, hash }: Credential, renewed: string): Promise<void> {
  await tx.run(sql`
    update auth_credentials set jsonb = (jsonb - 'salt') || jsonb_build_object('hash', ${renewed}::text)
    where id = ${id}::uuid and jsonb ->> 'hash' = ${hash ?? ""}`);
}
