import { isName, isSymbol, isWord } from "../text/split-statements.ts";
import type { Token } from "../text/tokenise.ts";
import { type Refusal, refusal } from "./refusal.ts";

/** Schemas that are the same for every tenant, and rows within triggers and conflicts. */
const FREE_QUALIFIERS = new Set(["pg_catalog", "information_schema", "old", "new", "excluded"]);
const BEFORE_RELATION = [
  "from",
  "join",
  "into",
  "update",
  "table",
  "only",
  "references",
  "using",
  "collate",
  "as",
  "lateral",
  "function",
  "procedure",
];
const END_OF_FROM = [
  "where",
  "group",
  "having",
  "order",
  "limit",
  "offset",
  "fetch",
  "window",
  "union",
  "intersect",
  "except",
  "returning",
  "set",
  "for",
];
/** Their own FROM is followed by no table. */
const OWN_FROM = ["extract", "substring", "trim", "overlay", "position"];
const ESCAPES =
  /^(?:set_config|dblink\w*|lo_import|lo_export|query_to_xml\w*|pg_(?:try_)?advisory\w*|pg_read\w*file|pg_sleep\w*)$/u;

/** Refuses names of schemas: the tenant's schema is the only one on the path, and its name is another for every tenant. In what defines
 * things each name with a dot has one; in queries a name with a dot may be a column, so that its place decides. */
export function namesRule(tokens: readonly Token[], how: "definition" | "query"): Refusal | null {
  const frames: Frame[] = [{ opener: null, isInFrom: false }];
  for (const [at, token] of tokens.entries()) {
    const frame = frames.at(-1);
    const before = tokens[at - 1];
    if (isSymbol(token, "(")) frames.push({ opener: before ?? null, isInFrom: false });
    else if (isSymbol(token, ")")) frames.pop();
    else if (frame !== undefined && token.kind === "word") moveOn(frame, token, before);
    const found = escapeAt(tokens, at) ?? chainAt(tokens, at, how, frame ?? null);
    if (found !== null) return found;
  }
  return null;
}

interface Frame {
  readonly opener: Token | null;
  isInFrom: boolean;
}

function moveOn(frame: Frame, token: Token, before: Token | undefined): void {
  if (isWord(token, "from") && !isWord(before, "distinct")) frame.isInFrom = !hasOwnFrom(frame);
  else if (isWord(token, ...END_OF_FROM)) frame.isInFrom = false;
}

function hasOwnFrom({ opener }: Frame): boolean {
  return opener !== null && isWord(opener, ...OWN_FROM);
}

function escapeAt(tokens: readonly Token[], at: number): Refusal | null {
  const token = tokens[at];
  if (!isName(token)) return null;
  const isCall = isSymbol(tokens[at + 1], "(");
  if (isCall && ESCAPES.test(token.value))
    return refusal(
      token,
      `${token.value}() leaves the transaction, its role or its time; a migration needs none of it`,
    );
  if (isCall && isWord(token, "operator") && isName(tokens[at + 2]) && tokens[at + 2]?.value !== "pg_catalog")
    return refusal(token, "an operator with the name of a schema; write the operator itself");
  return null;
}

function chainAt(
  tokens: readonly Token[],
  at: number,
  how: "definition" | "query",
  frame: Frame | null,
): Refusal | null {
  const first = tokens[at];
  const before = tokens[at - 1];
  if (first?.kind === "string") return namedByText(tokens, at);
  if (!isName(first) || isSymbol(before, ".") || !isSymbol(tokens[at + 1], ".")) return null;
  if (!isName(tokens[at + 2]) || FREE_QUALIFIERS.has(first.value)) return null;
  const isLong = isSymbol(tokens[at + 3], ".") && isName(tokens[at + 4]);
  const isCall = isSymbol(tokens[at + 3], "(");
  const isQualified =
    how === "definition"
      ? !isWord(before, "by", "column")
      : isLong || isCall || isRelation(before, tokens[at - 2], frame);
  return isQualified
    ? refusal(
        first,
        `"${first.value}." names a schema (or a table where none is needed); leave it out, the tenant's schema is the only one on the path`,
      )
    : null;
}

function isRelation(before: Token | undefined, beforeIt: Token | undefined, frame: Frame | null): boolean {
  if (isSymbol(before, ",")) return frame?.isInFrom ?? false;
  if (isSymbol(before, "::")) return true;
  if (isWord(before, "from")) return !isWord(beforeIt, "distinct") && !(frame !== null && hasOwnFrom(frame));
  return isWord(before, ...BEFORE_RELATION);
}

/** 'schema.table'::regclass, nextval('schema.sequence'). */
function namedByText(tokens: readonly Token[], at: number): Refusal | null {
  const token = tokens[at];
  if (token === undefined || !token.value.includes(".")) return null;
  const type = isSymbol(tokens[at + 1], "::") ? tokens[at + 2]?.value : null;
  const isSequence = isSymbol(tokens[at - 1], "(") && isWord(tokens[at - 2], "nextval", "currval", "setval");
  if (!isSequence && !(type ?? "").startsWith("reg")) return null;
  return refusal(
    token,
    `${token.value} names a schema; leave it out, the tenant's schema is the only one on the path`,
  );
}
