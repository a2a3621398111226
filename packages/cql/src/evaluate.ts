import { charactersOf, compareCharacters } from "./characters.ts";
import { ignoredBy } from "./bind-text.ts";
import { uuidOf } from "./bind-uuid.ts";
import type {
  ArrayField,
  Condition,
  ElementTest,
  LeafCondition,
  NumberOperator,
  OrderOperator,
  TextTest,
  UuidTest,
  WordField,
  WordQuery,
} from "./condition.ts";
import { elementsOf, type Json, propertyOf, textOfJson, valueAt } from "./json-text.ts";
import { textOfField } from "./made-text.ts";
import { type Ignored, norm } from "./norm.ts";
import { isLike } from "./like.ts";
import type { ForeignStep, IndexSpec } from "./table-spec.ts";
import { wordsOf } from "./words.ts";

/** The documents that one step leads to from a document. */
export type Related = (step: ForeignStep, document: Json) => readonly Json[];

/** Whether a document is one of those that the compiled SQL finds. Numbers are JavaScript's: beyond 15 digits PostgreSQL is
 * more exact.
 * @param related asked for terms of foreign tables only */
export function evaluate(condition: Condition, document: Json, related: Related): boolean {
  switch (condition.kind) {
    case "all":
      return true;
    case "none":
      return false;
    case "and":
      return condition.of.every((each) => evaluate(each, document, related));
    case "or":
      return condition.of.some((each) => evaluate(each, document, related));
    case "not":
      return !evaluate(condition.of, document, related);
    default:
      return evaluateLeaf(condition, document, related);
  }
}

function evaluateLeaf(condition: LeafCondition, document: Json, related: Related): boolean {
  switch (condition.kind) {
    case "defined":
      return isDefined(condition.field, document);
    case "uuid": {
      const id = uuidAt(document, condition.field.path);
      return id !== null && fitsUuid(condition.test, id);
    }
    case "text": {
      const text = textOfField(document, condition.field);
      if (text === null) return false;
      return fitsText(condition.test, norm(text, ignoredBy(condition.field))) !== condition.isNegated;
    }
    case "words": {
      const words = wordsAt(document, condition.field);
      return words !== null && condition.anyOf.some((query) => fitsWords(query, words));
    }
    case "number": {
      const value = valueAt(document, condition.field.path);
      return typeof value === "number" && isInOrder(value - Number(condition.value), condition.operator);
    }
    case "boolean": {
      const value = valueAt(document, condition.field.path);
      return typeof value === "boolean" && (value === condition.value) !== condition.isNegated;
    }
    case "element": {
      const value = valueAt(document, condition.field.path);
      if (textOfJson(value) === null) return false;
      const isFound = elementsOf(value).some((each) => fitsElement(condition.field, condition.test, each));
      return isFound !== condition.isNegated;
    }
    case "empty-array": {
      const value = valueAt(document, condition.field.path);
      if (textOfJson(value) === null) return false;
      return (Array.isArray(value) && value.length === 0) !== condition.isNegated;
    }
    case "related": {
      let documents: readonly Json[] = [document];
      for (const step of condition.foreign.steps) {
        documents = documents.flatMap((each) => related(step, each));
      }
      return documents.some((each) => evaluate(condition.where, each, related));
    }
  }
}

function isDefined(field: IndexSpec, document: Json): boolean {
  return field.kind === "uuid"
    ? uuidAt(document, field.path) !== null
    : textOfField(document, field) !== null;
}

export function uuidAt(document: Json, path: readonly string[]): string | null {
  const value = valueAt(document, path);
  return typeof value === "string" ? uuidOf(value) : null;
}

function fitsUuid(test: UuidTest, id: string): boolean {
  switch (test.kind) {
    case "in":
      return test.values.includes(id);
    case "not-in":
      return !test.values.includes(id);
    case "between":
      return test.low <= id && id <= test.high;
    case "not-between":
      return id < test.low || test.high < id;
    case "compare":
      return isInOrder(compareCharacters(id, test.value), test.operator);
  }
}

function fitsText(test: TextTest, text: string): boolean {
  switch (test.kind) {
    case "equal":
      return test.values.includes(text);
    case "prefix":
      return text.startsWith(test.value);
    case "like":
      return isLike(charactersOf(text), test.pieces);
    case "compare":
      return isInOrder(compareCharacters(text, test.value), test.operator);
  }
}

function isInOrder(difference: number, operator: OrderOperator | NumberOperator): boolean {
  switch (operator) {
    case "<":
      return difference < 0;
    case "<=":
      return difference <= 0;
    case ">":
      return difference > 0;
    case ">=":
      return difference >= 0;
    case "=":
      return difference === 0;
    case "<>":
      return difference !== 0;
  }
}

/** null where there is no text at all. */
function wordsAt(document: Json, field: WordField): readonly string[] | null {
  if (field.kind === "text") {
    const text = textOfField(document, field);
    return text === null ? null : wordsOf(text);
  }
  const texts = elementsOf(valueAt(document, field.path)).map((each) =>
    elementText(field.kind === "objects" ? field.property : null, each),
  );
  return wordsOf(texts.filter((text) => text !== null).join(" "));
}

function fitsWords({ how, words }: WordQuery, text: readonly string[]): boolean {
  const fits = (word: WordQuery["words"][number], candidate: string | undefined): boolean =>
    candidate !== undefined && (word.isPrefix ? candidate.startsWith(word.text) : candidate === word.text);
  switch (how) {
    case "any":
      return words.some((word) => text.some((candidate) => fits(word, candidate)));
    case "all":
      return words.every((word) => text.some((candidate) => fits(word, candidate)));
    case "phrase":
      return text.some((_, start) => words.every((word, n) => fits(word, text[start + n])));
  }
}

function fitsElement(field: ArrayField, { anyOf, allOf }: ElementTest, element: Json): boolean {
  const ignored = ignoredBy(field);
  return (
    anyOf.some(({ property, test }) => fitsTest(test, elementText(property, element), ignored)) &&
    allOf.every(({ property, test }) => fitsTest(test, elementText(property, element), ignored))
  );
}

function fitsTest(test: TextTest | WordQuery, text: string | null, ignored: Ignored): boolean {
  if (text === null) return false;
  return "how" in test ? fitsWords(test, wordsOf(text)) : fitsText(test, norm(text, ignored));
}

function elementText(property: string | null, element: Json): string | null {
  return textOfJson(property === null ? element : propertyOf(element, property));
}
