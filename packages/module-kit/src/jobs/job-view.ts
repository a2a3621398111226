import { type ReadTransaction, type Transaction, sql } from "@octavo/database";

/** A job as those see it who wait for it. */
export interface JobView {
  readonly id: string;
  readonly type: string;
  /** dead: it failed in all its attempts and stays for 30 days, to be looked at and retried. */
  readonly state: "waiting" | "running" | "done" | "dead" | "cancelled";
  readonly progress: unknown;
  readonly attempt: number;
  readonly error: string | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

export async function readJob(tx: ReadTransaction, id: string): Promise<JobView | null> {
  return tx.row<JobView>(
    sql`select id, type, state, progress, attempt, error, created_at as "createdAt", ended_at as "endedAt"
        from octavo_job where id = ${id}::uuid`,
  );
}

/** Ends a job that waits; one that runs ends at its next checkpoint.
 * @returns false where it has ended already, or never was */
export async function cancelJob(tx: Transaction, id: string): Promise<boolean> {
  const cancelled = await tx.run(
    sql`update octavo_job set is_cancelled = true,
          state = case state when 'waiting' then 'cancelled' else state end,
          ended_at = case state when 'waiting' then now() end
        where id = ${id}::uuid and state in ('waiting', 'running')`,
  );
  return cancelled === 1;
}
