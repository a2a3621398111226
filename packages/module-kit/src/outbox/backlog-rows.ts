import { type ReadTransaction, sql } from "@octavo/database";
import { OUTBOX } from "./relay.ts";

/** Events that wait to be sent. */
export interface Backlog {
  readonly events: number;
  /** Since the oldest was published; 0 where none waits. */
  readonly oldestSeconds: number;
}

/** With a million that wait, to count each would cost a second. */
const COUNTED = 10_000;

/** Tenants where events may wait, by the wakes in home: a relay that leaves nothing behind takes its wake away. One whose wake was lost is found with the
 * next sweep, as by the relay itself. */
export async function tenantsWithEvents(tx: ReadTransaction): Promise<readonly string[]> {
  const rows = await tx.rows<{ tenantId: string }>(
    sql`select tenant_id as "tenantId" from octavo_wake join octavo_tenant using (tenant_id)
        where errand = ${OUTBOX} and state = 'enabled' order by tenant_id`,
  );
  return rows.map(({ tenantId }) => tenantId);
}

/** Of one tenant; counted up to ten thousand. */
export async function readBacklog(tx: ReadTransaction): Promise<Backlog> {
  const row = await tx.row<Backlog>(
    sql`select (select count(*) from (select from octavo_outbox limit ${COUNTED}) waiting)::int as events,
          coalesce((select extract(epoch from clock_timestamp() - published_at) from octavo_outbox order by position limit 1), 0)::float8 as "oldestSeconds"`,
  );
  return row ?? { events: 0, oldestSeconds: 0 };
}
