import { type Transaction, sql } from "@octavo/database";
import { SWEEP_BATCH } from "../visits/sweeper.ts";

/** Removes entries that have run out. */
export async function sweepState(tx: Transaction): Promise<number> {
  return tx.run(
    sql`with old as (
          select namespace, key from octavo_state where expires_at <= now()
          limit ${SWEEP_BATCH} for update skip locked)
        delete from octavo_state state using old where state.namespace = old.namespace and state.key = old.key`,
  );
}

/** Removes leases that nobody has taken for an hour. */
export async function sweepLeases(tx: Transaction): Promise<number> {
  return tx.run(
    sql`with old as (
          select name from octavo_lease where expires_at < now() - interval '1 hour'
          limit ${SWEEP_BATCH} for update skip locked)
        delete from octavo_lease lease using old where lease.name = old.name`,
  );
}
