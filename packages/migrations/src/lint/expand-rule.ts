import { isWord } from "../text/split-statements.ts";
import type { Token } from "../text/tokenise.ts";
import { alterTableRule } from "./alter-table-rule.ts";
import { createRule } from "./create-rule.ts";
import type { Made } from "./made.ts";
import { namesRule } from "./names-rule.ts";
import { type Refusal, refusal } from "./refusal.ts";
import { hasWords, TokenCursor } from "./token-cursor.ts";

/** Why these cannot stand in an expand, and what does it instead; by first word. */
const INSTEAD: Readonly<Record<string, string>> = {
  drop: "the version before still uses it; write a contract: contract(id, dropTable(...))",
  truncate: "the version before still reads those rows",
  lock: "it would keep all others waiting; a step needs no lock of its own",
  set: "role, path and settings of a migration are not its own; leave it out",
  reset: "role, path and settings of a migration are not its own; leave it out",
  begin: "a step is one transaction already; leave it out",
  start: "a step is one transaction already; leave it out",
  commit: "a step is one transaction; make two steps",
  end: "a step is one transaction; make two steps",
  rollback: "a step is one transaction; leave it out",
  savepoint: "a step is one transaction; leave it out",
  grant: "rights are given when the place is made; leave it out",
  revoke: "rights are given when the place is made; leave it out",
  do: "what it does cannot be seen; write the statements themselves",
  call: "what it does cannot be seen; write the statements themselves",
  execute: "what it does cannot be seen; write the statements themselves",
  select: "it adds nothing; look in a verify step",
  with: "rows are changed in a backfill",
  merge: "rows are changed in a backfill, shipped ones are referenceData",
  copy: "shipped rows are referenceData, others a backfill",
  vacuum: "the server does it by itself; leave it out",
  analyze: "the server does it by itself; leave it out",
  cluster: "it would keep all others waiting; leave it out",
  reindex: "it would keep all others waiting; build another index by expandIndex",
  refresh: "it would keep readers waiting; use a table that a backfill fills",
};

/** @returns why a statement may not run beside the version before; null where it only adds */
export function expandRule(statement: readonly Token[], made: Made): Refusal | null {
  const cursor = new TokenCursor(statement);
  if (cursor.words("create")) return createRule(statement, made);
  if (cursor.words("alter", "table"))
    return namesRule(statement, "definition") ?? alterTableRule(cursor, made);
  if (cursor.words("alter")) return refusal(cursor.here, alterInstead(cursor.next));
  if (cursor.words("insert", "into")) return namesRule(statement, "query") ?? insertRule(cursor, made);
  if (cursor.words("update")) return namesRule(statement, "query") ?? rowsRule(cursor, made, "UPDATE");
  if (cursor.words("delete", "from"))
    return namesRule(statement, "query") ?? rowsRule(cursor, made, "DELETE");
  if (cursor.words("comment", "on")) return namesRule(statement, "definition") ?? commentRule(cursor, made);
  const word = cursor.here?.value ?? "";
  const instead = isWord(cursor.here, word) ? INSTEAD[word] : undefined;
  return refusal(
    cursor.here,
    `${word.toUpperCase()} is not allowed in an expand: ${instead ?? "only what adds is known to be safe; say what you need as CREATE or ALTER TABLE ... ADD"}`,
  );
}

function alterInstead(what: Token | undefined): string {
  const word = what?.value ?? "";
  if (word === "type") return "a value that is added to a type stays for ever; use text with a CHECK";
  return `ALTER ${word.toUpperCase()} changes what the version before uses; create another one with a name of its own`;
}

function insertRule(cursor: TokenCursor, made: Made): Refusal | null {
  const at = cursor.here;
  const table = cursor.name();
  if (table === null || !made.tables.has(table))
    return refusal(
      at,
      "INSERT into a table that is not made in this step: shipped rows are referenceData, others a backfill",
    );
  return hasWords(cursor.rest, "values") && !cursor.rest.some((token) => isWord(token, "select"))
    ? null
    : refusal(
        cursor.here,
        "INSERT ... SELECT copies any number of rows in one transaction: write a backfill",
      );
}

function rowsRule(cursor: TokenCursor, made: Made, verb: string): Refusal | null {
  cursor.words("only");
  const at = cursor.here;
  const table = cursor.name();
  if (table !== null && made.tables.has(table)) return null;
  return refusal(
    at,
    `${verb} in an expand changes rows that the version before uses, any number in one transaction: write a backfill`,
  );
}

function commentRule(cursor: TokenCursor, made: Made): Refusal | null {
  const isColumn = cursor.words("column");
  const at = cursor.here;
  if (!isColumn && !cursor.words("table"))
    return refusal(at, "COMMENT is allowed on tables and columns that this step makes; leave it out");
  const table = cursor.name() ?? "";
  const column = isColumn && cursor.symbol(".") ? (cursor.name() ?? "") : null;
  const isMade = made.tables.has(table) || (column !== null && made.columns.has(`${table}.${column}`));
  return isMade && isWord(cursor.next, "is")
    ? null
    : refusal(at, "COMMENT is allowed on tables and columns that this step makes; leave it out");
}
