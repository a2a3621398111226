import { name, type Sql, sql, type Transaction } from "@octavo/database";
import { beginStep, endStep, writeProgress } from "../ledger/ledger.ts";
import type { Progress } from "../ledger/ledger-row.ts";
import type { PlannedStep } from "../plan/plan-migration.ts";
import type { BackfillStep } from "../steps/step.ts";
import type { LeasedPlace } from "./leased-place.ts";
import { replicaLagSeconds, untilReplicasFollow } from "./replica-lag.ts";
import { StepStop } from "./step-stop.ts";

/** Goes over the rows by key in small transactions, each with its checkpoint (pass 1), and then over those that writers of the version
 * before have left behind it, until there are none (pass 2). Whoever resumes goes on behind the last checkpoint. */
export async function runBackfill(at: LeasedPlace, planned: PlannedStep, step: BackfillStep): Promise<void> {
  let progress = await at.tx((tx) => beginStep(tx, at.lease, at.version, planned));
  at.tell({ stepId: step.id, what: "begun" });
  for (let since = performance.now(); ;) {
    const from = since;
    const batch = await at.withoutQueue(step.id, () =>
      at.tx((tx) => runBatch(tx, at.batchRows, step, progress, from)),
    );
    ({ progress, at: since } = batch);
    if (batch.isLast) return;
    at.tell({ stepId: step.id, what: "batch", rows: progress.rows ?? 0 });
    await untilReplicasFollow(at, step.id, batch.lagSeconds);
    await at.throttle(step.id);
  }
}

interface Batch {
  readonly progress: Progress;
  readonly isLast: boolean;
  /** When its time was taken: pauses count for the next one's, so that the rate is that of the whole. */
  readonly at: number;
  readonly lagSeconds: number;
}

async function runBatch(
  tx: Transaction,
  batchRows: number,
  step: BackfillStep,
  before: Progress,
  since: number,
): Promise<Batch> {
  const pass = before.pass ?? 1;
  const batch =
    pass === 1 ? await nextByKey(tx, batchRows, step, before.key) : await nextLeft(tx, batchRows, step);
  const changed = batch === null ? 0 : await tx.run(step.each(batch.rows));
  const isFirst = pass !== 1 || before.key === undefined;
  if (batch !== null && isFirst) await mustBeDone(tx, step, batch.rows);
  const lagSeconds = await replicaLagSeconds(tx);
  const at = performance.now();
  const sum: Progress = {
    pass,
    rows: (before.rows ?? 0) + (batch?.count ?? 0),
    changed: (before.changed ?? 0) + changed,
    ms: (before.ms ?? 0) + Math.round(at - since),
  };
  if (batch === null && pass === 2) {
    await endStep(tx, step.id, sum);
    return { progress: sum, isLast: true, at, lagSeconds };
  }
  const progress =
    batch === null ? { ...sum, pass: 2 } : batch.lastKey === null ? sum : { ...sum, key: batch.lastKey };
  await writeProgress(tx, step.id, progress);
  return { progress, isLast: false, at, lagSeconds };
}

interface RowsOfBatch {
  readonly count: number;
  /** A condition. */
  readonly rows: Sql;
  readonly lastKey: string | null;
}

async function nextByKey(
  tx: Transaction,
  batchRows: number,
  { table, key, remaining }: BackfillStep,
  after: string | undefined,
): Promise<RowsOfBatch | null> {
  const column = sql`${name(table)}.${name(key)}`;
  const behind = after === undefined ? sql`true` : sql`${column} > ${after}`;
  const bounds = await tx.row<{ count: number; last: string | null }>(
    sql`select count(*)::int as count, (array_agg(key::text order by key desc))[1] as last
      from (select ${column} as key from ${name(table)} where ${behind} order by ${column} limit ${batchRows}) as batch`,
  );
  if (bounds === null || bounds.last === null) return null;
  const rows = sql`(${behind} and ${column} <= ${bounds.last} and (${remaining}))`;
  return { count: bounds.count, rows, lastKey: bounds.last };
}

async function nextLeft(
  tx: Transaction,
  batchRows: number,
  { table, key, remaining }: BackfillStep,
): Promise<RowsOfBatch | null> {
  const column = sql`${name(table)}.${name(key)}`;
  const left = await tx.rows<{ key: string }>(
    sql`select ${column}::text as key from ${name(table)} where (${remaining}) order by ${column} limit ${batchRows}`,
  );
  if (left.length === 0) return null;
  const rows = sql`(${column} = any(${left.map(({ key }) => key)}) and (${remaining}))`;
  return { count: left.length, rows, lastKey: null };
}

/** A statement that leaves its rows as they were would go on for ever. */
async function mustBeDone(tx: Transaction, step: BackfillStep, rows: Sql): Promise<void> {
  const left = await tx.row<{ is: boolean }>(
    sql`select exists (select from ${name(step.table)} where ${rows}) as is`,
  );
  if (left?.is !== true) return;
  const message = `Step "${step.id}": rows that its statement has changed are still \`remaining\`; make the condition untrue for what is done.`;
  throw new StepStop({ kind: "step-failed", stepId: step.id, sqlState: null, message });
}
