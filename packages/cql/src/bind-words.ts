import { ok, type Result } from "@octavo/result";
import { noIndex } from "./bind-text.ts";
import { type Condition, NONE, type WordField } from "./condition.ts";
import type { CqlError } from "./cql-error.ts";
import type { Piece } from "./term.ts";
import type { TermScope } from "./term-scope.ts";
import { wordQuery } from "./word-query.ts";

/** `=` and `adj`: the words in their order, one after another; `all`: each somewhere; `any`: one of them. */
export function bindWords(
  field: WordField,
  { clause, isDynamic }: TermScope,
  pieces: readonly Piece[],
): Result<Condition, CqlError> {
  const { comparator, position } = clause.relation;
  if (!isDynamic && !field.match.includes("words")) return noIndex(field, comparator, position);
  const query = wordQuery(comparator, pieces, clause.position);
  if (!query.ok) return query;
  return ok(query.value === null ? NONE : { kind: "words", field, anyOf: [query.value] });
}
