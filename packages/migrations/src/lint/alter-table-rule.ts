import { isSymbol, isWord } from "../text/split-statements.ts";
import type { Token } from "../text/tokenise.ts";
import { addedColumnRule } from "./added-column-rule.ts";
import type { Made } from "./made.ts";
import { type Refusal, refusal } from "./refusal.ts";
import { hasWords, TokenCursor } from "./token-cursor.ts";

const INSTEAD: Readonly<Record<string, string>> = {
  drop: "the version before still uses it; write a contract: contract(id, dropColumn(...))",
  rename:
    "the version before looks for the old name; add another column, fill it by a backfill, and drop the old one by a contract",
  validate:
    "it reads the whole table while others wait for this step's locks: verify(id, constraint(table, name, definition)) does it beside them",
  owner: "the owner is part of the place; leave it out",
  disable: "the version before relies on it; leave it out",
  enable: "a trigger is on when it is made; leave it out",
  attach: "it reads the whole table under a lock; use a table of its own",
  detach: "the version before still uses it; write a contract",
};

/** ALTER TABLE; the cursor stands behind these words. Each of its actions must be one that only adds, in a moment. */
export function alterTableRule(cursor: TokenCursor, made: Made): Refusal | null {
  if (isWord(cursor.next, "all"))
    return refusal(cursor.here, "ALTER TABLE ALL cannot be read; name the table");
  if (cursor.words("if", "exists"))
    return refusal(
      cursor.here,
      "IF EXISTS hides that the table is not there; leave it out, steps before this one have made it",
    );
  cursor.words("only");
  const table = cursor.name();
  if (table === null) return refusal(cursor.here, "ALTER TABLE without a name that can be read");
  do {
    const action = new TokenCursor(cursor.until((token) => isSymbol(token, ",")));
    const refused = actionRule(action, table, made);
    if (refused !== null) return refused;
  } while (cursor.symbol(","));
  return null;
}

function actionRule(action: TokenCursor, table: string, made: Made): Refusal | null {
  const at = action.here;
  if (action.words("add")) return addRule(action, table, made);
  if (action.words("alter")) return alterColumnRule(action, table, made);
  const word = at?.value ?? "";
  if (word === "set" && hasWords(action.rest, "set", "schema"))
    return refusal(at, "a tenant has one schema in a module; leave it out");
  return refusal(
    at,
    `ALTER TABLE ... ${word.toUpperCase()} is not allowed in an expand: ${INSTEAD[word] ?? "only ADD is known to be safe"}`,
  );
}

function addRule(action: TokenCursor, table: string, made: Made): Refusal | null {
  const at = action.here;
  const isConstraint = isWord(at, "constraint", "check", "unique", "primary", "foreign", "exclude", "not");
  if (isConstraint) return made.tables.has(table) ? null : constraintRule(action);
  action.words("column");
  if (action.words("if", "not", "exists"))
    return refusal(
      action.here,
      "IF NOT EXISTS hides another column of that name; leave it out, the ledger runs each step once",
    );
  const column = action.name();
  if (column === null) return refusal(action.here, "ADD COLUMN without a name that can be read");
  const refused = made.tables.has(table) ? null : addedColumnRule(action);
  if (refused === null) made.columns.add(`${table}.${column}`);
  return refused;
}

function constraintRule(action: TokenCursor): Refusal | null {
  const at = action.here;
  if (!action.words("constraint") || action.name() === null)
    return refusal(
      at,
      "give the constraint a name: ADD CONSTRAINT name ... NOT VALID; undo and errors go by it",
    );
  const isOfIndex =
    action.words("unique", "using", "index") || action.words("primary", "key", "using", "index");
  if (isOfIndex) return null;
  if (isWord(action.next, "unique", "primary", "exclude"))
    return refusal(
      action.here,
      "it builds an index while writers wait: expandIndex(id, { ..., isUnique: true }), then ADD CONSTRAINT ... UNIQUE USING INDEX",
    );
  if (!isWord(action.next, "check", "foreign"))
    return refusal(
      action.here,
      "this constraint cannot be read; for NOT NULL write verify(id, notNull(table, column))",
    );
  return hasWords(action.rest, "not", "valid")
    ? null
    : refusal(
        action.here,
        "it reads the whole table under a lock: write verify(id, constraint(table, name, definition)), or NOT VALID behind it",
      );
}

function alterColumnRule(action: TokenCursor, table: string, made: Made): Refusal | null {
  action.words("column");
  const column = action.name() ?? "";
  const at: Token | undefined = action.here;
  const isMade = made.tables.has(table) || made.columns.has(`${table}.${column}`);
  if (action.words("type") || action.words("set", "data", "type"))
    return isMade
      ? null
      : refusal(
          at,
          "a change of type rewrites the table under a lock, and the version before reads the old one; add another column and fill it by a backfill",
        );
  if (action.words("set", "not", "null"))
    return isMade
      ? null
      : refusal(
          at,
          "SET NOT NULL reads the whole table under a lock: write verify(id, notNull(table, column))",
        );
  if (action.words("set", "default") || action.words("drop", "default"))
    return isMade
      ? null
      : refusal(
          at,
          "a default changes what the version before writes and cannot be undone; give it when the column is added",
        );
  if (action.words("drop", "not", "null"))
    return isMade ? null : refusal(at, "the version before relies on a value; write one until the contract");
  return isMade && isSymbol(at, "(")
    ? null
    : refusal(at, "this change of a column cannot be read; say it when the column is added");
}
