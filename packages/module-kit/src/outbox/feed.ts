import { type ModuleDatabase, type ReadTransaction, type Transaction, sql } from "@octavo/database";
import { err, ok, type Result } from "@octavo/result";
import { SWEEP_BATCH } from "../visits/sweeper.ts";
import type { Event } from "./event.ts";
import type { Transport } from "./transport.ts";

/** The transport that needs nothing but the database: a table in the publisher's own schema, which others read through a route of the
 * publisher, from the position that they have. The outbox cannot be read so: its positions are given before they are committed, and
 * whoever reads up to one would miss what is committed below it later. Here a row that all relays lock gives them. */
export class FeedTransport implements Transport {
  readonly takesManyKeys = true;
  readonly #database: ModuleDatabase;

  constructor(database: ModuleDatabase) {
    this.#database = database;
  }

  async send(tenantId: string, events: readonly Event[]): Promise<void> {
    await this.#database.tx({ tenantId, work: "background" }, (tx) => appendEvents(tx, events));
  }
}

async function appendEvents(tx: Transaction, events: readonly Event[]): Promise<void> {
  const counter = await tx.row<{ position: string }>(
    sql`insert into octavo_event_position as counter (position) values (0)
        on conflict (is_only) do update set position = counter.position returning position`,
  );
  const column = <T>(of: (event: Event) => T): readonly T[] => events.map((event) => of(event));
  const appended = await tx.run(
    sql`insert into octavo_event (position, id, type, key, payload, published_at)
        select ${counter?.position ?? "0"}::bigint + row_number() over (order by n), id, type, key, payload::jsonb, published_at
        from unnest(${column(({ id }) => id)}::uuid[], ${column(({ type }) => type)}::text[],
          ${column(({ key }) => key)}::text[], ${column(({ payload }) => JSON.stringify(payload))}::text[],
          ${column(({ publishedAt }) => publishedAt)}::timestamptz[])
          with ordinality as sent (id, type, key, payload, published_at, n)
        where not exists (select from octavo_event known where known.id = sent.id)`,
  );
  // Numbers without a gap: a gap means that events are no longer kept.
  await tx.run(sql`update octavo_event_position set position = position + ${appended}::bigint`);
}

export interface FeedPage {
  readonly events: readonly Event[];
  /** What to ask for next. */
  readonly position: string;
}

/** Reads on from a position; "0" is the beginning.
 * @returns an error where events after that position are no longer kept: the reader must read everything anew */
export async function readFeed(
  tx: ReadTransaction,
  after: string,
  limit: number,
): Promise<Result<FeedPage, { readonly kind: "gone"; readonly keptFrom: string }>> {
  const rows = await tx.rows<Event & { position: string }>(
    sql`select position, id, type, key, payload, published_at as "publishedAt" from octavo_event
        where position > ${after}::bigint order by position limit ${limit}`,
  );
  const bounds = await tx.row<{ first: string; is_gap: boolean }>(
    sql`select coalesce(kept.first, last.position + 1)::text as first,
          coalesce(kept.first, last.position + 1) > ${after}::bigint + 1 as is_gap
        from octavo_event_position last, (select min(position) as first from octavo_event) as kept`,
  );
  if (bounds?.is_gap === true) return err({ kind: "gone", keptFrom: bounds.first });
  const events = rows.map(({ id, type, key, payload, publishedAt }) => ({
    id,
    type,
    key,
    payload,
    publishedAt,
  }));
  return ok({ events, position: rows.at(-1)?.position ?? after });
}

/** Removes events a week after they were relayed. */
export async function sweepFeed(tx: Transaction): Promise<number> {
  return tx.run(
    sql`with old as (
          select position from octavo_event where relayed_at < now() - interval '7 days'
          limit ${SWEEP_BATCH} for update skip locked)
        delete from octavo_event event using old where event.position = old.position`,
  );
}
