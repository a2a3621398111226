import { type ReadTransaction, sql, type Transaction } from "@octavo/database";
import type { IdentityChange } from "./identity-change.ts";

/** How a gateway is reached, and who says it. */
export interface PushSender {
  /** Of the request; null where none came with it. */
  readonly gatewayUrl: string | null;
  /** For pushes alone; null where no gateway gave one. */
  readonly token: string | null;
}

export interface PushRow extends PushSender {
  readonly position: string;
  readonly change: IdentityChange;
  readonly attempt: number;
}

/** @param inSeconds until then the request itself sends it
 * @returns the position */
export async function insertPush(
  tx: Transaction,
  change: IdentityChange,
  { gatewayUrl, token }: PushSender,
  inSeconds: number,
): Promise<string> {
  const [row] = await tx.rows<{ position: string }>(
    sql`insert into octavo_identity_push (change, gateway_url, token, due_at)
        values (${JSON.stringify(change)}::jsonb, ${gatewayUrl}, ${token},
          clock_timestamp() + make_interval(secs => ${inSeconds}::float8))
        returning position::text`,
  );
  return row?.position ?? "";
}

/** Takes what is due and nobody else has; nobody gets it before `leaseSeconds` are over. */
export async function claimPushes(
  tx: Transaction,
  most: number,
  leaseSeconds: number,
): Promise<readonly PushRow[]> {
  return await tx.rows<PushRow>(
    sql`with due as (
          select position from octavo_identity_push where due_at <= clock_timestamp()
          order by position limit ${most} for update skip locked)
        update octavo_identity_push taken
        set attempt = attempt + 1, due_at = clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8)
        from due where taken.position = due.position
        returning taken.position::text, change, gateway_url as "gatewayUrl", token, attempt`,
  );
}

export async function removePushes(tx: Transaction, positions: readonly string[]): Promise<void> {
  await tx.run(sql`delete from octavo_identity_push where position = any(${positions}::bigint[])`);
}

export async function putBackPushes(
  tx: Transaction,
  positions: readonly string[],
  afterSeconds: number,
  error: string,
): Promise<void> {
  await tx.run(
    sql`update octavo_identity_push set error = ${error}, due_at = clock_timestamp() + make_interval(secs => ${afterSeconds}::float8)
        where position = any(${positions}::bigint[])`,
  );
}

/** In how many seconds the next is due; null where none waits. */
export async function nextPushSeconds(tx: ReadTransaction): Promise<number | null> {
  const row = await tx.row<{ seconds: number | null }>(
    sql`select extract(epoch from min(due_at) - clock_timestamp())::float8 as seconds from octavo_identity_push`,
  );
  const seconds = row?.seconds ?? null;
  return seconds === null ? null : Math.max(0, seconds);
}
