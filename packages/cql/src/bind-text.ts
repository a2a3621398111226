import { err, ok, type Result } from "@octavo/result";
import type { TermScope } from "./term-scope.ts";
import type { Condition, TextField, TextTest } from "./condition.ts";
import type { CqlError } from "./cql-error.ts";
import { type Ignored, norm } from "./norm.ts";
import type { TextIndex } from "./table-spec.ts";
import { ANY, exactText, type Piece, prefixText, textOf } from "./term.ts";

/** A pattern is matched in steps that each of its stars multiplies. */
const MAX_STARS = 8;

/** What a field does not distinguish. */
export function ignoredBy(field: { readonly kind: string; readonly ignores?: Ignored }): Ignored {
  return field.kind === "date" ? "nothing" : (field.ignores ?? "case and accents");
}

/** `==`, `<>` and the order of a whole text. Of dates `=` means `==`. */
export function bindText(
  field: TextField,
  { clause, isDynamic }: TermScope,
  pieces: readonly Piece[],
): Result<Condition, CqlError> {
  const { relation, position } = clause;
  const { comparator } = relation;
  const match: TextIndex["match"] = field.kind === "date" ? ["exact"] : field.match;
  const isExact = isDynamic || match.includes("exact");
  switch (comparator) {
    case "<":
    case "<=":
    case ">":
    case ">=": {
      if (!isExact) return noIndex(field, comparator, relation.position);
      const value = norm(textOf(pieces), ignoredBy(field));
      return ok({
        kind: "text",
        field,
        test: { kind: "compare", operator: comparator, value },
        isNegated: false,
      });
    }
    case "==":
    case "=":
    case "<>": {
      const isSubstring = isDynamic || match.includes("substring");
      if (!isExact && !isSubstring) return noIndex(field, comparator, relation.position);
      const test = patternTest(pieces, ignoredBy(field), position);
      if (!test.ok) return test;
      const isNegated = comparator === "<>";
      if (test.value.kind === "like" && !isSubstring && !isNegated) {
        const message = `${field.name} allows a * at the end of a term only`;
        return err({ kind: "unsupported", message, position });
      }
      // Without an order of its own the index of parts serves everything.
      const asParts = !isExact && test.value.kind !== "like";
      return ok({ kind: "text", field, test: asParts ? likeOf(test.value) : test.value, isNegated });
    }
    default: {
      const message = `${field.name} is compared as a whole and knows no ${comparator}`;
      return err({ kind: "unsupported", message, position: relation.position });
    }
  }
}

/** The least that the pattern needs: equality, a range, or a pattern. */
export function patternTest(
  pieces: readonly Piece[],
  ignored: Ignored,
  position: number,
): Result<TextTest, CqlError> {
  const text = exactText(pieces);
  if (text !== null) return ok({ kind: "equal", values: [norm(text, ignored)] });
  const prefix = prefixText(pieces);
  if (prefix !== null) return ok({ kind: "prefix", value: norm(prefix, ignored) });
  if (pieces.filter((piece) => piece === ANY).length > MAX_STARS) {
    return err({ kind: "too-large", message: `A term has at most ${MAX_STARS} stars`, position });
  }
  return ok({
    kind: "like",
    pieces: pieces.map((piece) => (typeof piece === "string" ? norm(piece, ignored) : piece)),
  });
}

function likeOf(test: TextTest): TextTest {
  if (test.kind === "equal") return { kind: "like", pieces: test.values };
  return test.kind === "prefix" ? { kind: "like", pieces: [test.value, ANY] } : test;
}

export function noIndex(
  field: { readonly name: string },
  comparator: string,
  position: number,
): Result<never, CqlError> {
  return err({ kind: "unknown-index", message: `${field.name} has no index for ${comparator}`, position });
}
