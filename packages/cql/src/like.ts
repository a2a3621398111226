import { charactersOf } from "./characters.ts";
import { ANY, ONE, type Piece } from "./term.ts";

/** Whether the characters of a text are those of a pattern. Goes back to the last star only, so that its steps are at most length times length. */
export function isLike(text: readonly string[], pieces: readonly Piece[]): boolean {
  const pattern = pieces.flatMap((piece): readonly Piece[] =>
    typeof piece === "string" ? charactersOf(piece) : [piece],
  );
  let at = 0;
  let next = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    const piece = pattern[next];
    if (piece === ANY) {
      star = next;
      starAt = at;
      next += 1;
    } else if (piece === ONE || (piece !== undefined && piece === text[at])) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      starAt += 1;
      at = starAt;
      next = star + 1;
    } else return false;
  }
  return pattern.slice(next).every((piece) => piece === ANY);
}
