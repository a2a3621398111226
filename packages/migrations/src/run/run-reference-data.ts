import { name, sql, type Transaction } from "@octavo/database";
import { beginStep, endStep, writeProgress } from "../ledger/ledger.ts";
import type { Collision, Progress } from "../ledger/ledger-row.ts";
import type { PlannedStep } from "../plan/plan-migration.ts";
import type { ReferenceDataStep, ReferenceRow } from "../steps/step.ts";
import type { LeasedPlace } from "./leased-place.ts";
import { sqlStateOf } from "./sql-state.ts";
import { mergeOf, type RowFacts } from "../plan/merge-reference-row.ts";

const ROWS_OF_A_TRANSACTION = 100;

/** Brings shipped rows to what this version ships, a hundred in each transaction. What is not written is reported and ends nothing. */
export async function runReferenceData(
  at: LeasedPlace,
  planned: PlannedStep,
  step: ReferenceDataStep,
): Promise<readonly Collision[]> {
  let progress = await at.tx(async (tx) => {
    const before = await beginStep(tx, at.lease, at.version, planned);
    if (before.rows === undefined)
      await tx.run(
        sql`update octavo_shipped set is_touched = false, before = null, before_hash = null where step_id = ${step.id}`,
      );
    return before;
  });
  at.tell({ stepId: step.id, what: "begun" });
  for (;;) {
    const from = progress.rows ?? 0;
    const rows = step.rows.slice(from, from + ROWS_OF_A_TRANSACTION);
    progress = await at.withoutQueue(step.id, () => at.tx((tx) => mergeRows(tx, step, rows, progress)));
    if (rows.length < ROWS_OF_A_TRANSACTION) return progress.collisions ?? [];
    at.tell({ stepId: step.id, what: "batch", rows: progress.rows ?? 0 });
  }
}

async function mergeRows(
  tx: Transaction,
  step: ReferenceDataStep,
  rows: readonly ReferenceRow[],
  before: Progress,
): Promise<Progress> {
  const collisions: Collision[] = [];
  for (const row of rows) {
    const collision = await mergeRow(tx, step, row);
    if (collision !== null) collisions.push(collision);
  }
  const progress: Progress = {
    ...before,
    table: step.table,
    rows: (before.rows ?? 0) + rows.length,
    collisions: [...(before.collisions ?? []), ...collisions],
  };
  const isLast = rows.length < ROWS_OF_A_TRANSACTION;
  await (isLast ? endStep(tx, step.id, progress) : writeProgress(tx, step.id, progress));
  return progress;
}

async function mergeRow(
  tx: Transaction,
  step: ReferenceDataStep,
  row: ReferenceRow,
): Promise<Collision | null> {
  const shipped = JSON.stringify(row);
  const facts = await factsOf(tx, step, row.id, shipped);
  const merge = mergeOf(facts);
  if (merge.write === "insert" || merge.write === "update") {
    const refused = await writeRow(tx, step.table, row.id, shipped, merge.write);
    if (refused !== null) return { rowId: row.id, because: "refused", message: refused };
  }
  if (merge.isRemembered) await remember(tx, step.id, row.id, facts, merge.write !== null);
  return merge.collision === null ? null : { rowId: row.id, ...merge.collision };
}

/** Hashes are made by the database of its own text of a document, in which the order of keys does not count; what the kit writes into
 * documents by itself is left out. */
async function factsOf(
  tx: Transaction,
  step: ReferenceDataStep,
  id: string,
  shipped: string,
): Promise<RowFacts> {
  const facts = await tx.row<RowFacts>(
    sql`select ${hash(sql`${shipped}::jsonb`)} as shipped,
      (select hash from octavo_shipped where step_id = ${step.id} and row_id = ${id}) as base,
      (select ${hash(sql`jsonb`)} from ${name(step.table)} where id = ${id}) as present,
      (select jsonb::text from ${name(step.table)} where id = ${id}) as "presentText"`,
  );
  if (facts === null) throw new Error("a selection of one row has it");
  return facts;
}

function hash(document: ReturnType<typeof sql>): ReturnType<typeof sql> {
  return sql`encode(sha256(convert_to((${document} - 'metadata' - '_version')::text, 'UTF8')), 'hex')`;
}

/** Metadata stay, and the next version number tells those who hold the old document. */
const KEPT = sql`jsonb_strip_nulls(jsonb_build_object('metadata', jsonb -> 'metadata', '_version', (jsonb ->> '_version')::int + 1))`;

/** @returns why the database refuses it: a name that a row of the library has */
async function writeRow(
  tx: Transaction,
  table: string,
  id: string,
  shipped: string,
  how: "insert" | "update",
): Promise<string | null> {
  const statement =
    how === "insert"
      ? sql`insert into ${name(table)} (id, jsonb) values (${id}, ${shipped}::jsonb)`
      : sql`update ${name(table)} set jsonb = ${shipped}::jsonb || ${KEPT} where id = ${id}`;
  try {
    await tx.attempt(() => tx.run(statement));
    return null;
  } catch (error) {
    if (!(sqlStateOf(error) ?? "").startsWith("23")) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

/** With what was there before, for undo. */
async function remember(
  tx: Transaction,
  stepId: string,
  id: string,
  facts: RowFacts,
  isTouched: boolean,
): Promise<void> {
  await tx.run(
    sql`insert into octavo_shipped (step_id, row_id, hash, before, before_hash, is_touched)
      values (${stepId}, ${id}, ${facts.shipped}, ${isTouched ? facts.presentText : null}::jsonb, ${facts.base}, ${isTouched})
      on conflict (step_id, row_id) do update set hash = excluded.hash, before = excluded.before, before_hash = excluded.before_hash,
        is_touched = excluded.is_touched`,
  );
}
