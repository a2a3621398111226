import { type Clause, type SortPlace, sortPlace } from "@octavo/cql";
import type { ReadTransaction, Statement } from "@octavo/database";
import { assert } from "@octavo/result";
import { type CompiledQuery, compileQuery } from "./compiled-query.ts";
import { slowQuery } from "./refusals.ts";
import type { StoredFields } from "./shapes.ts";
import type { Table } from "./table.ts";
import { type Total, totalRecords, type TotalRecords } from "./total-records.ts";

export interface Search {
  /** CQL; null or empty finds everything. */
  readonly query: string | null;
  readonly offset: number;
  readonly limit: number;
  readonly totalRecords: TotalRecords;
  /** Only what this finds too, whatever the query asks for: what the caller may see. */
  readonly within?: Clause;
}

export interface SearchResult<T> {
  readonly documents: readonly T[];
  /** Null where it was not wanted. */
  readonly total: Total | null;
}

/** Where a page ended, to begin the next: can be written as JSON. */
export type Place = SortPlace;

export interface Page<T> {
  readonly documents: readonly T[];
  /** Null where no more come. */
  readonly next: Place | null;
}

export async function search<T>(
  table: Table,
  tx: ReadTransaction,
  { query, offset, limit, totalRecords: mode, within }: Search,
): Promise<SearchResult<T>> {
  const compiled = compileQuery(table, query, within);
  const stored = limit === 0 ? [] : await read(tx, compiled.rows(limit, offset));
  const documents = stored.map((each) => table.shapes.read(each) as T); // as: nothing is stored but what a schema let in
  const total = await inTime(totalRecords(tx, compiled, mode, { offset, limit, returned: documents.length }));
  return { documents, total };
}

/** What a list is made of, piece by piece: the texts of its documents, then how many there are in all. */
export interface TextSearch {
  readonly documents: AsyncIterable<string>;
  /** @param returned how many documents came */
  total(returned: number): Promise<Total | null>;
}

/** Rows up to which a page is read at once: fewer round trips than a cursor. */
const AT_ONCE = 100;

export function searchTexts(table: Table, tx: ReadTransaction, wanted: Search): TextSearch {
  const compiled = compileQuery(table, wanted.query, wanted.within);
  const { offset, limit, totalRecords: mode } = wanted;
  return {
    documents: texts(table, tx, compiled, wanted),
    total: (returned) => inTime(totalRecords(tx, compiled, mode, { offset, limit, returned })),
  };
}

async function* texts(
  { shapes }: Table,
  tx: ReadTransaction,
  compiled: CompiledQuery,
  { offset, limit }: Search,
): AsyncGenerator<string> {
  if (limit === 0) return;
  const statement = compiled.rows(limit, offset);
  if (limit <= AT_ONCE) {
    for (const { document } of await inTime(tx.rows<Row>(statement))) yield shapes.readText(document);
    return;
  }
  try {
    for await (const { document } of tx.stream<Row>(statement)) yield shapes.readText(document);
  } catch (cause) {
    throw explained(cause);
  }
}

export async function page<T>(
  table: Table,
  tx: ReadTransaction,
  query: string,
  after: Place | null,
  limit: number,
): Promise<Page<T>> {
  const compiled = compileQuery(table, query);
  const stored: StoredFields[] = [];
  for (const statement of compiled.rowsAfter(after, limit)) {
    stored.push(...(await read(tx, statement(limit - stored.length))));
    if (stored.length === limit) break;
  }
  // The place of what is stored: rows are sorted by it, whatever it is read as.
  const last = stored.length < limit ? undefined : stored.at(-1);
  return {
    documents: stored.map((each) => table.shapes.read(each) as T), // as: nothing is stored but what a schema let in
    next:
      last === undefined
        ? null
        : sortPlace(compiled.bound, last as object as Parameters<typeof sortPlace>[1]), // as: what is stored is JSON
  };
}

/** One node of a plan; `Plans` are those below it. */
export interface QueryPlan {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Actual Rows": number;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly Plans?: readonly QueryPlan[];
}

export async function explain(
  table: Table,
  tx: ReadTransaction,
  { query, limit, offset }: Search,
): Promise<QueryPlan> {
  const { text, values } = compileQuery(table, query).rows(limit, offset);
  const row = await inTime(
    tx.row<{ "QUERY PLAN": readonly { readonly Plan: QueryPlan }[] }>({
      text: `explain (analyze, buffers, format json) ${text}`,
      values,
    }),
  );
  const plan = row?.["QUERY PLAN"][0]?.Plan;
  assert(plan !== undefined, "EXPLAIN answers with a plan");
  return plan;
}

interface Row {
  readonly document: string;
}

async function read(tx: ReadTransaction, statement: Statement): Promise<readonly StoredFields[]> {
  const rows = await inTime(tx.rows<Row>(statement));
  return rows.map(({ document }) => JSON.parse(document) as StoredFields); // a document is an object
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw explained(cause);
  }
}

/** SQLSTATE of a statement that took longer than it may. */
function explained(cause: unknown): unknown {
  return cause instanceof Error && "code" in cause && cause.code === "57014" ? slowQuery(cause) : cause;
}
