import { name, type Sql, sql, type Transaction } from "@octavo/database";
import type { Progress } from "../ledger/ledger-row.ts";
import type { BackfillStep } from "../steps/step.ts";

/** Rows of one transaction of a backfill. */
export interface NextBatch {
  /** A condition that names them, `remaining` included. */
  readonly rows: Sql;
  readonly count: number;
  /** Where the next one begins. */
  readonly checkpoint: Pick<Progress, "page" | "pages" | "pagesOfBatch">;
}

/** The first pages of a table, before anything is known of it. */
const FIRST_PAGES = 2;
const MOST_PAGES = 4096;

/** The table as it was when the step began, page by page as it lies on disk: each page is read and logged once, where rows in the order of
 * a random key touch another page each (measured with a million: 8.9 kB of log a row, now 5.4). Rows that move meanwhile are found by
 * `nextLeft`. A batch has as many pages as hold about `batchRows`, as those before it did.
 * @returns null behind the last page */
export async function nextPages(
  tx: Transaction,
  batchRows: number,
  { table, remaining }: BackfillStep,
  before: Progress,
): Promise<NextBatch | null> {
  const from = before.page ?? 0;
  const pages = before.pages ?? (await pagesOf(tx, table));
  if (from >= pages) return null;
  const ctid = sql`${name(table)}.ctid`;
  for (let wanted = before.pagesOfBatch ?? FIRST_PAGES; ;) {
    const to = Math.min(from + wanted, pages);
    const range = sql`${ctid} >= ${`(${from},0)`}::tid and ${ctid} < ${`(${to},0)`}::tid`;
    const found = await tx.row<{ count: number }>(
      sql`select count(*)::int as count from ${name(table)} where ${range}`,
    );
    const count = found?.count ?? 0;
    const fitting = Math.min(
      Math.max(1, Math.floor((wanted * batchRows) / Math.max(1, count))),
      4 * wanted,
      MOST_PAGES,
    );
    if (count > 2 * batchRows && fitting < wanted) {
      wanted = fitting;
      continue;
    }
    return {
      rows: sql`(${range} and (${remaining}))`,
      count,
      checkpoint: { page: to, pages, pagesOfBatch: fitting },
    };
  }
}

/** Rows that still need it, wherever they are: what writers of the version before have written behind the pages, and rows that moved.
 * @returns null where there are none */
export async function nextLeft(
  tx: Transaction,
  batchRows: number,
  { table, key, remaining }: BackfillStep,
): Promise<NextBatch | null> {
  const column = sql`${name(table)}.${name(key)}`;
  const left = await tx.rows<{ key: string }>(
    sql`select ${column}::text as key from ${name(table)} where (${remaining}) order by ${column} limit ${batchRows}`,
  );
  if (left.length === 0) return null;
  const rows = sql`(${column} = any(${left.map(({ key }) => key)}) and (${remaining}))`;
  return { rows, count: left.length, checkpoint: {} };
}

async function pagesOf(tx: Transaction, table: string): Promise<number> {
  const size = await tx.row<{ pages: number }>(
    sql`select (pg_relation_size(${name(table).quoted}::regclass) / current_setting('block_size')::int)::int as pages`,
  );
  return size?.pages ?? 0;
}
