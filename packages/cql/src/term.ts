/** A term with its masks taken off: texts between wildcards. */
export type Piece = string | AnyCharacters | OneCharacter;

export const ANY = Symbol("*");
export const ONE = Symbol("?");
type AnyCharacters = typeof ANY;
type OneCharacter = typeof ONE;

/** `a\*b*` is the text `a*b` and any characters. Neighbouring stars are one. */
export function piecesOf(term: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let text = "";
  const add = (wildcard: Piece): void => {
    if (text !== "") pieces.push(text);
    text = "";
    if (wildcard !== ANY || pieces.at(-1) !== ANY) pieces.push(wildcard);
  };
  for (let at = 0; at < term.length; at += 1) {
    const character = term.charAt(at);
    if (character === "\\") {
      at += 1;
      text += at < term.length ? term.charAt(at) : "\\";
    } else if (character === "*") add(ANY);
    else if (character === "?") add(ONE);
    else text += character;
  }
  return text === "" ? pieces : [...pieces, text];
}

/** The term where wildcards mean nothing: comparisons, numbers. */
export function textOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (piece === ANY ? "*" : piece === ONE ? "?" : piece)).join("");
}

/** The text where there are no wildcards; null where there are. */
export function exactText(pieces: readonly Piece[]): string | null {
  if (pieces.length > 1) return null;
  const [text = ""] = pieces;
  return typeof text === "string" ? text : null;
}

/** `abc` of `abc*`; null for other shapes. */
export function prefixText(pieces: readonly Piece[]): string | null {
  const [text, star] = pieces;
  return pieces.length === 2 && typeof text === "string" && star === ANY ? text : null;
}

export function isOnlyAny(pieces: readonly Piece[]): boolean {
  return pieces.length === 1 && pieces[0] === ANY;
}

/** For each character of the term, escaped so that it stands for itself. */
export function escapeTerm(text: string): string {
  return text.replaceAll(/[\\*?^"]/gu, String.raw`\$&`);
}
