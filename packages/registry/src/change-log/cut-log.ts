import type { ClientBase, PoolClient } from "pg";
import { underLease } from "../under-lease.ts";
import { cutPoint, type LogState, type OldChange } from "./cut-point.ts";
import type { LogLimits } from "./log-limits.ts";

/** Where the log begins: the last change that is no longer in it, or the one before the first. */
export interface LogCut {
  readonly revision: number;
  readonly hash: string;
}

/** What one batch has done. */
export interface CutBatch {
  readonly removed: number;
  readonly cut: LogCut;
}

/** Takes one batch from the old end of the log, and notes in the same transaction where it begins now. For
 * `registry.transaction`.
 * @returns null where another instance does it */
export function cutLog(client: PoolClient, instanceId: string, limits: LogLimits): Promise<CutBatch | null> {
  return underLease(client, "change-log", instanceId, (held) => cutOne(held, limits));
}

async function cutOne(client: PoolClient, limits: LogLimits): Promise<CutBatch> {
  const cut = await readCut(client);
  const state = await readState(client);
  const until = cutPoint(await readOldest(client, cut.revision, limits.rowsAtOnce), state, limits);
  if (until === null) return { removed: 0, cut };
  // Only where the cut is still the one that was read: a second fence beside the lease, for the same row.
  const { rowCount } = await client.query(
    `with moved as (
       update octavo.change_cut set revision = $1, hash = $2, at = clock_timestamp() where revision = $3
       returning revision)
     delete from octavo.change using moved where change.revision <= moved.revision`,
    [until.revision, until.hash, cut.revision],
  );
  return { removed: rowCount ?? 0, cut: { revision: until.revision, hash: until.hash } };
}

export async function readCut(client: ClientBase): Promise<LogCut> {
  const { rows } = await client.query<{ revision: string; hash: string }>(
    "select revision, hash from octavo.change_cut",
  );
  const row = rows[0];
  if (row === undefined)
    throw new Error("the table octavo.change_cut has lost its row: restore the database");
  return { revision: Number(row.revision), hash: row.hash };
}

async function readState(client: PoolClient): Promise<LogState> {
  const { rows } = await client.query<{ counter: string; held_from: string | null; now: Date }>(
    `select counter, clock_timestamp() as now,
       (select min(kept_revision) from octavo.rewind where acknowledged_at is null) as held_from
     from octavo.revision`,
  );
  const row = rows[0];
  if (row === undefined) throw new Error("the table octavo.revision has lost its row: restore the database");
  const heldFrom = row.held_from === null ? null : Number(row.held_from);
  return { counter: Number(row.counter), nowMs: row.now.getTime(), heldFrom };
}

async function readOldest(client: PoolClient, after: number, most: number): Promise<readonly OldChange[]> {
  const { rows } = await client.query<{ revision: string; hash: string; at: Date }>(
    "select revision, hash, at from octavo.change where revision > $1 order by revision limit $2",
    [after, most],
  );
  return rows.map(({ revision, hash, at }) => ({ revision: Number(revision), hash, atMs: at.getTime() }));
}
