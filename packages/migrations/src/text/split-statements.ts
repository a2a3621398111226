import { assert } from "@octavo/result";
import { type Token, tokenise } from "./tokenise.ts";

/** Tokens of one statement each, without the semicolons between them. */
export function splitTokens(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const statements: Token[][] = [[]];
  for (const token of tokens) {
    if (isSymbol(token, ";")) statements.push([]);
    else statements.at(-1)?.push(token);
  }
  return statements.filter((statement) => statement.length > 0);
}

/** Texts of the single statements of a text that lint has let through, for a protocol that takes one at a time. */
export function splitStatements(text: string): readonly string[] {
  const tokens = tokenise(text);
  assert(tokens.ok, "lint has read the text before it runs");
  return splitTokens(tokens.value).map((statement) => text.slice(statement[0]?.start, statement.at(-1)?.end));
}

export function isSymbol(token: Token | undefined, symbol: string): boolean {
  return token?.kind === "symbol" && token.value === symbol;
}

export function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === "word" && words.includes(token.value);
}

/** A word or quoted name. */
export function isName(token: Token | undefined): token is Token {
  return token?.kind === "word" || token?.kind === "name";
}
