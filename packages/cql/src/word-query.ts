import { err, ok, type Result } from "@octavo/result";
import type { QueryWord, WordQuery } from "./condition.ts";
import type { CqlError } from "./cql-error.ts";
import type { Comparator } from "./query.ts";
import { ANY, ONE, type Piece } from "./term.ts";
import { wordsOf } from "./words.ts";

/** Of one term. */
const MAX_WORDS = 500;

/** @returns null where there is nothing but punctuation, which no text has as a word */
export function wordQuery(
  comparator: Comparator,
  pieces: readonly Piece[],
  position: number,
): Result<WordQuery | null, CqlError> {
  const words = queryWords(pieces, position);
  if (!words.ok) return words;
  if (words.value.length > MAX_WORDS) {
    return err({ kind: "too-large", message: `A term has at most ${MAX_WORDS} words`, position });
  }
  if (words.value.length === 0) return ok(null);
  const how = comparator === "all" || comparator === "any" ? comparator : "phrase";
  return ok({ how, words: words.value });
}

/** A star at the end of a word opens it; one that stands alone means nothing. */
function queryWords(pieces: readonly Piece[], position: number): Result<readonly QueryWord[], CqlError> {
  const found: QueryWord[] = [];
  for (const [at, piece] of pieces.entries()) {
    if (piece === ONE) {
      const message = "Among words a ? stands for nothing: mask it with a backslash or leave it out";
      return err({ kind: "bad-term", message, position });
    }
    if (piece === ANY) {
      const next = pieces[at + 1];
      if (next === undefined || (typeof next === "string" && /^\s/u.test(next))) continue;
      const message = "Among words a * can only stand at the end of a word";
      return err({ kind: "bad-term", message, position });
    }
    const words = wordsOf(piece);
    const isOpen =
      pieces[at + 1] === ANY && words.at(-1) !== undefined && wordsOf(`${piece}x`).length === words.length;
    for (const [n, text] of words.entries()) {
      found.push({ text, isPrefix: isOpen && n === words.length - 1 });
    }
  }
  return ok(found);
}
