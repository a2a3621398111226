import { err, ok, type Result } from "@octavo/result";
import type { TermScope } from "./term-scope.ts";
import type { Condition } from "./condition.ts";
import type { CqlError } from "./cql-error.ts";
import type { IndexSpec } from "./table-spec.ts";
import { exactText, type Piece } from "./term.ts";

/** As SQL writes it, short enough for both of JavaScript's and PostgreSQL's numbers. */
const NUMBER = /^[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:e[+-]?\d{1,2})?$/iu;

/** `/number`, and every comparison of a field that is declared as one. 3.4, 3.400 and 0.34e1 are the same. */
export function bindNumber(
  field: IndexSpec,
  { clause, isDynamic }: TermScope,
  pieces: readonly Piece[],
): Result<Condition, CqlError> {
  const { relation, position } = clause;
  if (field.kind !== "number" && !isDynamic) {
    const message = `${field.name} has no index of numbers`;
    return err({ kind: "unsupported", message, position: relation.position });
  }
  const { comparator } = relation;
  if (comparator === "adj" || comparator === "all" || comparator === "any") {
    const message = `${field.name} is a number and knows ==, =, <>, <, <=, > and >=, not ${comparator}`;
    return err({ kind: "unsupported", message, position: relation.position });
  }
  const value = exactText(pieces)?.trim() ?? "";
  if (!NUMBER.test(value) || comparator === "within" || comparator === "encloses") {
    return err({ kind: "bad-term", message: `${field.name} is compared with a number`, position });
  }
  return ok({ kind: "number", field, operator: comparator === "==" ? "=" : comparator, value });
}
