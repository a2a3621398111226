import { sql, type Transaction } from "@octavo/database";
import type { PlannedStep } from "../plan/plan-migration.ts";
import type { LedgerRow, Progress } from "./ledger-row.ts";
import type { Lease } from "./lease.ts";

/** All rows, in the order in which they were begun. */
export function readLedger(tx: Transaction): Promise<readonly LedgerRow[]> {
  return tx.rows<LedgerRow>(
    sql`select step_id as "stepId", position::int, kind, checksum, state, attempt, version, is_settled as "isSettled", progress, problem
      from octavo_step order by position`,
  );
}

/** What a step of this checksum has committed; {} where it is another one now, since what the old one had done is not its own. */
export async function beginStep(
  tx: Transaction,
  lease: Lease,
  version: string,
  step: PlannedStep,
): Promise<Progress> {
  const row = await tx.row<{ progress: Progress }>(
    sql`insert into octavo_step as old (step_id, kind, checksum, state, attempt, epoch, version)
      values (${step.step.id}, ${step.step.kind}, ${step.checksum}, 'running', 1, ${lease.epoch}, ${version})
      on conflict (step_id) do update set state = 'running', attempt = old.attempt + 1, epoch = excluded.epoch, problem = null,
        version = excluded.version, checksum = excluded.checksum, is_settled = false, begun_at = clock_timestamp(), ended_at = null,
        progress = case
          when old.state = 'done' then jsonb_build_object('previous', jsonb_build_object('checksum', old.checksum, 'version', old.version))
          when old.checksum = excluded.checksum then old.progress
          else jsonb_strip_nulls(jsonb_build_object('previous', old.progress -> 'previous')) end
      returning progress`,
  );
  return row?.progress ?? {};
}

export async function writeProgress(tx: Transaction, stepId: string, progress: Progress): Promise<void> {
  await tx.run(sql`update octavo_step set progress = ${JSON.stringify(progress)} where step_id = ${stepId}`);
}

export async function endStep(tx: Transaction, stepId: string, progress: Progress): Promise<void> {
  await tx.run(
    sql`update octavo_step set state = 'done', ended_at = clock_timestamp(), progress = ${JSON.stringify(progress)} where step_id = ${stepId}`,
  );
}

export async function failStep(tx: Transaction, stepId: string, problem: string): Promise<void> {
  await tx.run(
    sql`update octavo_step set state = 'failed', ended_at = clock_timestamp(), problem = ${problem} where step_id = ${stepId}`,
  );
}

/** As it was before this version shipped other rows. */
export async function putBack(tx: Transaction, { stepId, progress }: LedgerRow): Promise<void> {
  const { checksum, version } = progress.previous ?? {};
  await tx.run(
    sql`delete from octavo_shipped where step_id = ${stepId} and is_touched and before_hash is null`,
  );
  await tx.run(
    sql`update octavo_shipped set hash = before_hash where step_id = ${stepId} and before_hash is not null`,
  );
  await tx.run(
    sql`update octavo_step set state = 'done', is_settled = true, checksum = ${checksum}, version = ${version}, progress = '{}'
      where step_id = ${stepId}`,
  );
}

export async function removeStep(tx: Transaction, stepId: string): Promise<void> {
  await tx.run(sql`delete from octavo_shipped where step_id = ${stepId}`);
  await tx.run(sql`delete from octavo_step where step_id = ${stepId}`);
}

/** Contracts wait from the moment that all else of their release is done. */
export async function waitForContract(
  tx: Transaction,
  lease: Lease,
  version: string,
  step: PlannedStep,
): Promise<void> {
  await tx.run(
    sql`insert into octavo_step (step_id, kind, checksum, state, attempt, epoch, version)
      values (${step.step.id}, ${step.step.kind}, ${step.checksum}, 'waiting', 0, ${lease.epoch}, ${version})
      on conflict (step_id) do update set checksum = excluded.checksum where octavo_step.state = 'waiting'`,
  );
}

/** A contract that was taken back: its time begins anew. */
export async function waitAgain(tx: Transaction, stepId: string): Promise<void> {
  await tx.run(
    sql`update octavo_step set state = 'waiting', begun_at = clock_timestamp(), ended_at = null, progress = '{}' where step_id = ${stepId}`,
  );
}

/** Contracts that have waited for long enough, or were begun. */
export async function dueContracts(tx: Transaction, afterDays: number): Promise<ReadonlySet<string>> {
  const rows = await tx.rows<{ id: string }>(
    sql`select step_id as id from octavo_step where kind = 'contract' and
      (state in ('running', 'failed') or state = 'waiting' and begun_at <= clock_timestamp() - ${afterDays}::float8 * interval '1 day')`,
  );
  return new Set(rows.map(({ id }) => id));
}

/** The tenant has this version, so that it stays as it is: nothing up to its last step can be undone, but rows that a version after it has
 * shipped. */
export async function settleUpTo(tx: Transaction, version: string): Promise<void> {
  await tx.run(
    sql`update octavo_step set is_settled = true where not is_settled and
      (exists (select from octavo_migration where target = ${version})
       or position <= (select max(position) from octavo_step where version = ${version})
         and (version = ${version} or not progress ? 'previous'))`,
  );
}

export async function settleAll(tx: Transaction): Promise<void> {
  await tx.run(sql`update octavo_step set is_settled = true where not is_settled`);
}
