import { type ReadTransaction, type Transaction, sql } from "@octavo/database";
import type { Event } from "./event.ts";

/** What a relay has taken: the first events of one key, in order. */
export interface Claim {
  readonly key: string;
  /** Of its first event: whoever takes it later has a higher one. */
  readonly attempt: number;
  readonly events: readonly (Event & { readonly position: string })[];
}

interface Row {
  readonly position: string;
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly payload: unknown;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly publishedAt: Date;
  readonly attempt: number;
}

/** Takes keys whose first event is due and that no other relay has; nobody else gets them before `leaseSeconds` are over. */
export async function claimKeys(
  tx: Transaction,
  mostKeys: number,
  mostOfKey: number,
  leaseSeconds: number,
): Promise<readonly Claim[]> {
  const heads = await tx.rows<{ key: string; attempt: number }>(
    sql`with due as (
          select position from octavo_outbox first
          where due_at <= now()
            and not exists (select from octavo_outbox before where before.key = first.key and before.position < first.position)
          order by position limit ${mostKeys} for update skip locked)
        update octavo_outbox taken
        set attempt = attempt + 1, due_at = clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8)
        from due where taken.position = due.position returning taken.key, taken.attempt`,
  );
  if (heads.length === 0) return [];
  const rows = await tx.rows<Row>(
    sql`select position, id, type, wanted.key, payload, headers, published_at as "publishedAt", attempt
        from unnest(${heads.map(({ key }) => key)}::text[]) as wanted (key)
        cross join lateral (select * from octavo_outbox event where event.key = wanted.key
          order by position limit ${mostOfKey}) as event
        order by event.position`,
  );
  const events = Map.groupBy(
    rows.map(({ headers, ...row }) => (headers === null ? row : { ...row, headers })),
    ({ key }) => key,
  );
  return heads.map(({ key, attempt }) => ({ key, attempt, events: events.get(key) ?? [] }));
}

/** Removes what has arrived. */
export async function removeSent(tx: Transaction, events: Claim["events"]): Promise<void> {
  await tx.run(
    sql`delete from octavo_outbox where position = any(${events.map(({ position }) => position)}::bigint[])`,
  );
}

/** Lets a key be tried again later, unless another relay has it by now. */
export async function putBackKey(
  tx: Transaction,
  { events, attempt }: Claim,
  afterSeconds: number,
  error: string,
): Promise<void> {
  const first = events[0]?.position ?? "0";
  await tx.run(
    sql`update octavo_outbox set error = ${error}, due_at = clock_timestamp() + make_interval(secs => ${afterSeconds}::float8)
        where position = ${first} and attempt = ${attempt}`,
  );
}

/** Looked at for the next one that is due: with a million that wait, each look at all of them would cost a second. */
const LOOKED_AT = 1000;

/** When the next key is due, in seconds from now; null where nothing waits. Of many that wait only the first are looked at: the others are
 * behind them. */
export async function nextEventSeconds(tx: ReadTransaction): Promise<number | null> {
  // What was never tried is due since -infinity, of which PostgreSQL 15 subtracts nothing; and greatest() passes over null, so that without the
  // case an empty outbox would be due now, for ever.
  const row = await tx.row<{ seconds: number | null }>(
    sql`select case when count(*) > 0 then extract(epoch from greatest(min(due_at), now()) - now())::float8 end as seconds
        from (select key, position, due_at from octavo_outbox order by position limit ${LOOKED_AT}) first
        where not exists (select from octavo_outbox before where before.key = first.key and before.position < first.position)`,
  );
  return row?.seconds ?? null;
}
