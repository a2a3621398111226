import { name, type Sql, sql, type Transaction } from "@octavo/database";
import { beginStep, endStep, writeProgress } from "../ledger/ledger.ts";
import type { Progress } from "../ledger/ledger-row.ts";
import type { PlannedStep } from "../plan/plan-migration.ts";
import type { BackfillStep } from "../steps/step.ts";
import type { LeasedPlace } from "./leased-place.ts";
import { nextLeft, nextPages } from "./next-batch.ts";
import { replicaLagSeconds, untilReplicasFollow } from "./replica-lag.ts";
import { StepStop } from "./step-stop.ts";

/** Tries itself on a few rows (pass 0), goes over the table page by page in small transactions, each with its checkpoint (pass 1), and then
 * over rows that writers of the version before have left behind it, until there are none (pass 2). Whoever resumes goes on behind the last checkpoint. */
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
  const pass = before.pass ?? 0;
  const batch = await (pass === 1 ? nextPages(tx, batchRows, step, before) : nextLeft(tx, batchRows, step));
  const changed = batch === null ? 0 : await tx.run(step.each(batch.rows));
  if (batch !== null && pass !== 1) await mustBeDone(tx, step, batch.rows); // within pages they have moved on
  const lagSeconds = await replicaLagSeconds(tx);
  const at = performance.now();
  const progress: Progress = {
    ...before,
    ...batch?.checkpoint,
    pass: batch === null ? 2 : Math.max(1, pass),
    rows: (before.rows ?? 0) + (batch?.count ?? 0),
    changed: (before.changed ?? 0) + changed,
    ms: (before.ms ?? 0) + Math.round(at - since),
  };
  const isLast = batch === null && pass === 2;
  await (isLast ? endStep(tx, step.id, progress) : writeProgress(tx, step.id, progress));
  return { progress, isLast, at, lagSeconds };
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
