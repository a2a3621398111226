import { err, ok, type Result } from "@octavo/result";
import { ALL, type Condition, NONE } from "./condition.ts";
import type { CqlError } from "./cql-error.ts";
import type { TermClause } from "./query.ts";
import type { UuidIndex } from "./table-spec.ts";
import { ANY, exactText, isOnlyAny, type Piece, prefixText, textOf } from "./term.ts";

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/u;
const LOWEST = "00000000-0000-0000-0000-000000000000";
const HIGHEST = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** In lower case; null where the text is no UUID of 36 characters. */
export function uuidOf(text: string): string | null {
  const lower = text.toLowerCase();
  return UUID.test(lower) ? lower : null;
}

/** Ids and keys: `=` means `==`, only the right end may be open, and what is no UUID equals none. */
export function bindUuid(
  field: UuidIndex,
  { relation, position }: TermClause,
  pieces: readonly Piece[],
): Result<Condition, CqlError> {
  const { comparator } = relation;
  switch (comparator) {
    case "<":
    case "<=":
    case ">":
    case ">=": {
      const value = uuidOf(textOf(pieces));
      if (value === null) {
        const message = `${field.name} ${comparator} wants a UUID, not ${JSON.stringify(textOf(pieces))}`;
        return err({ kind: "bad-term", message, position });
      }
      return ok({ kind: "uuid", field, test: { kind: "compare", operator: comparator, value } });
    }
    case "=":
    case "==":
    case "<>":
      return equal(field, comparator, pieces, position);
    default: {
      const message = `${field.name} is a UUID and knows ==, =, <>, <, <=, > and >=, not ${comparator}`;
      return err({ kind: "unsupported", message, position: relation.position });
    }
  }
}

function equal(
  field: UuidIndex,
  comparator: "=" | "==" | "<>",
  pieces: readonly Piece[],
  position: number,
): Result<Condition, CqlError> {
  const isNegated = comparator === "<>";
  const isDefined: Condition = field.name === "id" ? ALL : { kind: "defined", field };
  const nobody = isNegated ? isDefined : NONE;
  if (pieces.length === 0) return ok(comparator === "==" ? NONE : isDefined);
  if (isOnlyAny(pieces)) return ok(isNegated ? NONE : isDefined);
  const text = exactText(pieces);
  if (text !== null) {
    const value = uuidOf(text);
    return ok(
      value === null
        ? nobody
        : { kind: "uuid", field, test: { kind: isNegated ? "not-in" : "in", values: [value] } },
    );
  }
  const prefix = prefixText(pieces);
  if (prefix === null) {
    if (!pieces.includes(ANY)) return ok(nobody);
    const message = `In a term for ${field.name} a * can only stand at the end`;
    return err({ kind: "bad-term", message, position });
  }
  const low = uuidOf(prefix + LOWEST.slice(prefix.length));
  const high = uuidOf(prefix + HIGHEST.slice(prefix.length));
  if (low === null || high === null) return ok(nobody);
  return ok({ kind: "uuid", field, test: { kind: isNegated ? "not-between" : "between", low, high } });
}
