import { err, ok, type Result } from "@octavo/result";
import type { CqlError } from "./cql-error.ts";
import type { SymbolComparator } from "./query.ts";

/** `text` of a word or a string is what stands there, with its escapes and without the quotes. */
export interface Token {
  readonly kind: "word" | "string" | "symbol" | "(" | ")" | "/" | "end";
  readonly text: string;
  readonly position: number;
}

/** Longest first. */
const SYMBOLS: readonly SymbolComparator[] = ["==", "<=", ">=", "<>", "=", "<", ">"];
/** As in cql-java, where a quote within a word is one of its characters. */
const ENDS_WORD = /[\s()=<>/]/u;

/** Takes a query apart: words, quoted strings, comparators, brackets. A backslash masks the character behind it; what that
 * means is for whoever reads the term.
 * @returns always ends with the token "end" */
export function tokensOf(text: string): Result<readonly Token[], CqlError> {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const position = at;
    const character = text.charAt(at);
    if (/\s/u.test(character)) {
      at += 1;
    } else if (character === "(" || character === ")" || character === "/") {
      tokens.push({ kind: character, text: character, position });
      at += 1;
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (end === null) {
        return err({ kind: "syntax", message: 'A string has no closing "', position });
      }
      tokens.push({ kind: "string", text: text.slice(at + 1, end), position });
      at = end + 1;
    } else {
      const symbol = SYMBOLS.find((each) => text.startsWith(each, position));
      const found = symbol ?? wordAt(text, at);
      tokens.push({ kind: symbol === undefined ? "word" : "symbol", text: closed(found), position });
      at += found.length;
    }
  }
  tokens.push({ kind: "end", text: "", position: text.length });
  return ok(tokens);
}

/** @returns where the closing quote stands; null where there is none */
function endOfString(text: string, start: number): number | null {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text.charAt(at) === "\\") at += 1;
    else if (text.charAt(at) === '"') return at;
  }
  return null;
}

/** A word as a string would have it: a quote is masked; a backslash at the end masks nothing, and stands for itself. */
function closed(word: string): string {
  return word.replaceAll(/\\[^]|["\\]/gu, (found) => (found.length === 1 ? `\\${found}` : found));
}

function wordAt(text: string, start: number): string {
  let end = start;
  while (end < text.length && !ENDS_WORD.test(text.charAt(end))) end += 1;
  return text.slice(start, end);
}
