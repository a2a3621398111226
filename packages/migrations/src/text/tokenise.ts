import { err, ok, type Result } from "@octavo/result";

/** A piece of SQL as PostgreSQL's lexer cuts it; comments and white space are left out. */
export interface Token {
  /** "word": unquoted; "name": in double quotes. */
  readonly kind: "word" | "name" | "string" | "number" | "parameter" | "symbol";
  /** A word in lower case, a name without its quotes, the inside of a string between dollars; otherwise as it was written. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export interface Unreadable {
  readonly at: number;
  readonly message: string;
}

const SPACE = /[ \t\n\r\f\v]+/uy;
const LINE_COMMENT = /--[^\n\r]*/uy;
/** PostgreSQL takes every character beyond ASCII for a letter. */
const WORD = /[a-z_\u0080-\u{10ffff}][a-z0-9_$\u0080-\u{10ffff}]*/iuy;
const NUMBER = /(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:e[+-]?\d+)?[a-z0-9_]*/iuy;
const PARAMETER = /\$\d+/uy;
const DOLLARS = /\$(?:[a-z_\u0080-\u{10ffff}][a-z0-9_\u0080-\u{10ffff}]*)?\$/iuy;
const PLAIN_STRING = /'(?:[^']|'')*'/uy;
const ESCAPE_STRING = /e'(?:[^'\\]|''|\\[\s\S])*'/iuy;
const OTHER_STRING = /(?:b|x|n)'(?:[^']|'')*'/iuy;
const QUOTED_NAME = /"(?:[^"]|"")*"/uy;
const UNICODE_ESCAPE = /u&["']/iuy;
/** Those that are one token whatever stands beside them, and `::`. */
const PUNCTUATION = /::|[()[\]{},;.]/uy;
const OPERATOR = /[-+*/<>=~!@#%^&|`?:\\$]/uy;

/** @returns an error where PostgreSQL could not read it, or where we do not want to (names by Unicode escapes) */
export function tokenise(text: string): Result<readonly Token[], Unreadable> {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  while (at < text.length) {
    const skipped = take(SPACE) ?? take(LINE_COMMENT);
    if (skipped !== null) {
      at += skipped.length;
      continue;
    }
    if (text.startsWith("/*", at)) {
      const end = endOfComment(text, at);
      if (end === null) return err({ at, message: "a comment that does not end" });
      at = end;
      continue;
    }
    const token = nextToken(text, at, take);
    if (!token.ok) return token;
    tokens.push(token.value);
    at = token.value.end;
  }
  return ok(tokens);
}

function nextToken(
  text: string,
  at: number,
  take: (pattern: RegExp) => string | null,
): Result<Token, Unreadable> {
  const made = (kind: Token["kind"], written: string, value = written): Result<Token, Unreadable> =>
    ok({ kind, value, start: at, end: at + written.length });

  if (take(UNICODE_ESCAPE) !== null)
    return err({ at, message: "a name or text by Unicode escapes (U&); write the characters themselves" });
  const string = take(ESCAPE_STRING) ?? take(OTHER_STRING) ?? take(PLAIN_STRING);
  if (string !== null) return made("string", string);
  const quoted = take(QUOTED_NAME);
  if (quoted !== null) return made("name", quoted, quoted.slice(1, -1).replaceAll('""', '"'));
  if (text[at] === "'" || text[at] === '"') return err({ at, message: "a quote that does not end" });
  const word = take(WORD);
  if (word !== null) return made("word", word, lowered(word));
  const parameter = take(PARAMETER);
  if (parameter !== null) return made("parameter", parameter);
  const dollars = take(DOLLARS);
  if (dollars !== null) {
    const end = text.indexOf(dollars, at + dollars.length);
    if (end === -1) return err({ at, message: `a text in ${dollars} that does not end` });
    return made("string", text.slice(at, end + dollars.length), text.slice(at + dollars.length, end));
  }
  const number = take(NUMBER);
  if (number !== null) return made("number", number);
  const symbol = take(PUNCTUATION) ?? take(OPERATOR);
  if (symbol !== null) return made("symbol", symbol);
  return err({ at, message: `the character ${JSON.stringify(text[at])}` });
}

/** Comments nest. */
function endOfComment(text: string, start: number): number | null {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text.startsWith("/*", at)) depth += 1;
    else if (text.startsWith("*/", at)) depth -= 1;
    else continue;
    at += 1;
    if (depth === 0) return at + 1;
  }
  return null;
}

/** PostgreSQL folds ASCII letters only. */
function lowered(word: string): string {
  return word.replaceAll(/[A-Z]+/gu, (letters) => letters.toLowerCase());
}
