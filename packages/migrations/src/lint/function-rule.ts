import { splitTokens, isSymbol, isWord } from "../text/split-statements.ts";
import { type Token, tokenise } from "../text/tokenise.ts";
import { namesRule } from "./names-rule.ts";
import { type Refusal, refusal } from "./refusal.ts";
import { hasWords, outermost, type TokenCursor } from "./token-cursor.ts";

/** A function is made, not called; what it will do is bounded by the rights of who calls it, which is why it must not bring its own. */
export function functionRule(cursor: TokenCursor): Refusal | null {
  const header = cursor.rest;
  const outer = outermost(header);
  const language = outer[outer.findIndex((token) => isWord(token, "language")) + 1];
  if (!isWord(language, "sql", "plpgsql"))
    return refusal(
      language ?? cursor.here,
      "write LANGUAGE sql, or plpgsql where it is for a trigger; no other can be read",
    );
  if (hasWords(header, "security", "definer"))
    return refusal(
      outer.find((token) => isWord(token, "definer")),
      "SECURITY DEFINER would lend the owner's rights to requests; leave it out",
    );
  const setting = outer.find((token) => isWord(token, "set"));
  if (setting !== undefined)
    return refusal(setting, "SET in a function changes role, path or settings; leave it out");
  const body = outer[outer.findIndex((token) => isWord(token, "as")) + 1];
  const withoutBody = header.filter((token) => token !== body || token.kind !== "string");
  const refused = namesRule(withoutBody, "query") ?? (body?.kind === "string" ? bodyRule(body) : null);
  if (refused !== null) return refused;
  return body?.kind === "string" || hasWords(header, "return")
    ? null
    : refusal(cursor.here, "write the function's body as a text: AS $$ ... $$, or as RETURN expression");
}

/** Refusals point to the body's beginning: a text within a text has no place of its own. */
function bodyRule(body: Token): Refusal | null {
  const tokens = tokenise(
    body.value.startsWith("'") ? body.value.slice(1, -1).replaceAll("''", "'") : body.value,
  );
  if (!tokens.ok) return refusal(body, `the body cannot be read: ${tokens.error.message}`);
  for (const statement of splitTokens(tokens.value)) {
    const [at, token] = [...statement.entries()].find(([at]) => isForbidden(statement, at)) ?? [0, null];
    if (token !== null)
      return refusal(
        body,
        `the body has ${statement
          .slice(at, at + 2)
          .map(({ value }) => value)
          .join(" ")}: what it does cannot be seen, or it leaves role and path; leave it out`,
      );
    const named = namesRule(statement, "query");
    if (named !== null) return refusal(body, `the body: ${named.message}`);
  }
  return null;
}

/** EXECUTE runs a text, but not in EXECUTE FUNCTION; SET ROLE and its kin, but not a column of that name in UPDATE ... SET role = . */
function isForbidden(statement: readonly Token[], at: number): boolean {
  const [token, next] = [statement[at], statement[at + 1]];
  if (isWord(token, "execute")) return true;
  const isSetting =
    isWord(token, "set", "reset") && isWord(next, "role", "search_path", "session", "local", "schema", "all");
  return (
    isSetting &&
    !(
      isWord(token, "set") &&
      isSymbol(statement[at + 2], "=") &&
      statement.slice(0, at).some((before) => isWord(before, "update"))
    )
  );
}
