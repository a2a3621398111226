import type { ClientBase } from "pg";
import { limits } from "./connect.ts";
import { genesisHash, type LoggedChange, type Op } from "./logged-change.ts";

/** The counter's row, and what the log says about the revision that was applied here. */
export interface Seen {
  readonly revision: number;
  readonly history: string;
  readonly hash: string;
  /** Hash of the change at the revision asked for; null where the log holds none. */
  readonly appliedHash: string | null;
  readonly isStandby: boolean;
  readonly now: Date;
}

export async function readPosition(client: ClientBase, applied: number): Promise<Seen> {
  const { rows } = await client.query<{
    counter: string;
    history: string;
    hash: string;
    applied_hash: string | null;
    is_standby: boolean;
    now: Date;
  }>(positionQuery(applied));
  const row = rows[0];
  if (row === undefined) throw new Error("the table octavo.revision has lost its row: restore the database");
  return {
    revision: Number(row.counter),
    history: row.history,
    hash: row.hash,
    appliedHash: applied === 0 ? genesisHash : row.applied_hash,
    isStandby: row.is_standby,
    now: row.now,
  };
}

/** Like the beginning of a write it is answered soon or not at all: a frozen server must not hold up those who wait. */
function positionQuery(applied: number) {
  return {
    text: `select r.counter, r.history, r.hash, c.hash as applied_hash, pg_is_in_recovery() as is_standby,
       clock_timestamp() as now
     from octavo.revision r left join octavo.change c on c.revision = $1`,
    values: [applied],
    query_timeout: limits.beginMs,
  };
}

/** A row of the log as it is stored: what it claims its hashes to be. */
export interface StoredChange extends LoggedChange {
  readonly previousHash: string;
  readonly hash: string;
}

export async function readChangesAfter(
  client: ClientBase,
  revision: number,
): Promise<readonly StoredChange[]> {
  const { rows } = await client.query<{
    revision: string;
    write_id: string;
    actor: string;
    action: string;
    target: string;
    must_understand: boolean;
    ops: readonly Op[];
    previous_hash: string;
    hash: string;
  }>(
    `select revision, write_id, actor, action, target, must_understand, ops, previous_hash, hash
     from octavo.change where revision > $1 order by revision`,
    [revision],
  );
  return rows.map((row) => ({
    revision: Number(row.revision),
    writeId: row.write_id,
    actor: row.actor,
    action: row.action,
    target: row.target,
    mustUnderstand: row.must_understand,
    ops: row.ops,
    previousHash: row.previous_hash,
    hash: row.hash,
  }));
}
