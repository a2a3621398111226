import { sql, type Transaction } from "@octavo/database";
import type { LeasedPlace } from "./leased-place.ts";

const MAX_LAG_SECONDS = 10;
const LOOK_AGAIN_MS = 2000;

/** Of the replica that is furthest behind; 0 where there is none, or where the owner may not see it (pg_read_all_stats). */
export async function replicaLagSeconds(tx: Transaction): Promise<number> {
  const row = await tx.row<{ lag: number | null }>(
    sql`select extract(epoch from max(replay_lag))::float8 as lag from pg_stat_replication`,
  );
  return row?.lag ?? 0;
}

/** Waits until no replica is too far behind. */
export async function untilReplicasFollow(
  at: LeasedPlace,
  stepId: string,
  lagSeconds: number,
): Promise<void> {
  for (let lag = lagSeconds; lag > MAX_LAG_SECONDS; lag = await at.tx(replicaLagSeconds)) {
    at.tell({ stepId, what: "wait" });
    await at.pause(stepId, LOOK_AGAIN_MS);
  }
}
