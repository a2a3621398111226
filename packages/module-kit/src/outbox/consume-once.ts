import { type Transaction, sql } from "@octavo/database";
import { SWEEP_BATCH } from "../visits/sweeper.ts";
import type { Event } from "./event.ts";

/** Has the effect of an event once for each consumer, however often it comes: that it was had is written together with it. An event that
 * comes while another instance is at it waits for that one's end. Known for 14 days; no transport repeats later.
 *
 *     await db.tx((tx) => consumeOnce(tx, "loans", event, () => closeLoan(tx, event.payload)));
 *
 * @returns whether it was had now */
export async function consumeOnce(
  tx: Transaction,
  consumer: string,
  event: Pick<Event, "id">,
  effect: () => Promise<void>,
): Promise<boolean> {
  const isNew = await tx.run(
    sql`insert into octavo_consumed (consumer, event_id) values (${consumer}, ${event.id}::uuid)
        on conflict (consumer, event_id) do nothing`,
  );
  if (isNew === 0) return false;
  await effect();
  return true;
}

export async function sweepConsumed(tx: Transaction): Promise<number> {
  return tx.run(
    sql`with old as (
          select consumer, event_id from octavo_consumed where at < now() - interval '14 days'
          limit ${SWEEP_BATCH} for update skip locked)
        delete from octavo_consumed consumed using old
        where consumed.consumer = old.consumer and consumed.event_id = old.event_id`,
  );
}
