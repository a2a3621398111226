import { randomUUID } from "node:crypto";
import { type Transaction, sql } from "@octavo/database";
import type { Event } from "./event.ts";

export interface NewEvent {
  readonly type: string;
  /** Events of one key are sent in the order in which their transactions ended; without it there is no order. */
  readonly key?: string;
  /** What is told of is a row that this transaction has written: whoever tells of the same row next waits for its lock, so that no other
   * lock is needed for its events to be in order. Those of one key that are about different rows may then come in either order. */
  readonly isOrderedByRows?: boolean;
  readonly payload: unknown;
  /** Of Kafka's record; the feed leaves them out. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Writes events that are sent when, and only when, the transaction is committed.
 * @returns their ids */
export async function insertEvents(
  tx: Transaction,
  events: readonly NewEvent[],
): Promise<readonly Event["id"][]> {
  const rows = events.map(({ type, key, payload, headers }) => {
    const id = randomUUID();
    const text = headers === undefined ? null : JSON.stringify(headers);
    return { id, type, key: key ?? id, payload: JSON.stringify(payload), headers: text };
  });
  await lockKeys(
    tx,
    events.flatMap(({ key, isOrderedByRows = false }) => (isOrderedByRows ? [] : (key ?? []))),
  );
  await tx.run(
    sql`insert into octavo_outbox (id, type, key, payload, headers)
        select id, type, key, payload::jsonb, headers::jsonb from unnest(${rows.map(({ id }) => id)}::uuid[],
          ${rows.map(({ type }) => type)}::text[], ${rows.map(({ key }) => key)}::text[],
          ${rows.map(({ payload }) => payload)}::text[], ${rows.map(({ headers }) => headers)}::text[])
          with ordinality as made (id, type, key, payload, headers, n) order by n`,
  );
  return rows.map(({ id }) => id);
}

/** Positions are given when a row is written, not when it is committed. Who publishes for a key therefore waits for whoever has done so
 * and is not at his end: the order of positions of a key is the order of its commits. In one order of keys, so that two cannot wait for
 * each other. */
async function lockKeys(tx: Transaction, keys: readonly string[]): Promise<void> {
  const distinct = [...new Set(keys)].toSorted();
  for (const key of distinct) {
    await tx.row(
      sql`select pg_advisory_xact_lock(hashtextextended(current_schema() || '.octavo_outbox.' || ${key}, 0))::text as locked`,
    );
  }
}
