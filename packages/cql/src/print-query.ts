import {
  type Clause,
  type Modifier,
  type Query,
  type Relation,
  SERVER_CHOICE,
  type TermClause,
} from "./query.ts";

/** Prints a query so that parsing it gives the same again, but for positions. */
export function printQuery({ where, sortBy }: Query): string {
  const keys = sortBy.map(({ index, modifiers }) => ` ${printText(index)}${printModifiers(modifiers)}`);
  return printClause(where) + (keys.length === 0 ? "" : ` sortby${keys.join("")}`);
}

/** Long queries lean to the left: that side is walked in a loop. */
function printClause(clause: Clause): string {
  const behind: string[] = [];
  let first = clause;
  for (; first.kind === "boolean"; first = first.left) {
    const { operator, modifiers, right } = first;
    // The left side binds by itself; the right one would not.
    const text = right.kind === "boolean" ? `(${printClause(right)})` : printTerm(right);
    behind.push(` ${operator}${printModifiers(modifiers)} ${text}`);
  }
  return printTerm(first) + behind.toReversed().join("");
}

function printTerm({ index, relation, term }: TermClause): string {
  const isBare = index === SERVER_CHOICE && relation.comparator === "=" && relation.modifiers.length === 0;
  return isBare ? printText(term) : `${printText(index)} ${printRelation(relation)} ${printText(term)}`;
}

function printRelation({ comparator, modifiers }: Relation): string {
  return comparator + printModifiers(modifiers);
}

function printModifiers(modifiers: readonly Modifier[]): string {
  return modifiers
    .map(
      ({ name, comparator, value }) =>
        `/${name}${comparator === null ? "" : comparator + printText(value ?? "")}`,
    )
    .join("");
}

/** In quotes unless it is a word that can be nothing else. The text has its escapes, so none are added. */
function printText(text: string): string {
  return /^[\p{L}\p{N}_@*?-]+(?:\.[\p{L}\p{N}_@*?-]+)*$/u.test(text) && !KEYWORDS.has(text.toLowerCase())
    ? text
    : `"${text}"`;
}

const KEYWORDS: ReadonlySet<string> = new Set([
  "and",
  "or",
  "not",
  "prox",
  "sortby",
  "adj",
  "all",
  "any",
  "within",
  "encloses",
]);
