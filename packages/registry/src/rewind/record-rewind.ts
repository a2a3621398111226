import type { PoolClient } from "pg";
import type { ModuleDescriptor } from "@octavo/descriptor";
import type { Snapshot } from "../snapshot.ts";
import type { StoredChange } from "../read-log.ts";
import { serverQuery } from "../cluster-signs.ts";
import type { Loss } from "./find-loss.ts";

/** A loss, as the instance that noticed it reports it. */
export interface NoticedRewind {
  readonly lostHistory: string;
  readonly lostRevision: number;
  readonly loss: Loss;
  /** Texts of descriptors that the lost changes added, by module id. The tables no longer have them. */
  readonly modules: ReadonlyMap<string, string>;
  /** Where the instance is reached. */
  readonly noticedBy: string;
  /** System id and timeline of the server; null where they could not be read. */
  readonly serverBefore: string | null;
}

/** The descriptors that lost changes added, out of the last state that had them. */
export function lostModules(base: Snapshot, { changes }: Loss): ReadonlyMap<string, string> {
  const added = changes.flatMap(({ ops }) =>
    ops.flatMap((op) => (op.kind === "module.added" ? [op.moduleId] : [])),
  );
  const known = added.map((id) => base.modules.get(id)).filter(isKnown);
  return new Map(known.map(({ id, source }) => [id, source]));
}

/** Several instances report the same loss: the second adds what the first did not know. What is new raises the alarm
 * again where somebody had acknowledged it. */
export async function recordRewind(client: PoolClient, rewind: NoticedRewind): Promise<void> {
  const { lostHistory, lostRevision, loss, noticedBy, serverBefore } = rewind;
  const { rows } = await client.query<{ id: string }>(
    `insert into octavo.rewind
       (lost_history, kept_revision, lost_revision, is_complete, noticed_by, server_before, server_after)
     values ($1, $2, $3, $4, $5, $6, ${serverQuery})
     on conflict (lost_history) do update set
       kept_revision = case
         when rewind.is_complete and excluded.is_complete then least(rewind.kept_revision, excluded.kept_revision)
         when rewind.is_complete then rewind.kept_revision else excluded.kept_revision end,
       lost_revision = greatest(rewind.lost_revision, excluded.lost_revision),
       is_complete = rewind.is_complete or excluded.is_complete
     returning id`,
    [lostHistory, loss.keptRevision, lostRevision, loss.isComplete, noticedBy, serverBefore],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error("an upsert returned no row");
  let isNews = false;
  for (const change of loss.changes) {
    if (await insertLost(client, id, change, rewind.modules)) isNews = true;
  }
  if (isNews) {
    await client.query(
      "update octavo.rewind set acknowledged_at = null, acknowledged_by = null where id = $1 and acknowledged_at is not null",
      [id],
    );
  }
}

/** @returns whether nobody had reported it */
async function insertLost(
  client: PoolClient,
  rewindId: string,
  { writeId, revision, at, actor, action, target, ops }: StoredChange,
  modules: ReadonlyMap<string, string>,
): Promise<boolean> {
  const added = ops.flatMap((op) => {
    const text = op.kind === "module.added" ? modules.get(op.moduleId) : undefined;
    return op.kind === "module.added" && text !== undefined ? [[op.moduleId, text] as const] : [];
  });
  const { rowCount } = await client.query(
    `insert into octavo.lost_change (rewind_id, write_id, revision, at, actor, action, target, ops, modules)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    [
      rewindId,
      writeId,
      revision,
      at,
      actor,
      action,
      target,
      JSON.stringify(ops),
      JSON.stringify(Object.fromEntries(added)),
    ],
  );
  return rowCount === 1;
}

function isKnown(module: ModuleDescriptor | undefined): module is ModuleDescriptor {
  return module !== undefined;
}
