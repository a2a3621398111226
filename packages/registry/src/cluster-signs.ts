import type { Pool } from "pg";

/** What each instance looks at once a second besides the log. */
export interface ClusterSigns {
  readonly activeProtocol: number;
  /** Losses that no operator has acknowledged. */
  readonly openRewinds: number;
  /** Changes in the log. */
  readonly logRows: number;
  /** "system id/timeline" of the server: another timeline is a failover, another system id another database. null where
   * this user may not read them. */
  readonly server: string | null;
}

/** A name for the server's state that outlives no failover: an expression in SQL. */
export const serverQuery = `case
  when not pg_is_in_recovery() and has_function_privilege('pg_control_system()', 'execute') then
    (select system_identifier from pg_control_system())
      || '/' || ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int
  end`;

export async function readClusterSigns(pool: Pool): Promise<ClusterSigns> {
  const { rows } = await pool.query<SignsRow>(
    `select (select value from octavo.meta where name = 'active_protocol') as protocol,
       (select count(*)::int from octavo.rewind where acknowledged_at is null) as open_rewinds,
       (select r.counter - cut.revision from octavo.revision r, octavo.change_cut cut) as log_rows,
       ${serverQuery} as server`,
  );
  const row = rows[0];
  if (row === undefined) throw new Error("a select without from returned no row");
  return {
    activeProtocol: Number(row.protocol),
    openRewinds: row.open_rewinds,
    logRows: Number(row.log_rows),
    server: row.server,
  };
}

interface SignsRow {
  readonly protocol: string;
  readonly open_rewinds: number;
  readonly log_rows: string;
  readonly server: string | null;
}
