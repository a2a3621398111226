import { printQuery } from "./print-query.ts";
import type { BooleanOperator, Clause, Comparator, Modifier, Relation, SortKey } from "./query.ts";
import { escapeTerm } from "./term.ts";

/** Makes queries of values, so that nobody writes quotes and backslashes by hand:
 *
 *     cql(and(equal("username", name), not(equal("active", false))), "username", descending("createdDate"))
 *
 * Terms stand for themselves: a star in a value is a star. */
export function cql(where: Clause, ...sortBy: readonly (string | SortKey)[]): string {
  return printQuery({
    where,
    sortBy: sortBy.map((key) => (typeof key === "string" ? ascending(key) : key)),
  });
}

export type Value = string | number | boolean;

export function equal(index: string, value: Value): Clause {
  return term(index, "==", escapeTerm(String(value)));
}

export function differs(index: string, value: Value): Clause {
  return term(index, "<>", escapeTerm(String(value)));
}

export function oneOf(index: string, values: readonly Value[]): Clause {
  const [first, ...rest] = values.map((value) => equal(index, value));
  return first === undefined ? minus(allRecords(), allRecords()) : or(first, ...rest);
}

export function startsWith(index: string, value: string): Clause {
  return term(index, "==", `${escapeTerm(value)}*`);
}

export function contains(index: string, value: string): Clause {
  return term(index, "==", `*${escapeTerm(value)}*`);
}

/** @param how "phrase": the words one after another; "all", "any": each of them, one of them */
export function words(index: string, value: string, how: "phrase" | "all" | "any" = "phrase"): Clause {
  return term(index, how === "phrase" ? "=" : how, escapeTerm(value));
}

export function ordered(index: string, comparator: "<" | "<=" | ">" | ">=", value: Value): Clause {
  return term(index, comparator, escapeTerm(String(value)));
}

export function isDefined(index: string): Clause {
  return term(index, "=", "");
}

export function allRecords(): Clause {
  return term("cql.allRecords", "=", "1");
}

export function and(first: Clause, ...rest: readonly Clause[]): Clause {
  return chain("and", first, rest);
}

export function or(first: Clause, ...rest: readonly Clause[]): Clause {
  return chain("or", first, rest);
}

/** All of `first` but those of `second`; what has no value for `second` stays. */
export function minus(first: Clause, second: Clause): Clause {
  return chain("not", first, [second]);
}

export function not(clause: Clause): Clause {
  return minus(allRecords(), clause);
}

export function descending(index: string): SortKey {
  const modifier: Modifier = { name: "sort.descending", comparator: null, value: null, position: 0 };
  return { ...ascending(index), modifiers: [modifier] };
}

function ascending(index: string): SortKey {
  return { index: escapeName(index), modifiers: [], position: 0 };
}

function term(index: string, comparator: Comparator, text: string): Clause {
  const relation: Relation = { comparator, modifiers: [], position: 0 };
  return { kind: "term", index: escapeName(index), relation, term: text, position: 0 };
}

function escapeName(index: string): string {
  return index.replaceAll(/[\\"]/gu, String.raw`\$&`);
}

function chain(operator: BooleanOperator, first: Clause, rest: readonly Clause[]): Clause {
  return rest.reduce<Clause>(
    (left, right) => ({ kind: "boolean", operator, modifiers: [], left, right, position: 0 }),
    first,
  );
}
