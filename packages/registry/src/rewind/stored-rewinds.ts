import type { PoolClient } from "pg";
import type { Op } from "../logged-change.ts";
import { touchedBy } from "./touched-by.ts";

/** A loss as operators see it. */
export interface StoredRewind {
  readonly id: string;
  readonly lostHistory: string;
  readonly keptRevision: number;
  readonly lostRevision: number;
  /** False: more was lost than anybody remembers. */
  readonly isComplete: boolean;
  readonly noticedAt: string;
  readonly noticedBy: string;
  readonly serverBefore: string | null;
  readonly serverAfter: string | null;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  /** Oldest first. */
  readonly changes: readonly LostChange[];
}

export interface LostChange {
  readonly writeId: string;
  /** Its number before it was lost; another change may have it now. */
  readonly revision: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly ops: readonly ShownOp[];
  readonly outcome: "lost" | "proposed" | "refused";
  /** Why it was refused. */
  readonly because: string | null;
  readonly proposedRevision: number | null;
}

/** An op without what may be secret in it. */
export interface ShownOp {
  readonly kind: string;
  readonly of: readonly string[];
}

export function shownOps(ops: readonly Op[]): readonly ShownOp[] {
  return ops.map((op) => ({ kind: op.kind, of: touchedBy(op) }));
}

const MOST_SHOWN = 100;

/** Newest first; one of them, or the last hundred. For `registry.read`. */
export async function readRewinds(
  client: PoolClient,
  id: string | null = null,
): Promise<readonly StoredRewind[]> {
  const { rows } = await client.query<RewindRow>(
    `select r.*, coalesce(json_agg(json_build_object('writeId', c.write_id, 'revision', c.revision, 'at', c.at,
         'actor', c.actor, 'action', c.action, 'target', c.target, 'ops', c.ops, 'outcome', c.outcome,
         'because', c.because, 'proposedRevision', c.proposed_revision) order by c.revision)
       filter (where c.write_id is not null), '[]') as changes
     from octavo.rewind r left join octavo.lost_change c on c.rewind_id = r.id
     where $1::text is null or r.id::text = $1
     group by r.id order by r.noticed_at desc limit $2`,
    [id, MOST_SHOWN],
  );
  return rows.map((row) => ({
    id: row.id,
    lostHistory: row.lost_history,
    keptRevision: Number(row.kept_revision),
    lostRevision: Number(row.lost_revision),
    isComplete: row.is_complete,
    noticedAt: row.noticed_at.toISOString(),
    noticedBy: row.noticed_by,
    serverBefore: row.server_before,
    serverAfter: row.server_after,
    acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
    acknowledgedBy: row.acknowledged_by,
    changes: row.changes.map(({ ops, at, ...change }) => ({
      ...change,
      at: new Date(at).toISOString(),
      ops: shownOps(ops),
    })),
  }));
}

interface RewindRow {
  readonly id: string;
  readonly lost_history: string;
  readonly kept_revision: string;
  readonly lost_revision: string;
  readonly is_complete: boolean;
  readonly noticed_at: Date;
  readonly noticed_by: string;
  readonly server_before: string | null;
  readonly server_after: string | null;
  readonly acknowledged_at: Date | null;
  readonly acknowledged_by: string | null;
  readonly changes: readonly (Omit<LostChange, "ops"> & { readonly ops: readonly Op[] })[];
}

/** Ends the alarm. For `registry.transaction`.
 * @returns whether there is such a loss; one that is acknowledged already stays as it was */
export async function acknowledgeRewind(client: PoolClient, id: string, by: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `update octavo.rewind set acknowledged_at = coalesce(acknowledged_at, clock_timestamp()),
       acknowledged_by = coalesce(acknowledged_by, $2)
     where id::text = $1`,
    [id, by],
  );
  return rowCount === 1;
}
