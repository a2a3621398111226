const INVALID_CHARACTERS: ReadonlySet<string> = new Set("\\%+{}()[].;:=?@#^$\"' ");

/** What is wrong with a pathPattern, in Okapi's words; null where nothing is. A pattern is a path in which {name} stands
 * for one segment's text and * for any text. */
export function pathPatternError(pattern: string): string | null {
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (character === "{") {
      const close = closingBrace(pattern, index + 1);
      if (typeof close === "string") return close;
      index = close;
    } else if (INVALID_CHARACTERS.has(character)) {
      return `Invalid character ${character} for pathPattern`;
    }
  }
  return null;
}

function closingBrace(pattern: string, start: number): number | string {
  for (let index = start; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (character === "}") return index;
    if (character === "/" || INVALID_CHARACTERS.has(character)) {
      return `Invalid character ${character} inside {}-construct in pathPattern`;
    }
  }
  return "Missing }-character for {}-construct in pathPattern";
}
