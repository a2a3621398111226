import { charactersOf, firstCharacters } from "./characters.ts";
import { err, ok, type Result } from "@octavo/result";
import type { BoundQuery } from "./bind-query.ts";
import { ignoredBy } from "./bind-text.ts";
import type {
  ArrayField,
  Condition,
  ElementTest,
  LeafCondition,
  TextTest,
  UuidTest,
  WordQuery,
} from "./condition.ts";
import type { CqlError } from "./cql-error.ts";
import {
  collated,
  documentOf,
  elementKeysSql,
  fieldTextSql,
  foldedSql,
  jsonAt,
  keySql,
  numberSql,
  booleanSql,
  textAt,
  wordsSql,
} from "./field-sql.ts";
import { functionNames, KEY_CHARACTERS } from "./sql-functions.ts";
import { quoteLiteral, quoteName } from "./sql-names.ts";
import { type ForeignStep, type Tables, tableNamed, uuidIndex } from "./table-spec.ts";
import { ANY, type Piece } from "./term.ts";

/** A piece of SQL and the values of its parameters. What a user gave is in `values` only. */
export interface Sql {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

export type SqlValue = string | number | null | readonly string[];

/** PostgreSQL plans a condition in about 0.35 ms (measured on 15 with three indexes of the field). */
export const MAX_PARAMETERS = 1000;

/** Words in one tsquery: its operators lie in one another, and PostgreSQL walks them by recursion. */
const MAX_QUERY_WORDS = 500;

/** Prints what a query asks as an expression for WHERE. The text depends on the query's shape only, so that it can be a prepared
 * statement, and its plan may be generic: equality, ranges and arrays, so that indexes serve it (docs/cql.md).
 * @param alias of the searched table in FROM
 * @param firstParameter the number of its first parameter
 * @returns err "too-large" beyond 1,000 parameters */
export function compileWhere(
  { where, table, tables }: BoundQuery,
  alias: string,
  firstParameter = 1,
): Result<Sql, CqlError> {
  const printer = new Printer(tables, firstParameter);
  const text = printer.print(where, { alias: quoteName(alias), table: table.spec.name, level: 0 });
  const { values } = printer;
  if (values.length > MAX_PARAMETERS) {
    const message = `The query compares with ${values.length} values, more than ${MAX_PARAMETERS}`;
    return err({ kind: "too-large", message, position: 0 });
  }
  return ok({ text, values });
}

interface Place {
  readonly alias: string;
  readonly table: string;
  readonly level: number;
}

class Printer {
  readonly values: SqlValue[] = [];
  readonly #tables: Tables;
  readonly #first: number;

  constructor(tables: Tables, firstParameter: number) {
    this.#tables = tables;
    this.#first = firstParameter;
  }

  print(condition: Condition, place: Place): string {
    switch (condition.kind) {
      case "all":
        return "TRUE";
      case "none":
        return "FALSE";
      case "and":
      case "or":
        return condition.of
          .map((each) => `(${this.print(each, place)})`)
          .join(condition.kind === "and" ? " AND " : " OR ");
      case "not":
        return `(${this.print(condition.of, place)}) IS NOT TRUE`;
      default:
        return this.#leaf(condition, place);
    }
  }

  #leaf(condition: LeafCondition, place: Place): string {
    const document = documentOf(place.alias);
    switch (condition.kind) {
      case "defined":
        return condition.field.kind === "uuid"
          ? `${column(place.alias, condition.field.column)} IS NOT NULL`
          : `${fieldTextSql(document, condition.field)} IS NOT NULL`;
      case "uuid":
        return this.#uuid(column(place.alias, condition.field.column), condition.test);
      case "text": {
        const { field, test, isNegated } = condition;
        const sql = this.#text(fieldTextSql(document, field), ignoredBy(field), test);
        return isNegated ? `NOT (${sql})` : sql;
      }
      case "words": {
        const words = wordsSql(document, condition.field);
        return chunks(condition.anyOf)
          .map((queries) => `${words} @@ ${this.#tsquery(queries)}`)
          .join(" OR ");
      }
      case "number":
        return `${numberSql(document, condition.field.path)} ${condition.operator} ${this.#parameter(condition.value)}::numeric`;
      case "boolean":
        // Written out: of a parameter the planner would think that it finds half of the table.
        return `${booleanSql(document, condition.field.path)} = ${condition.value === condition.isNegated ? "FALSE" : "TRUE"}`;
      case "element": {
        const found = this.#element(document, condition.field, condition.test, condition.isNegated);
        if (!condition.isNegated) return found;
        return `${textAt(document, condition.field.path)} IS NOT NULL AND NOT (${found})`;
      }
      case "empty-array":
        return condition.isNegated
          ? `${textAt(document, condition.field.path)} IS NOT NULL AND ${jsonAt(document, condition.field.path)} <> '[]'::jsonb`
          : `${jsonAt(document, condition.field.path)} = '[]'::jsonb`;
      case "related":
        return this.#related(condition.foreign.steps, condition.where, place);
    }
  }

  #uuid(sql: string, test: UuidTest): string {
    switch (test.kind) {
      case "in":
      case "not-in": {
        const [only] = test.values;
        if (test.kind === "not-in") return `${sql} <> ${this.#parameter(only ?? null)}::uuid`;
        return test.values.length === 1
          ? `${sql} = ${this.#parameter(only ?? null)}::uuid`
          : `${sql} = ANY(${this.#parameter(test.values)}::uuid[])`;
      }
      case "between":
      case "not-between": {
        const range = `${this.#parameter(test.low)}::uuid AND ${this.#parameter(test.high)}::uuid`;
        return `${sql} ${test.kind === "between" ? "BETWEEN" : "NOT BETWEEN"} ${range}`;
      }
      case "compare":
        return `${sql} ${test.operator} ${this.#parameter(test.value)}::uuid`;
    }
  }

  /** Whatever fits into the key of the index is asked of it alone; a longer value asks the whole text besides. */
  #text(text: string, ignored: Parameters<typeof keySql>[1], test: TextTest): string {
    const key = keySql(text, ignored);
    const whole = collated(foldedSql(text, ignored));
    switch (test.kind) {
      case "equal": {
        const short = test.values.filter((value) => !isLong(value));
        const long = test.values.filter(isLong);
        const [only] = short;
        const equalities = long.map(
          (value) =>
            `(${key} = ${this.#parameter(firstPart(value))} AND ${whole} = ${this.#parameter(value)})`,
        );
        if (short.length === 1) equalities.push(`${key} = ${this.#parameter(only ?? null)}`);
        if (short.length > 1) equalities.push(`${key} = ANY(${this.#parameter(short)}::text[])`);
        return equalities.join(" OR ");
      }
      case "prefix": {
        const { value } = test;
        if (isLong(value)) {
          return `${key} = ${this.#parameter(firstPart(value))} AND starts_with(${whole}, ${this.#parameter(value)})`;
        }
        const from = `${key} >= ${this.#parameter(value)}`;
        const end = textBehind(value);
        return end === null ? from : `${from} AND ${key} < ${this.#parameter(end)}`;
      }
      case "like":
        return `${whole} LIKE ${this.#parameter(likePattern(test.pieces))}`;
      case "compare": {
        const { operator, value } = test;
        if (!isLong(value)) return `${key} ${operator} ${this.#parameter(value)}`;
        const part = firstPart(value);
        const strict = operator.charAt(0);
        return `(${key} ${strict} ${this.#parameter(part)} OR (${key} = ${this.#parameter(part)} AND ${whole} ${operator} ${this.#parameter(value)}))`;
      }
    }
  }

  #tsquery(queries: readonly WordQuery[]): string {
    return `${this.#parameter(queries.map(tsquery).join(" | "))}::tsquery`;
  }

  /** The array's index finds candidates, the elements decide. */
  #element(document: string, field: ArrayField, test: ElementTest, isNegated: boolean): string {
    const ignored = ignoredBy(field);
    const print = (property: string | null, each: TextTest | WordQuery): string => {
      const text = property === null ? "(e.c #>> '{}')" : `(e.c ->> ${quoteLiteral(property)})`;
      return "how" in each
        ? `${functionNames.words}(${text}) @@ ${this.#tsquery([each])}`
        : this.#text(text, ignored, each);
    };
    const any = test.anyOf.map((each) => `(${print(each.property, each.test)})`).join(" OR ");
    const all = test.allOf.map((each) => ` AND ${print(each.property, each.test)}`).join("");
    const array = jsonAt(document, field.path);
    const exists = `EXISTS (SELECT 1 FROM jsonb_array_elements(CASE WHEN jsonb_typeof(${array}) = 'array' THEN ${array} END) AS e(c) WHERE (${any})${all})`;
    const candidates = isNegated ? null : this.#candidates(document, field, test);
    return candidates === null ? exists : `${candidates} AND ${exists}`;
  }

  #candidates(document: string, field: ArrayField, { anyOf }: ElementTest): string | null {
    const [first] = anyOf;
    const own = field.kind === "objects" ? field.property : null;
    if (first === undefined || anyOf.length > 1 || first.property !== own) return null;
    if ("how" in first.test) {
      return field.match.includes("words")
        ? `${wordsSql(document, field)} @@ ${this.#tsquery([first.test])}`
        : null;
    }
    if (first.test.kind !== "equal" || !field.match.includes("exact")) return null;
    return `${elementKeysSql(document, field)} && ${this.#parameter(first.test.values.map(firstPart))}::text[]`;
  }

  #related(steps: readonly ForeignStep[], where: Condition, place: Place): string {
    const [step, ...rest] = steps;
    if (step === undefined) return this.print(where, place);
    const target: Place = { alias: `f${place.level + 1}`, table: step.table, level: place.level + 1 };
    const id = (table: string): string => uuidIndex(this.#tables, table, "id").column;
    const key = uuidIndex(this.#tables, step.to === "parent" ? place.table : step.table, step.key).column;
    const [ours, theirs] = step.to === "parent" ? [key, id(step.table)] : [id(place.table), key];
    const from = `${quoteName(tableNamed(this.#tables, step.table).spec.name)} AS ${target.alias}`;
    return `${column(place.alias, ours)} IN (SELECT ${column(target.alias, theirs)} FROM ${from} WHERE ${this.#related(rest, where, target)})`;
  }

  #parameter(value: SqlValue): string {
    this.values.push(value);
    return `$${this.#first + this.values.length - 1}`;
  }
}

function column(alias: string, name: string): string {
  return `${alias}.${quoteName(name)}`;
}

function isLong(value: string): boolean {
  return value.length >= KEY_CHARACTERS && charactersOf(value).length >= KEY_CHARACTERS;
}

function firstPart(value: string): string {
  return firstCharacters(value, KEY_CHARACTERS);
}

function likePattern(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) =>
      typeof piece === "string" ? piece.replaceAll(/[\\%_]/gu, String.raw`\$&`) : piece === ANY ? "%" : "_",
    )
    .join("");
}

/** The first text, in the order of code points, behind all that begin with this one; null where there is none. */
function textBehind(prefix: string): string | null {
  const characters = charactersOf(prefix);
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const code = last.codePointAt(0) ?? 0;
    if (code < 0x10_ff_ff) {
      return characters.join("") + String.fromCodePoint(code === 0xd7_ff ? 0xe0_00 : code + 1);
    }
  }
  return null;
}

function tsquery({ how, words }: WordQuery): string {
  const operator = { phrase: " <-> ", all: " & ", any: " | " }[how];
  return `(${words.map(({ text, isPrefix }) => `'${text}'${isPrefix ? ":*" : ""}`).join(operator)})`;
}

function chunks(queries: readonly WordQuery[]): readonly (readonly WordQuery[])[] {
  const lists: WordQuery[][] = [];
  let words = MAX_QUERY_WORDS;
  for (const query of queries) {
    words += query.words.length;
    if (words > MAX_QUERY_WORDS) {
      lists.push([]);
      words = query.words.length;
    }
    lists.at(-1)?.push(query);
  }
  return lists;
}
