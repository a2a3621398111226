import { err, ok, type Result } from "@octavo/result";
import type { PoolClient } from "pg";
import type { Op } from "./logged-change.ts";
import { shownOps, type ShownOp } from "./rewind/stored-rewinds.ts";

/** A change as those are told of it who follow what happens: without what may be secret in it. */
export interface ChangeEvent {
  readonly revision: number;
  readonly hash: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly requestId: string | null;
  readonly changes: readonly ShownOp[];
}

/** How far somebody has been told. */
export interface ToldUntil {
  readonly revision: number;
  /** How the hash of that change begins; "" where that is not known. */
  readonly hash: string;
}

/** Why the log does not go on from there:
 * - cut: it begins later
 * - rewound: that change is no part of it, or no more
 * - ahead: it never came so far */
type NotThere = "cut" | "rewound" | "ahead";

/** Oldest first, at most so many. For `registry.read`. */
export async function readChangeEvents(
  client: PoolClient,
  told: ToldUntil,
  most: number,
): Promise<Result<readonly ChangeEvent[], NotThere>> {
  const { rows } = await client.query<ChangeRow>(
    `select revision, at, actor, action, target, request_id, ops, previous_hash, hash from octavo.change
     where revision > $1 order by revision limit $2`,
    [told.revision, most],
  );
  const [first] = rows;
  if (first === undefined) return atEnd(client, told);
  if (Number(first.revision) !== told.revision + 1) return err("cut");
  if (!first.previous_hash.startsWith(told.hash)) return err("rewound");
  return ok(
    rows.map((row) => ({
      revision: Number(row.revision),
      hash: row.hash,
      at: row.at.toISOString(),
      actor: row.actor,
      action: row.action,
      target: row.target,
      requestId: row.request_id,
      changes: shownOps(row.ops),
    })),
  );
}

async function atEnd(client: PoolClient, told: ToldUntil): Promise<Result<readonly [], NotThere>> {
  const { rows } = await client.query<{ counter: string; hash: string }>(
    "select counter, hash from octavo.revision",
  );
  const [end] = rows;
  const counter = Number(end?.counter);
  if (counter > told.revision) return err("cut");
  if (counter < told.revision) return err(told.hash === "" ? "ahead" : "rewound");
  return end?.hash.startsWith(told.hash) === true ? ok([]) : err("rewound");
}

interface ChangeRow {
  readonly revision: string;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly request_id: string | null;
  readonly ops: readonly Op[];
  readonly previous_hash: string;
  readonly hash: string;
}
