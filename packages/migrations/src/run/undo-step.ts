import { name, sql, type Transaction } from "@octavo/database";
import { removeObjects } from "../catalog/removal.ts";
import { putBack, removeStep } from "../ledger/ledger.ts";
import type { LedgerRow } from "../ledger/ledger-row.ts";
import type { LeasedPlace } from "./leased-place.ts";
import { dropAside, indexesAside, putIndexAside } from "./put-index-aside.ts";
import { sqlStateOf } from "./sql-state.ts";

/** Takes away what a step has added, with its row of the ledger. Values that a backfill wrote into documents stay: the version before does
 * not know them. */
export async function undoStep(at: LeasedPlace, row: LedgerRow): Promise<void> {
  if (row.kind === "index") await dropIndexes(at, row);
  await at.withoutQueue(row.stepId, () =>
    at.tx(async (tx) => {
      if (row.kind === "referenceData") await takeRowsBack(tx, row);
      for (const { table, column } of row.progress.notNull ?? [])
        await tx.run({ text: `alter table ${table} alter column ${column} drop not null`, values: [] });
      if (row.kind !== "index") await removeObjects(tx, row.progress.added ?? [], () => at.makeTrash());
      await (row.progress.previous === undefined ? removeStep(tx, row.stepId) : putBack(tx, row));
    }),
  );
  at.tell({ stepId: row.stepId, what: "undone" });
}

/** An index that was not there before the step. */
async function dropIndexes(at: LeasedPlace, { stepId, progress }: LedgerRow): Promise<void> {
  const aside = await at.withoutQueue(stepId, () =>
    at.tx(async (tx) => {
      for (const { name } of progress.added ?? []) await putIndexAside(tx, name, at.lease.epoch);
      return indexesAside(tx);
    }),
  );
  for (const index of aside) await at.long(dropAside(index));
}

interface Touched {
  readonly rowId: string;
  readonly before: string | null;
}

/** Only rows that nobody edited since, and that nothing refers to. */
async function takeRowsBack(tx: Transaction, { stepId, progress }: LedgerRow): Promise<void> {
  if (progress.table === undefined) return;
  const table = name(progress.table);
  const touched = await tx.rows<Touched>(
    sql`select row_id as "rowId", before::text as before from octavo_shipped join ${table} on id = row_id
      where step_id = ${stepId} and is_touched
        and hash = encode(sha256(convert_to((jsonb - 'metadata' - '_version')::text, 'UTF8')), 'hex')`,
  );
  for (const { rowId, before } of touched) {
    const statement =
      before === null
        ? sql`delete from ${table} where id = ${rowId}`
        : sql`update ${table} set jsonb = ${before}::jsonb where id = ${rowId}`;
    try {
      await tx.attempt(() => tx.run(statement));
    } catch (error) {
      if (!(sqlStateOf(error) ?? "").startsWith("23")) throw error; // somebody refers to it: it stays
    }
  }
}
