import { type Clause, type Modifier, type Query, type Relation, SERVER_CHOICE } from "./query.ts";

/** Prints a query so that parsing it gives the same again, but for positions. */
export function printQuery({ where, sortBy }: Query): string {
  const keys = sortBy.map(({ index, modifiers }) => ` ${printText(index)}${printModifiers(modifiers)}`);
  return printClause(where) + (keys.length === 0 ? "" : ` sortby${keys.join("")}`);
}

function printClause(clause: Clause): string {
  if (clause.kind === "term") {
    const { index, relation, term } = clause;
    const isBare = index === SERVER_CHOICE && relation.comparator === "=" && relation.modifiers.length === 0;
    return isBare ? printText(term) : `${printText(index)} ${printRelation(relation)} ${printText(term)}`;
  }
  const { operator, modifiers, left, right } = clause;
  // The left side binds by itself; the right one would not.
  const behind = right.kind === "boolean" ? `(${printClause(right)})` : printClause(right);
  return `${printClause(left)} ${operator}${printModifiers(modifiers)} ${behind}`;
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
