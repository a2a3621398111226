import { isSymbol, isWord } from "../text/split-statements.ts";
import type { Token } from "../text/tokenise.ts";
import { namesRule } from "./names-rule.ts";
import { type Refusal, refusal } from "./refusal.ts";

const WRITES = ["insert", "update", "delete", "merge", "truncate"];

/** A query that a check asks. */
export function queryRule(statement: readonly Token[]): Refusal | null {
  if (!isWord(statement[0], "select", "with"))
    return refusal(statement[0], "a check is a SELECT (or WITH ... SELECT) of what is wrong");
  const write = statement.find((token, at) => isWord(token, ...WRITES) && beginsStatement(statement, at));
  if (write !== undefined)
    return refusal(write, "a check looks and changes nothing; rows are changed by a backfill");
  return namesRule(statement, "query");
}

/** A backfill's statement, with `marker` where the rows of the batch are named. */
export function batchRule(statement: readonly Token[], marker: string): Refusal | null {
  const [first] = statement;
  if (!isWord(first, "update", "insert", "with"))
    return refusal(
      first,
      "a backfill's statement is an UPDATE, an INSERT ... SELECT, or WITH before one of them; what is removed is a contract",
    );
  const removed = statement.find(
    (token, at) => isWord(token, "delete", "merge", "truncate") && beginsStatement(statement, at),
  );
  if (removed !== undefined)
    return refusal(
      removed,
      `${removed.value.toUpperCase()} loses what the version before reads; write a contract`,
    );
  const at = statement.findIndex((token) => isWord(token, marker));
  if (at === -1)
    return refusal(
      first,
      "the rows of the batch are not named: all rows at once would be locked; write WHERE ${rows}",
    );
  const isCondition = isWord(statement[at - 1], "where", "and", "on") && !hasOr(statement, at);
  if (!isCondition)
    return refusal(
      statement[at],
      "${rows} must narrow the statement: write WHERE ${rows}, or AND ${rows} with no OR beside it",
    );
  return namesRule(statement, "query");
}

/** A condition within a statement. */
export function conditionRule(tokens: readonly Token[]): Refusal | null {
  if (tokens.length === 0)
    return refusal(
      undefined,
      "`remaining` is empty: say which rows still need it, so that doing it twice does nothing",
    );
  return namesRule(tokens, "query");
}

function beginsStatement(statement: readonly Token[], at: number): boolean {
  const before = statement[at - 1];
  return before === undefined || isSymbol(before, "(") || isSymbol(before, ")");
}

/** Within the parentheses that hold the token. */
function hasOr(statement: readonly Token[], at: number): boolean {
  return [1, -1].some((direction) => {
    let depth = 0;
    for (let n = at; n >= 0 && n < statement.length; n += direction) {
      const token = statement[n];
      if (isSymbol(token, direction === 1 ? "(" : ")")) depth += 1;
      if (isSymbol(token, direction === 1 ? ")" : "(")) depth -= 1;
      if (depth < 0 || (depth === 0 && direction === -1 && isWord(token, "where", "on"))) return false;
      if (depth === 0 && isWord(token, "or")) return true;
    }
    return false;
  });
}
