/** What a transaction lets through, by the first word of the statement: the end of the transaction, its role and its path are not the
 * caller's. With the extended protocol a text is one statement, so that its first word says what it is; what an expression inside may do
 * is bounded by the rights of the role. */
export type Allowance = "rows" | "schema";

const ROWS = new Set(["select", "with", "insert", "update", "delete", "merge", "values", "table", "explain"]);
const NEVER_IN_SCHEMA = new Set(
  "abort begin commit deallocate discard end execute listen load notify prepare release reset rollback savepoint set start unlisten".split(
    " ",
  ),
);
/** Locks that would outlive the transaction, on a connection that the next tenant gets. */
const SESSION_LOCK = /\bpg_(?:try_)?advisory_(?:lock|unlock)/iu;
/** Spaces, comments and brackets that may stand before the first word. */
const FIRST_WORD = /^(?:\s|\(|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*([a-z]+)/iu;

/** @returns null where it may run, otherwise the sentence to refuse it with */
export function refusalOf(text: string, allowance: Allowance): string | null {
  const word = FIRST_WORD.exec(text)?.[1]?.toLowerCase() ?? "";
  const isAllowed = allowance === "rows" ? ROWS.has(word) : word !== "" && !NEVER_IN_SCHEMA.has(word);
  if (isAllowed && SESSION_LOCK.test(text)) {
    return "a lock of the session cannot be taken within a transaction: pg_advisory_xact_lock ends with it";
  }
  if (isAllowed) return null;
  const remedy =
    allowance === "rows"
      ? "it reads and writes rows; schemas are changed by migrations"
      : "its beginning, end, role and path are not its own";
  return `"${word === "" ? text.slice(0, 20) : word}" cannot run within a transaction: ${remedy}`;
}
