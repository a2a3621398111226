import type { BoundQuery } from "./bind-query.ts";
import type { SortOrder } from "./bind-sort.ts";
import { ignoredBy } from "./bind-text.ts";
import type { SortPlace } from "./compare-documents.ts";
import type { Sql, SqlValue } from "./compile-sql.ts";
import { booleanSql, documentOf, fieldTextSql, keySql, numberSql } from "./field-sql.ts";
import { quoteName } from "./sql-names.ts";

type Sorted = Pick<BoundQuery, "sortBy">;

/** What stands behind ORDER BY: the keys, then the id in the direction of the last one, so that a b-tree of (key, id) gives the page
 * forwards and backwards. */
export function compileOrderBy({ sortBy }: Sorted, alias: string): string {
  return columnsOf(sortBy, alias)
    .map(({ sql, isDescending }) => sql + (isDescending ? " DESC" : ""))
    .join(", ");
}

/** The rows behind a place in that order, as ranges one behind another: a page is read from the first, and from the next only while it
 * is not full. Each is one range of the index, which a condition with OR would not be.
 * @param place of the last row that was given out */
export function compileAfter(
  { sortBy }: Sorted,
  alias: string,
  place: SortPlace,
  firstParameter = 1,
): readonly Sql[] {
  const columns = columnsOf(sortBy, alias);
  const values = [...place.values, place.id];
  const ranges: Sql[] = [];
  // The innermost range first: equal in all keys but the last ones.
  for (let at = Math.max(columns.length - 2, 0); at >= 0; at -= 1) {
    for (const last of lastConditions(columns, values, at)) {
      const writer = new Writer(firstParameter);
      const equal = columns.slice(0, at).map((column, n) => equality(column, values[n] ?? null, writer));
      ranges.push({ text: [...equal, last(writer)].join(" AND "), values: writer.values });
    }
  }
  return ranges;
}

interface Column {
  readonly sql: string;
  readonly type: string;
  readonly isDescending: boolean;
}

class Writer {
  readonly values: SqlValue[] = [];
  readonly #first: number;

  constructor(first: number) {
    this.#first = first;
  }

  add(value: SqlValue, type: string): string {
    this.values.push(value);
    return `$${this.#first + this.values.length - 1}::${type}`;
  }
}

type Print = (writer: Writer) => string;

/** What follows where the keys before `at` are equal. With the last key the id is compared, too. */
function lastConditions(
  columns: readonly Column[],
  values: readonly (string | number | null)[],
  at: number,
): readonly Print[] {
  const key = columns[at];
  if (key === undefined) return [];
  const value = values[at] ?? null;
  const behind = key.isDescending ? "<" : ">";
  const id = columns[at + 1];
  const isInnermost = at === columns.length - 2 && id !== undefined;
  if (columns.length === 1) return [(writer) => `${key.sql} ${behind} ${writer.add(value, key.type)}`];
  if (value === null) {
    const same: Print = (writer) =>
      `${key.sql} IS NULL AND ${id?.sql ?? ""} ${behind} ${writer.add(values[at + 1] ?? null, "uuid")}`;
    const others: Print = () => `${key.sql} IS NOT NULL`;
    return [...(isInnermost ? [same] : []), ...(key.isDescending ? [others] : [])];
  }
  const further: Print = (writer) =>
    isInnermost
      ? `(${key.sql}, ${id.sql}) ${behind} (${writer.add(value, key.type)}, ${writer.add(values[at + 1] ?? null, "uuid")})`
      : `${key.sql} ${behind} ${writer.add(value, key.type)}`;
  return [further, ...(key.isDescending ? [] : [(): string => `${key.sql} IS NULL`])];
}

function equality({ sql, type }: Column, value: string | number | null, writer: Writer): string {
  return value === null ? `${sql} IS NULL` : `${sql} = ${writer.add(value, type)}`;
}

function columnsOf(sortBy: readonly SortOrder[], alias: string): readonly Column[] {
  const keys = sortBy.map((order): Column => ({
    ...columnOf(order, quoteName(alias)),
    isDescending: order.isDescending,
  }));
  const isDescending = sortBy.at(-1)?.isDescending === true;
  return [...keys, { sql: `${quoteName(alias)}.id`, type: "uuid", isDescending }];
}

function columnOf(
  { field, isNumeric }: SortOrder,
  alias: string,
): { readonly sql: string; readonly type: string } {
  if (field.kind === "uuid") return { sql: `${alias}.${quoteName(field.column)}`, type: "uuid" };
  const document = documentOf(alias);
  if (isNumeric) return { sql: numberSql(document, field.path), type: "numeric" };
  if (field.kind === "boolean")
    return { sql: `${booleanSql(document, field.path)}::integer`, type: "integer" };
  return { sql: keySql(fieldTextSql(document, field), ignoredBy(field)), type: "text" };
}
