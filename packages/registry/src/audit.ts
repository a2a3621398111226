import type { PoolClient } from "pg";
import type { WriteIntent } from "./registry.ts";

/** One write that was carried out, whether or not it changed anything. Rows are only ever added. */
export interface AuditEntry {
  readonly id: string;
  /** Clock of the database, ISO with microseconds: a page can go on exactly after it. */
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly requestId: string | null;
  /** null where nothing changed, or nothing that is part of a snapshot. */
  readonly revision: number | null;
  readonly outcome: "changed" | "unchanged";
}

export async function writeAudit(
  client: PoolClient,
  writeId: string,
  intent: WriteIntent,
  revision: number | null,
  outcome: AuditEntry["outcome"] = revision === null ? "unchanged" : "changed",
): Promise<void> {
  await client.query(
    `insert into octavo.audit (write_id, actor, action, target, request_id, revision, outcome)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [writeId, intent.actor, intent.action, intent.target, intent.requestId, revision, outcome],
  );
}

/** Whether a write whose commit was cut off took place. An insert under the same id waits for a transaction that the server
 * has not ended yet, which no plain look could see. Leaves nothing: the caller rolls back. */
export async function wasWritten(client: PoolClient, writeId: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into octavo.audit (write_id, actor, action, target, outcome) values ($1, '', '', '', 'unchanged')
     on conflict (write_id) do nothing`,
    [writeId],
  );
  return rowCount === 0;
}

export interface AuditPage {
  /** At most so many entries, newest first. */
  readonly limit: number;
  /** Goes on after this entry; null begins with the newest. */
  readonly after: Pick<AuditEntry, "at" | "id"> | null;
}

/** For `registry.read`. */
export async function listAudit(
  client: PoolClient,
  { limit, after }: AuditPage,
): Promise<readonly AuditEntry[]> {
  const { rows } = await client.query<{
    write_id: string;
    at: string;
    actor: string;
    action: string;
    target: string;
    request_id: string | null;
    revision: string | null;
    outcome: AuditEntry["outcome"];
  }>(
    `select write_id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
       actor, action, target, request_id, revision, outcome
     from octavo.audit
     where $1::timestamptz is null or (audit.at, write_id) < ($1, $2::uuid)
     order by audit.at desc, write_id desc limit $3`,
    [after?.at ?? null, after?.id ?? null, limit],
  );
  return rows.map((row) => ({
    id: row.write_id,
    at: row.at,
    actor: row.actor,
    action: row.action,
    target: row.target,
    requestId: row.request_id,
    revision: row.revision === null ? null : Number(row.revision),
    outcome: row.outcome,
  }));
}
