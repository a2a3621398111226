import {
  and,
  type BoundQuery,
  bindQuery,
  type Clause,
  compileAfter,
  compileOrderBy,
  compileWhere,
  type CqlError,
  needsWords,
  parseQuery,
  type SortPlace,
  type Sql,
} from "@octavo/cql";
import { name, type Statement } from "@octavo/database";
import type { Result } from "@octavo/result";
import { badQuery } from "./refusals.ts";
import type { Table } from "./table.ts";

/** A query understood and printed: the statements that answer it. What the client gave is in their values only. */
export interface CompiledQuery {
  readonly bound: BoundQuery;
  /** Rows with `document`, in the query's order. */
  rows(limit: number, offset: number): Statement;
  /** Rows with `document` behind a place, as statements to be asked one after another until there are enough (docs/cql.md). */
  rowsAfter(place: SortPlace | null, limit: number): readonly ((missing: number) => Statement)[];
  /** One row with `count`, at most `most`. */
  count(most: number | null): Statement;
  /** One row with the planner's `QUERY PLAN`. */
  plan(): Statement;
}

/** Rows that are sorted in a fifth of a second. */
const FEW = 10_000;

const EVERYTHING = "cql.allRecords=1";

/** @param query CQL; empty or null finds everything
 * @param within finds more than may be given out: only what it finds too is
 * @throws Refusal 400 or 422 with the place in the query */
export function compileQuery(table: Table, query: string | null, within?: Clause): CompiledQuery {
  const text = query === null || query.trim() === "" ? EVERYTHING : query;
  const understood = <T>(result: Result<T, CqlError>): T => {
    if (!result.ok) throw badQuery(result.error, text);
    return result.value;
  };
  const asked = understood(parseQuery(text));
  const parsed = within === undefined ? asked : { ...asked, where: and(asked.where, within) };
  const bound = understood(bindQuery(parsed, table.tables(), table.name));
  const where = understood(compileWhere(bound, "t"));
  return new Compiled(table, bound, where);
}

class Compiled implements CompiledQuery {
  readonly bound: BoundQuery;
  readonly #where: Sql;
  readonly #from: string;
  readonly #order: string;
  readonly #sortsWhatHasWords: boolean;

  constructor(table: Table, bound: BoundQuery, where: Sql) {
    this.bound = bound;
    this.#sortsWhatHasWords = bound.sortBy.length > 0 && needsWords(bound.where);
    this.#where = where;
    this.#from = `from ${name(table.name).quoted} as t where (${where.text})`;
    this.#order = compileOrderBy(bound, "t");
  }

  rows(limit: number, offset: number): Statement {
    const { values } = this.#where;
    // PostgreSQL thinks that an offset which it does not know skips a tenth of all rows, and plans anew each time.
    const skip = offset === 0 ? "" : ` offset $${values.length + 2}`;
    const piece = `order by ${this.#order} limit $${values.length + 1}${skip}`;
    const all = offset === 0 ? [...values, limit] : [...values, limit, offset];
    if (this.#sortsWhatHasWords) return { text: this.#fewOrMany(piece), values: all };
    return { text: printedPage(`select t.jsonb ${this.#from} ${piece}`), values: all };
  }

  /** PostgreSQL takes a fiftieth of all rows to have a word with some beginning, and so reads rows in the order of the sort until a page is full:
   * all of them, for minutes, where few have it. So those that have it are looked at first; only where they are many is the order read. */
  #fewOrMany(piece: string): string {
    const [few, many] = [`(select count(*) from few) <= ${FEW}`, `(select count(*) from few) > ${FEW}`];
    return `with few as materialized (select t.* ${this.#from} limit ${FEW + 1})
      ${printedPage(`select t.jsonb from few as t where ${few} ${piece}`)}
      union all ${printedPage(`select t.jsonb ${this.#from} and ${many} ${piece}`)}`;
  }

  rowsAfter(place: SortPlace | null, limit: number): readonly ((missing: number) => Statement)[] {
    if (place === null) return [() => this.rows(limit, 0)];
    const { values } = this.#where;
    return compileAfter(this.bound, "t", place, values.length + 1).map((range) => (missing) => {
      const all = [...values, ...range.values, missing];
      const page = `select t.jsonb ${this.#from} and (${range.text}) order by ${this.#order} limit $${all.length}`;
      return { text: printedPage(page), values: all };
    });
  }

  count(most: number | null): Statement {
    const text =
      most === null
        ? `select count(*) as count ${this.#from}`
        : `select count(*) as count from (select ${this.#from} limit ${most}) as counted`;
    return { text, values: this.#where.values };
  }

  plan(): Statement {
    return { text: `explain (format json) select ${this.#from}`, values: this.#where.values };
  }
}

/** Documents are printed when the page is made: in the same SELECT all that are found would be printed and then sorted. A subquery with
 * a limit is read in its order. */
function printedPage(page: string): string {
  return `select page.jsonb::text as document from (${page}) as page`;
}
