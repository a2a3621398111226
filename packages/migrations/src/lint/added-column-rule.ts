import { isName, isSymbol, isWord } from "../text/split-statements.ts";
import type { Token } from "../text/tokenise.ts";
import { type Refusal, refusal } from "./refusal.ts";
import type { TokenCursor } from "./token-cursor.ts";
import { outermost } from "./token-cursor.ts";

const SERIALS = ["serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"];
const CONSTRAINTS = [
  "not",
  "null",
  "default",
  "generated",
  "unique",
  "primary",
  "references",
  "check",
  "constraint",
  "collate",
  "deferrable",
  "initially",
  "storage",
  "compression",
];
/** Evaluated once for all rows that are there. */
const STABLE_CALLS = ["now", "transaction_timestamp", "statement_timestamp"];
const CONSTANT_WORDS = ["true", "false", "null", "current_timestamp", "current_date", "localtimestamp"];

/** A column that is added to a table with rows; the cursor stands behind its name. Only what is noted in the catalogue, without touching
 * a row, takes a moment. */
export function addedColumnRule(cursor: TokenCursor): Refusal | null {
  if (isWord(cursor.next, ...SERIALS))
    return refusal(
      cursor.here,
      "a serial column writes every row under a lock; add a plain column and fill it by a backfill",
    );
  const definition = cursor.rest;
  const outer = outermost(definition);
  for (const [at, token] of outer.entries()) {
    if (isWord(token, "generated"))
      return refusal(
        token,
        "a generated column writes every row under a lock; use expandIndex on the expression, or a column filled by a backfill and a trigger",
      );
    if (isWord(token, "unique", "primary"))
      return refusal(
        token,
        "it builds an index while writers wait: add the plain column, then expandIndex(id, { ..., isUnique: true })",
      );
    if (isWord(token, "references", "check"))
      return refusal(
        token,
        "it reads the whole table under a lock: add the plain column, then verify(id, constraint(table, name, definition))",
      );
    if (isWord(token, "not") && isWord(outer[at + 1], "null") && !hasDefault(definition))
      return refusal(
        token,
        "NOT NULL needs a DEFAULT for the rows that are there; or add it nullable, fill it by a backfill and verify(id, notNull(table, column))",
      );
  }
  const value = defaultOf(definition);
  if (value !== null && !isConstant(value))
    return refusal(
      value[0],
      "this DEFAULT cannot be seen to be one value, and one that differs by row writes every row under a lock; use a constant or now(), or fill it by a backfill",
    );
  return null;
}

function hasDefault(definition: readonly Token[]): boolean {
  const value = defaultOf(definition);
  return value !== null && !(value.length === 1 && isWord(value[0], "null"));
}

/** The tokens behind DEFAULT. */
function defaultOf(definition: readonly Token[]): readonly Token[] | null {
  let depth = 0;
  let from: number | null = null;
  for (const [at, token] of definition.entries()) {
    if (
      depth === 0 &&
      from !== null &&
      at > from &&
      isWord(token, ...CONSTRAINTS) &&
      !isValueHere(definition, from, at)
    )
      return definition.slice(from, at);
    if (depth === 0 && from === null && isWord(token, "default")) from = at + 1;
    if (isSymbol(token, "(")) depth += 1;
    if (isSymbol(token, ")")) depth -= 1;
  }
  return from === null ? null : definition.slice(from);
}

/** NULL as the value itself begins no constraint. */
function isValueHere(definition: readonly Token[], from: number, at: number): boolean {
  return at === from && isWord(definition[at], "null");
}

/** `[+-] literal [:: type]`, in parentheses or not. */
function isConstant(tokens: readonly Token[]): boolean {
  const bare = isSymbol(tokens[0], "(") && isSymbol(tokens.at(-1), ")") ? tokens.slice(1, -1) : tokens;
  const unsigned = isSymbol(bare[0], "-") || isSymbol(bare[0], "+") ? bare.slice(1) : bare;
  const [first, ...behind] = unsigned;
  if (first === undefined) return false;
  const isCall = isSymbol(behind[0], "(") && isSymbol(behind[1], ")");
  if (isWord(first, ...STABLE_CALLS)) return isCall && isCast(behind.slice(2));
  const isLiteral = first.kind === "string" || first.kind === "number" || isWord(first, ...CONSTANT_WORDS);
  return isLiteral && isCast(behind);
}

/** Nothing, or `:: name`, also with a length, words behind it (timestamp with time zone) or brackets. */
function isCast(tokens: readonly Token[]): boolean {
  if (tokens.length === 0) return true;
  if (!isSymbol(tokens[0], "::") || !isName(tokens[1])) return false;
  return tokens
    .slice(2)
    .every(
      (token) =>
        token.kind === "number" ||
        isName(token) ||
        ["(", ")", "[", "]", ","].some((symbol) => isSymbol(token, symbol)),
    );
}
