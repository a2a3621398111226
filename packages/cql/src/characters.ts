/** Characters are code points here, as in PostgreSQL. */
export function charactersOf(text: string): string[] {
  return Array.from(text);
}

export function firstCharacters(text: string, count: number): string {
  if (text.length <= count) return text;
  let end = 0;
  for (let left = count; left > 0 && end < text.length; left -= 1) {
    end += (text.codePointAt(end) ?? 0) > 0xff_ff ? 2 : 1;
  }
  return text.slice(0, end);
}

/** In the order of code points, as COLLATE "C" has it in UTF-8. JavaScript's own order differs beyond U+FFFF. */
export function compareCharacters(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    if (one.charCodeAt(at) !== other.charCodeAt(at)) {
      return rank(one.charCodeAt(at)) - rank(other.charCodeAt(at));
    }
  }
  return one.length - other.length;
}

/** Halves of characters beyond U+FFFF stand behind all others. */
function rank(unit: number): number {
  return unit >= 0xd8_00 && unit <= 0xdf_ff ? unit + 0x1_00_00 : unit;
}

/** Ranges as they stand between the brackets of a regular expression, of JavaScript as of PostgreSQL. */
export function characterClass(ranges: readonly (readonly [number, number])[]): string {
  const escape = (code: number): string => `\\u${code.toString(16).padStart(4, "0")}`;
  return ranges.map(([from, to]) => `${escape(from)}-${escape(to)}`).join("");
}
