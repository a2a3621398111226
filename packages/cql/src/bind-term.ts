import { err, ok, type Result } from "@octavo/result";
import { bindArray } from "./bind-array.ts";
import { bindNumber } from "./bind-number.ts";
import { bindText } from "./bind-text.ts";
import { bindUuid } from "./bind-uuid.ts";
import { bindWords } from "./bind-words.ts";
import { ALL, type Condition, NONE } from "./condition.ts";
import type { CqlError } from "./cql-error.ts";
import type { Comparator, Modifier, TermClause } from "./query.ts";
import type { BooleanIndex, IndexSpec } from "./table-spec.ts";
import { exactText, isOnlyAny, type Piece, piecesOf } from "./term.ts";
import type { TermScope } from "./term-scope.ts";

/** Without influence, as the declaration of an index decides it; as in RAML Module Builder. */
const QUIET_MODIFIERS: ReadonlySet<string> = new Set([
  "string",
  "masked",
  "ignorecase",
  "respectcase",
  "ignoreaccents",
  "respectaccents",
]);

export function bindTerm(field: IndexSpec, scope: TermScope): Result<Condition, CqlError> {
  const { clause } = scope;
  const refusal = refused(field, clause);
  if (refusal !== null) return err(refusal);
  const pieces = asCompared(field, piecesOf(clause.term));
  if (field.kind === "uuid") return bindUuid(field, clause, pieces);
  const common = whatAllFieldsHave(field, clause, pieces);
  if (common !== null) return ok(common);
  if (isNumeric(clause) || field.kind === "number") return bindNumber(field, scope, pieces);
  if (field.kind === "boolean") return bindBoolean(field, clause, pieces);
  if (field.kind === "date") return bindText(field, scope, pieces);
  const isForElements = clause.relation.modifiers.some(isElementModifier);
  if (isForWords(clause.relation.comparator) && !isForElements) return bindWords(field, scope, pieces);
  return field.kind === "text" ? bindText(field, scope, pieces) : bindArray(field, scope, pieces);
}

function isForWords(comparator: Comparator): comparator is "=" | "adj" | "all" | "any" {
  return comparator === "=" || comparator === "adj" || comparator === "all" || comparator === "any";
}

/** A computed text is compared with what the same is made of. */
function asCompared(field: IndexSpec, pieces: readonly Piece[]): readonly Piece[] {
  const made = field.kind === "text" ? field.made : undefined;
  if (made?.kind !== "computed" || made.term === undefined) return pieces;
  const { term } = made;
  return pieces
    .map((piece) => (typeof piece === "string" ? term(piece) : piece))
    .filter((piece) => piece !== "");
}

/** `/@type=x`: of the elements of an array. */
function isElementModifier({ name }: Modifier): boolean {
  return name.startsWith("@");
}

function isNumeric({ relation }: TermClause): boolean {
  return relation.modifiers.some(({ name }) => name === "number");
}

/** `=*` is everything, whether there is a value or not; `=""` that there is one; as for every field of RAML Module Builder. */
function whatAllFieldsHave(
  field: IndexSpec,
  { relation, term }: TermClause,
  pieces: readonly Piece[],
): Condition | null {
  if (relation.modifiers.some(isElementModifier)) return null;
  const isEmpty = term.trim() === "";
  const { comparator } = relation;
  if (isForWords(comparator)) {
    if (/^[\s*]*\*[\s*]*$/u.test(term)) return ALL;
    return isEmpty ? { kind: "defined", field } : null;
  }
  const isText = field.kind !== "number" && field.kind !== "boolean";
  if (comparator === "==") {
    if (isOnlyAny(pieces)) return { kind: "defined", field };
    return term === "" && !isText ? NONE : null;
  }
  if (comparator === "<>") {
    if (isOnlyAny(pieces)) return NONE;
    return term === "" && !isText ? { kind: "defined", field } : null;
  }
  return null;
}

/** What no index can do, and texts that cannot be in a document. */
function refused(field: IndexSpec, { relation, term, position }: TermClause): CqlError | null {
  const { comparator, modifiers } = relation;
  if (comparator === "within" || comparator === "encloses") {
    return {
      kind: "unsupported",
      message: `The relation ${comparator} is not supported`,
      position: relation.position,
    };
  }
  for (const modifier of modifiers) {
    if (field.kind === "objects" && isElementModifier(modifier)) continue;
    const isKnown =
      field.kind !== "uuid" && (modifier.name === "number" || QUIET_MODIFIERS.has(modifier.name));
    if (isKnown && modifier.comparator === null) continue;
    const message = `The modifier ${modifier.name} is not supported for ${field.name}`;
    return { kind: "unsupported", message, position: modifier.position };
  }
  if (/[\0\p{Surrogate}]/u.test(term)) {
    return { kind: "bad-term", message: "A term holds no U+0000 and no half of a character", position };
  }
  return null;
}

function bindBoolean(
  field: BooleanIndex,
  { relation, position }: TermClause,
  pieces: readonly Piece[],
): Result<Condition, CqlError> {
  const { comparator } = relation;
  if (comparator !== "=" && comparator !== "==" && comparator !== "<>") {
    const message = `${field.name} is true or false and knows ==, = and <>, not ${comparator}`;
    return err({ kind: "unsupported", message, position: relation.position });
  }
  const text = exactText(pieces)?.toLowerCase();
  if (text !== "true" && text !== "false") {
    return err({ kind: "bad-term", message: `${field.name} is compared with true or false`, position });
  }
  return ok({ kind: "boolean", field, value: text === "true", isNegated: comparator === "<>" });
}
