import type { PoolClient } from "pg";
import type { Op } from "./logged-change.ts";
import { shownOps, type ShownOp } from "./rewind/stored-rewinds.ts";

/** A change as those are told of it who follow what happens: without what may be secret in it. */
export interface ChangeEvent {
  readonly revision: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly requestId: string | null;
  readonly changes: readonly ShownOp[];
}

/** Oldest first, at most so many. For `registry.read`.
 * @returns null where the log no longer holds what comes right after `after`, or never came so far */
export async function readChangeEvents(
  client: PoolClient,
  after: number,
  most: number,
): Promise<readonly ChangeEvent[] | null> {
  const { rows } = await client.query<ChangeRow>(
    `select revision, at, actor, action, target, request_id, ops from octavo.change
     where revision > $1 order by revision limit $2`,
    [after, most],
  );
  const [first] = rows;
  if (first === undefined ? !(await isNewest(client, after)) : Number(first.revision) !== after + 1) {
    return null;
  }
  return rows.map((row) => ({
    revision: Number(row.revision),
    at: row.at.toISOString(),
    actor: row.actor,
    action: row.action,
    target: row.target,
    requestId: row.request_id,
    changes: shownOps(row.ops),
  }));
}

async function isNewest(client: PoolClient, revision: number): Promise<boolean> {
  const { rows } = await client.query<{ counter: string }>("select counter from octavo.revision");
  return Number(rows[0]?.counter) === revision;
}

interface ChangeRow {
  readonly revision: string;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly request_id: string | null;
  readonly ops: readonly Op[];
}
