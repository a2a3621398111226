import { err, ok, type Result } from "@octavo/result";

/** A regular expression as a tree. */
export type Pattern =
  | { readonly kind: "one"; readonly matches: (character: string) => boolean }
  | { readonly kind: "sequence"; readonly parts: readonly Pattern[] }
  | { readonly kind: "choice"; readonly branches: readonly Pattern[] }
  | { readonly kind: "repeat"; readonly part: Pattern; readonly least: number; readonly most: number | null };

const MOST_REPEATS = 100;

/** Parses what a filter over ids may need of regular expressions: letters, `.`, classes, `\d \w \s`, escaped punctuation,
 * groups, `|`, `* + ? {n,m}`. Nothing that needs going back: no references, no looking ahead.
 * @returns or a sentence that says what is wrong */
export function parsePattern(text: string): Result<Pattern, string> {
  const parser = new PatternParser(text);
  try {
    return ok(parser.whole());
  } catch (cause) {
    if (cause instanceof PatternError) return err(cause.message);
    throw cause;
  }
}

/** Thrown through the recursion only. */
class PatternError extends Error {}

class PatternParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Pattern {
    const pattern = this.#choice();
    if (this.#at < this.#text.length) throw new PatternError("a ) without its (");
    return pattern;
  }

  #choice(): Pattern {
    const branches = [this.#sequence()];
    while (this.#takes("|")) branches.push(this.#sequence());
    return branches.length === 1 && branches[0] !== undefined ? branches[0] : { kind: "choice", branches };
  }

  #sequence(): Pattern {
    const parts: Pattern[] = [];
    while (this.#at < this.#text.length && !"|)".includes(this.#peek())) parts.push(this.#repeated());
    return { kind: "sequence", parts };
  }

  #repeated(): Pattern {
    const part = this.#one();
    const bounds = this.#bounds();
    if (bounds === null) return part;
    this.#takes("?"); // lazy: of a whole match it says nothing
    if (/^[*+?{]/.test(this.#text.slice(this.#at)))
      throw new PatternError("two repetitions behind each other");
    return { kind: "repeat", part, ...bounds };
  }

  #bounds(): { readonly least: number; readonly most: number | null } | null {
    if (this.#takes("*")) return { least: 0, most: null };
    if (this.#takes("+")) return { least: 1, most: null };
    if (this.#takes("?")) return { least: 0, most: 1 };
    if (!this.#takes("{")) return null;
    const [all, least = "", comma, most = ""] =
      /^(\d{1,3})(,?)(\d{0,3})\}/.exec(this.#text.slice(this.#at)) ?? [];
    if (all === undefined) throw new PatternError("a { that begins no {n}, {n,} or {n,m}");
    this.#at += all.length;
    const bounds = {
      least: Number(least),
      most: most !== "" ? Number(most) : comma === "," ? null : Number(least),
    };
    if (Math.max(bounds.least, bounds.most ?? 0) > MOST_REPEATS) {
      throw new PatternError(`more than ${MOST_REPEATS} repetitions`);
    }
    if (bounds.most !== null && bounds.most < bounds.least) throw new PatternError("a {n,m} that goes down");
    return bounds;
  }

  #one(): Pattern {
    const character = this.#next();
    switch (character) {
      case "(": {
        if (this.#takes("?") && !this.#takes(":")) throw new PatternError("a group beside ( and (?:");
        const group = this.#choice();
        if (!this.#takes(")")) throw new PatternError("a ( without its )");
        return group;
      }
      case "[":
        return { kind: "one", matches: this.#characterClass() };
      case ".":
        return { kind: "one", matches: (each) => each !== "\n" && each !== "\r" };
      case "\\":
        return { kind: "one", matches: this.#escape() };
      case "^":
      case "$":
      case "*":
      case "+":
      case "?":
      case "{":
      case "}":
      case "]":
        throw new PatternError(`a ${character} that stands for itself is written \\${character}`);
      default:
        return { kind: "one", matches: (each) => each === character };
    }
  }

  #escape(): (character: string) => boolean {
    const letter = this.#next();
    const named = namedClasses[letter];
    if (named !== undefined) return (character) => named.test(character);
    if (/[A-Za-z0-9]/.test(letter)) throw new PatternError(`\\${letter}, which is not known here`);
    return (character) => character === letter;
  }

  #characterClass(): (character: string) => boolean {
    const isNegated = this.#takes("^");
    const members: ((character: string) => boolean)[] = [];
    while (!this.#takes("]")) members.push(this.#member());
    if (members.length === 0) throw new PatternError("an empty class");
    return (character) => members.some((matches) => matches(character)) !== isNegated;
  }

  #member(): (character: string) => boolean {
    const first = this.#next();
    if (first === "\\") return this.#escape();
    if (first === "[" || first === "&") throw new PatternError(`a ${first} in a class is written \\${first}`);
    const range = this.#text.slice(this.#at, this.#at + 2);
    if (!/^-[^\]\\]$/u.test(range)) return (character) => character === first;
    const last = range.slice(1);
    if (last < first) throw new PatternError("a class that goes down");
    this.#at += 2;
    return (character) => character >= first && character <= last;
  }

  #peek(): string {
    return this.#text[this.#at] ?? "";
  }

  #next(): string {
    const character = this.#text[this.#at];
    if (character === undefined) throw new PatternError("an end where something must follow");
    this.#at += 1;
    return character;
  }

  #takes(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }
}

const namedClasses: Readonly<Record<string, RegExp>> = {
  d: /\d/,
  D: /\D/,
  w: /\w/,
  W: /\W/,
  s: /\s/,
  S: /\S/,
};
