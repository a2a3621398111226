import { isName, isSymbol, isWord } from "../text/split-statements.ts";
import type { Token } from "../text/tokenise.ts";

/** Reads the tokens of one statement from left to right. */
export class TokenCursor {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** The next token, or the last one at the end: where a problem is. */
  get here(): Token | undefined {
    return this.#tokens[this.#at] ?? this.#tokens.at(-1);
  }

  get next(): Token | undefined {
    return this.#tokens[this.#at];
  }

  get rest(): readonly Token[] {
    return this.#tokens.slice(this.#at);
  }

  /** Takes these words if they come next. */
  words(...words: readonly string[]): boolean {
    if (!words.every((word, n) => isWord(this.#tokens[this.#at + n], word))) return false;
    this.#at += words.length;
    return true;
  }

  symbol(symbol: string): boolean {
    if (!isSymbol(this.next, symbol)) return false;
    this.#at += 1;
    return true;
  }

  /** Takes a name. @returns null where something else comes */
  name(): string | null {
    const { next } = this;
    if (!isName(next)) return null;
    this.#at += 1;
    return next.value;
  }

  /** Takes all up to one of these words, or a comma, outside of parentheses. */
  until(isEnd: (token: Token) => boolean): readonly Token[] {
    const from = this.#at;
    let depth = 0;
    for (let token = this.next; token !== undefined; token = this.next) {
      if (depth === 0 && isEnd(token)) break;
      if (isSymbol(token, "(") || isSymbol(token, "[")) depth += 1;
      if (isSymbol(token, ")") || isSymbol(token, "]")) depth -= 1;
      this.#at += 1;
    }
    return this.#tokens.slice(from, this.#at);
  }
}

/** Tokens that stand outside of parentheses. */
export function outermost(tokens: readonly Token[]): readonly Token[] {
  let depth = 0;
  return tokens.filter((token) => {
    if (isSymbol(token, "(")) depth += 1;
    if (isSymbol(token, ")")) depth -= 1;
    return depth === 0 && !isSymbol(token, ")");
  });
}

/** Whether these words stand one behind the other, outside of parentheses. */
export function hasWords(tokens: readonly Token[], ...words: readonly string[]): boolean {
  const outer = outermost(tokens);
  return outer.some((_, at) => words.every((word, n) => isWord(outer[at + n], word)));
}
