import { JsonNumber } from "./json-value.ts";

/** Stops a scan at a place in the text. Thrown and caught inside this package only: parseJson returns it as a value. */
export class ScanStop extends Error {
  readonly offset: number;
  constructor(what: string, offset: number) {
    super(what);
    this.offset = offset;
  }
}

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const BACKSLASH = 0x5c;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
const HEX4 = /^[\da-fA-F]{4}$/;

/** A double prints at most 25 characters ("-0.0000010003612887479572": six places, seventeen digits), so a longer number
 * cannot print back identical. */
const LONGEST_DOUBLE = 25;
/** Any integer of so many digits is exact in a double and prints back as it was written. */
const EXACT_DIGITS = 15;

/** Walks over JSON text, token by token, as strictly as RFC 8259 says: no comments, no lone surrogates.
 * A code past the end is NaN, which equals nothing, so no loop here needs to ask for the end first. */
export class Scanner {
  readonly text: string;
  offset = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Moves to the next character that is no white space and returns its code; NaN at the end. */
  peek(): number {
    let offset = this.offset;
    let code = this.text.charCodeAt(offset);
    while (code === SPACE || code === LINE_FEED || code === CARRIAGE_RETURN || code === TAB) {
      code = this.text.charCodeAt(++offset);
    }
    this.offset = offset;
    return code;
  }

  /** Reads `word` (true, false, null), whose first letter is here. */
  literal<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.offset)) {
      throw new ScanStop(
        "A value that is none (a word must be true, false or null, a text needs quotes)",
        this.offset,
      );
    }
    this.offset += word.length;
    return value;
  }

  /** Reads the string whose opening quote is here. */
  string(): string {
    const { text } = this;
    const opening = this.offset;
    let value = "";
    let chunkStart = opening + 1;
    let offset = chunkStart;
    for (;;) {
      const code = text.charCodeAt(offset);
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        value += text.slice(chunkStart, offset);
        this.offset = offset;
        value += this.#escape();
        offset = chunkStart = this.offset;
      } else if (code >= SPACE && (code < 0xd800 || code > 0xdfff)) {
        offset++;
      } else {
        offset += this.#surrogatePair(code, offset, opening);
      }
    }
    this.offset = offset + 1;
    return value === "" ? text.slice(chunkStart, offset) : value + text.slice(chunkStart, offset);
  }

  /** The length of the pair at `offset`; everything else that comes here has no place in a string. */
  #surrogatePair(code: number, offset: number, opening: number): number {
    if (Number.isNaN(code)) throw new ScanStop("A string that does not end", opening);
    if (code < SPACE) throw new ScanStop("A control character inside a string (write it as \\u00XX)", offset);
    if (!isHigh(code) || !isLow(this.text.charCodeAt(offset + 1)))
      throw new ScanStop("Half a surrogate pair", offset);
    return 2;
  }

  #escape(): string {
    const start = this.offset;
    const letter = this.text.charAt(start + 1);
    if (letter !== "u") {
      const value = ESCAPES.get(letter);
      if (value === undefined)
        throw new ScanStop('An escape that is none of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX', start);
      this.offset = start + 2;
      return value;
    }
    const first = this.#hex4(start);
    if (!isHigh(first) && !isLow(first)) {
      this.offset = start + 6;
      return String.fromCharCode(first);
    }
    const second = this.text.startsWith("\\u", start + 6) ? this.#hex4(start + 6) : NaN;
    if (!isHigh(first) || !isLow(second)) throw new ScanStop("Half a surrogate pair", start);
    this.offset = start + 12;
    return String.fromCharCode(first, second);
  }

  #hex4(start: number): number {
    const digits = this.text.slice(start + 2, start + 6);
    if (!HEX4.test(digits)) throw new ScanStop("An escape \\u without four hexadecimal digits", start);
    return Number.parseInt(digits, 16);
  }

  /** Reads the number whose minus or first digit is here. */
  number(): number | JsonNumber {
    const start = this.offset;
    const digitsStart = this.text.charCodeAt(start) === MINUS ? start + 1 : start;
    this.offset = digitsStart;
    this.#digits(start);
    if (this.text.charCodeAt(digitsStart) === ZERO && this.offset > digitsStart + 1) {
      throw new ScanStop("A number with a leading zero", start);
    }
    const code = this.text.charCodeAt(this.offset);
    const isInteger = code !== DOT && !isExponent(code);
    if (!isInteger) this.#fractionAndExponent(start);

    const written = this.text.slice(start, this.offset);
    if (written.length > LONGEST_DOUBLE) return new JsonNumber(written);
    const value = Number(written);
    if (isInteger && written.length <= EXACT_DIGITS && value !== 0) return value;
    return String(value) === written ? value : new JsonNumber(written);
  }

  #fractionAndExponent(start: number): void {
    if (this.text.charCodeAt(this.offset) === DOT) {
      this.offset++;
      this.#digits(start);
    }
    if (!isExponent(this.text.charCodeAt(this.offset))) return;
    const sign = this.text.charCodeAt(++this.offset);
    if (sign === PLUS || sign === MINUS) this.offset++;
    this.#digits(start);
  }

  #digits(start: number): void {
    let offset = this.offset;
    while (isDigit(this.text.charCodeAt(offset))) offset++;
    if (offset === this.offset) throw new ScanStop("A number without a digit where one must be", start);
    this.offset = offset;
  }
}

export function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function isExponent(code: number): boolean {
  return code === 0x45 || code === 0x65; // E, e
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
