import type { PoolClient } from "pg";
import type { WriteIntent } from "./registry.ts";

/** What an earlier call under this key was told. */
export interface KeptAnswer {
  readonly answer: string;
  readonly revision: number;
  /** Whether it was another call: another body, another operation, or somebody else's. */
  readonly isOfOtherCall: boolean;
}

export async function findKeptAnswer(client: PoolClient, intent: WriteIntent): Promise<KeptAnswer | null> {
  if (intent.idempotency === null) return null;
  const { key, fingerprint } = intent.idempotency;
  const { rows } = await client.query<{
    actor: string;
    fingerprint: string;
    answer: string;
    revision: string;
  }>("select actor, fingerprint, answer, revision from octavo.idempotency where key = $1", [key]);
  const row = rows[0];
  if (row === undefined) return null;
  return {
    answer: row.answer,
    revision: Number(row.revision),
    isOfOtherCall: row.fingerprint !== fingerprint || row.actor !== intent.actor,
  };
}

/** Waits while another transaction writes under the same key.
 * @returns false where that one committed: its answer is there now */
export async function keepAnswer(
  client: PoolClient,
  intent: WriteIntent,
  answer: string,
  revision: number,
): Promise<boolean> {
  if (intent.idempotency === null) return true;
  const { key, fingerprint } = intent.idempotency;
  const { rowCount } = await client.query(
    `insert into octavo.idempotency (key, actor, fingerprint, answer, revision) values ($1, $2, $3, $4, $5)
     on conflict (key) do nothing`,
    [key, intent.actor, fingerprint, answer, revision],
  );
  return rowCount === 1;
}
