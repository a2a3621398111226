import { err, ok, type Result } from "@octavo/result";
import type { TermScope } from "./term-scope.ts";
import { ignoredBy, noIndex, patternTest } from "./bind-text.ts";
import { wordQuery } from "./word-query.ts";
import {
  type ArrayField,
  type Condition,
  type ElementTest,
  NONE,
  type TextTest,
  type WordQuery,
} from "./condition.ts";
import type { CqlError } from "./cql-error.ts";
import type { Modifier } from "./query.ts";
import type { ObjectsIndex } from "./table-spec.ts";
import { ANY, exactText, type Piece, piecesOf } from "./term.ts";

/** Arrays, element by element. */
export function bindArray(
  field: ArrayField,
  scope: TermScope,
  given: readonly Piece[],
): Result<Condition, CqlError> {
  const { relation } = scope.clause;
  const { comparator, position } = relation;
  const isNegated = comparator === "<>";
  if (comparator === "<" || comparator === "<=" || comparator === ">" || comparator === ">=") {
    const message = `${field.name} is a list and has no order: it knows no ${comparator}`;
    return err({ kind: "unsupported", message, position });
  }
  const isWhole = comparator === "==" || isNegated;
  if (isWhole && relation.modifiers.length === 0 && exactText(given) === "[]") {
    return ok({ kind: "empty-array", field, isNegated });
  }
  if (!scope.isDynamic && !field.match.includes(isWhole ? "exact" : "words")) {
    return noIndex(field, comparator, position);
  }
  const pieces = withoutQuotes(given);
  const test = isWhole
    ? elementText(field, scope, pieces)
    : wordQuery(comparator, pieces, scope.clause.position);
  if (!test.ok) return test;
  if (test.value === null) return ok(NONE);
  const elements = elementTest(field, test.value, relation.modifiers);
  return elements.ok ? ok({ kind: "element", field, test: elements.value, isNegated }) : elements;
}

/** `*"en"*` in the printed array is what RAML Module Builder's users write for an element `en`. */
function withoutQuotes(pieces: readonly Piece[]): readonly Piece[] {
  const first = pieces[1];
  const last = pieces.at(-2);
  const isQuoted =
    pieces[0] === ANY &&
    pieces.at(-1) === ANY &&
    typeof first === "string" &&
    typeof last === "string" &&
    first.startsWith('"') &&
    last.endsWith('"');
  if (!isQuoted) return pieces;
  const inner = pieces.slice(1, -1);
  if (inner.length === 1) return first.length < 2 ? pieces : nonEmpty([first.slice(1, -1)]);
  return nonEmpty([first.slice(1), ...inner.slice(1, -1), last.slice(0, -1)]);
}

function nonEmpty(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.filter((piece) => piece !== "");
}

function elementText(
  field: ArrayField,
  scope: TermScope,
  pieces: readonly Piece[],
): Result<TextTest, CqlError> {
  const { position, relation } = scope.clause;
  const test = patternTest(pieces, ignoredBy(field), position);
  const isScan = test.ok && test.value.kind !== "equal" && relation.comparator === "==";
  if (!isScan || scope.isDynamic || relation.modifiers.length > 0) return test;
  const message = `The elements of ${field.name} are compared as a whole: no * and no ? there`;
  return err({ kind: "unsupported", message, position });
}

/** `/@type=x` is one more condition for the element, by words; `/@type` alone says where the term is looked for. */
function elementTest(
  field: ArrayField,
  test: TextTest | WordQuery,
  modifiers: readonly Modifier[],
): Result<ElementTest, CqlError> {
  const properties: string[] = [];
  const allOf: { property: string; test: WordQuery }[] = [];
  for (const modifier of modifiers) {
    if (!modifier.name.startsWith("@") || field.kind !== "objects") continue;
    const property = propertyOf(field, modifier.name.slice(1));
    const { comparator, position } = modifier;
    if (property === null || (comparator !== null && comparator !== "=")) {
      const message = `The modifier ${modifier.name}${comparator ?? ""} is not supported for ${field.name}`;
      return err({ kind: "unsupported", message, position });
    }
    if (modifier.value === null) {
      properties.push(property);
      continue;
    }
    const words = wordQuery("=", piecesOf(modifier.value), position);
    if (!words.ok) return words;
    if (words.value === null) {
      const message = `The modifier ${modifier.name} needs a word to compare with`;
      return err({ kind: "bad-term", message, position });
    }
    allOf.push({ property, test: words.value });
  }
  const own = field.kind === "objects" ? field.property : null;
  const where = properties.length === 0 ? [own] : properties;
  return ok({ anyOf: where.map((property) => ({ property, test })), allOf });
}

/** Names of modifiers come in lower case (query.ts). */
function propertyOf({ property, modifiers }: ObjectsIndex, name: string): string | null {
  return [property, ...modifiers].find((each) => each.toLowerCase() === name) ?? null;
}
