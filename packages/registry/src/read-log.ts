import type { ClientBase } from "pg";
import { limits } from "./connect.ts";
import type { LoggedChange, Op } from "./logged-change.ts";

/** The counter's row, and what the log says about the revision that was applied here. */
export interface Seen {
  readonly revision: number;
  readonly history: string;
  readonly hash: string;
  /** Hash of the change at the revision asked for; null where the log begins after it, or ends before it. */
  readonly appliedHash: string | null;
  readonly isStandby: boolean;
  /** Which protocol the instances on this database write. */
  readonly protocol: number;
  readonly now: Date;
}

export async function readPosition(client: ClientBase, applied: number): Promise<Seen> {
  const { rows } = await client.query<{
    counter: string;
    history: string;
    hash: string;
    applied_hash: string | null;
    is_standby: boolean;
    protocol: string | null;
    now: Date;
  }>(positionQuery(applied));
  const row = rows[0];
  if (row === undefined) throw new Error("the table octavo.revision has lost its row: restore the database");
  return {
    revision: Number(row.counter),
    history: row.history,
    hash: row.hash,
    appliedHash: row.applied_hash,
    isStandby: row.is_standby,
    protocol: Number(row.protocol),
    now: row.now,
  };
}

/** Like the beginning of a write it is answered soon or not at all: a frozen server must not hold up those who wait. */
function positionQuery(applied: number) {
  return {
    text: `select r.counter, r.history, r.hash, coalesce(c.hash, cut.hash) as applied_hash,
       pg_is_in_recovery() as is_standby,
       (select value from octavo.meta where name = 'active_protocol') as protocol, clock_timestamp() as now
     from octavo.revision r left join octavo.change c on c.revision = $1
       left join octavo.change_cut cut on cut.revision = $1`,
    values: [applied],
    query_timeout: limits.beginMs,
  };
}

/** A row of the log as it is stored: what it claims its hashes to be. */
export interface StoredChange extends LoggedChange {
  /** Clock of the database, ISO. */
  readonly at: string;
  readonly previousHash: string;
  readonly hash: string;
}

export async function readChangesAfter(
  client: ClientBase,
  revision: number,
): Promise<readonly StoredChange[]> {
  const { rows } = await client.query<ChangeRow>(
    `select ${changeColumns} from octavo.change where revision > $1 order by revision`,
    [revision],
  );
  return rows.map(storedChange);
}

/** The last so many changes, oldest first. */
export async function readLastChanges(client: ClientBase, most: number): Promise<readonly StoredChange[]> {
  const { rows } = await client.query<ChangeRow>(
    `select ${changeColumns} from octavo.change order by revision desc limit $1`,
    [most],
  );
  return rows.map(storedChange).toReversed();
}

const changeColumns =
  "revision, write_id, at, actor, action, target, must_understand, ops, previous_hash, hash";

interface ChangeRow {
  readonly revision: string;
  readonly write_id: string;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly must_understand: boolean;
  readonly ops: readonly Op[];
  readonly previous_hash: string;
  readonly hash: string;
}

function storedChange(row: ChangeRow): StoredChange {
  return {
    revision: Number(row.revision),
    writeId: row.write_id,
    at: row.at.toISOString(),
    actor: row.actor,
    action: row.action,
    target: row.target,
    mustUnderstand: row.must_understand,
    ops: row.ops,
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}
