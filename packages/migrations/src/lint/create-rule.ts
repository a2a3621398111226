import { isName, isSymbol, isWord } from "../text/split-statements.ts";
import type { Token } from "../text/tokenise.ts";
import { functionRule } from "./function-rule.ts";
import type { Made } from "./made.ts";
import { namesRule } from "./names-rule.ts";
import { type Refusal, refusal } from "./refusal.ts";
import { hasWords, outermost, TokenCursor } from "./token-cursor.ts";

const INSTEAD: Readonly<Record<string, string>> = {
  extension: "extensions are there when the place is made; name what you need to the operator",
  schema: "a tenant has one schema in a module; leave it out",
  role: "roles are made with the place; leave it out",
  user: "roles are made with the place; leave it out",
  database: "databases are made by placement; leave it out",
  rule: "rules change what statements mean for the version before; use a trigger",
  policy: "rows of tenants are apart by schema already; leave it out",
  domain: "a column of a domain with a check rewrites its table; use the plain type with a CHECK",
  temp: "a temporary table ends with the connection; use a table",
  temporary: "a temporary table ends with the connection; use a table",
  unlogged: "its rows are lost when the server falls; use a plain table",
  materialized: "it is filled in one transaction; use a table that a backfill fills",
};

/** CREATE, by what is created. */
export function createRule(statement: readonly Token[], made: Made): Refusal | null {
  const cursor = new TokenCursor(statement);
  cursor.words("create");
  if (isWord(cursor.next, "or"))
    return refusal(
      cursor.here,
      "OR REPLACE changes what the version before uses and cannot be undone; give the new one a name of its own (total_v2)",
    );
  if (isWord(cursor.next, "view", "recursive")) return viewRule(statement, cursor);
  if (cursor.words("function") || cursor.words("procedure")) return functionRule(cursor);
  const qualified = namesRule(statement, "definition");
  if (qualified !== null) return qualified;
  if (hasWords(statement, "if", "not", "exists"))
    return refusal(
      cursor.here,
      "IF NOT EXISTS hides something else of that name, and undo would not know whose it is; leave it out, the ledger runs each step once",
    );
  if (cursor.words("table")) return tableRule(cursor, made);
  if (cursor.words("index") || cursor.words("unique", "index")) return indexRule(cursor, made);
  if (cursor.words("trigger") || cursor.words("constraint", "trigger") || cursor.words("sequence"))
    return null;
  if (cursor.words("type")) return typeRule(cursor);
  const word = cursor.here?.value ?? "";
  return refusal(
    cursor.here,
    `CREATE ${word.toUpperCase()} is not allowed in an expand: ${INSTEAD[word] ?? "only tables, indexes, functions, triggers, views, sequences and types are known to be safe"}`,
  );
}

function tableRule(cursor: TokenCursor, made: Made): Refusal | null {
  const at = cursor.here;
  const table = cursor.name();
  if (table === null) return refusal(at, "CREATE TABLE without a name that can be read");
  if (!isSymbol(cursor.next, "("))
    return refusal(
      cursor.here,
      "write the table's columns in parentheses; one made of a query or of another table (AS, OF, PARTITION OF) locks or copies what is there",
    );
  const behind = outermost(cursor.rest);
  const bad = behind.find((token) => isWord(token, "inherits", "tablespace", "as"));
  if (bad !== undefined)
    return refusal(
      bad,
      `${bad.value.toUpperCase()} ties the table to something outside of this step; leave it out, rows are copied by a backfill`,
    );
  made.tables.add(table);
  return null;
}

function indexRule(cursor: TokenCursor, made: Made): Refusal | null {
  if (isWord(cursor.next, "concurrently"))
    return refusal(
      cursor.here,
      "CREATE INDEX CONCURRENTLY cannot run in a transaction: write expandIndex(id, { name, definition })",
    );
  if (!isWord(cursor.next, "on")) cursor.name();
  if (!cursor.words("on"))
    return refusal(cursor.here, "CREATE INDEX is read as CREATE [UNIQUE] INDEX name ON table ...");
  cursor.words("only");
  const at = cursor.here;
  const table = cursor.name();
  if (table !== null && made.tables.has(table)) return null;
  return refusal(
    at,
    "CREATE INDEX on a table that may have rows keeps its writers waiting: write expandIndex(id, { name, definition })",
  );
}

function typeRule(cursor: TokenCursor): Refusal | null {
  cursor.name();
  const isKnown = cursor.words("as", "enum") || (cursor.words("as") && isSymbol(cursor.next, "("));
  return isKnown ? null : refusal(cursor.here, "CREATE TYPE is allowed as ENUM (...) and as (...)");
}

function viewRule(statement: readonly Token[], cursor: TokenCursor): Refusal | null {
  cursor.words("recursive");
  cursor.words("view");
  const at = cursor.here;
  if (!isName(at) || !hasWords(cursor.rest, "as"))
    return refusal(at, "CREATE VIEW is read as CREATE VIEW name AS SELECT ...");
  return namesRule(statement, "query");
}
