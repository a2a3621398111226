import { assert, err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";
import type { JsonObject, JsonValue } from "./json-value.ts";
import { isDigit, Scanner, ScanStop } from "./scanner.ts";

/** Where and why a text is no JSON. `message` is a whole sentence with the place in it, for the caller of the API. */
export interface JsonError {
  readonly message: string;
  /** Both start at 1; a column counts UTF-16 code units. */
  readonly line: number;
  readonly column: number;
}

export interface JsonLimits {
  /** Arrays and objects inside each other, the outermost included. */
  readonly maxDepth?: number;
  /** Length of the text in UTF-8. */
  readonly maxBytes?: number;
}

/** What Okapi puts before whatever its JSON parser or a bean had to say. */
export const DECODE_PREFIX = "Failed to decode:";

const DEFAULT_MAX_DEPTH = 64;
/** The parser calls itself once a level; so many levels fit into any stack. */
const GREATEST_MAX_DEPTH = 1000;

/** Reads one JSON text as RFC 8259 has it, and stricter where that leaves a choice: a key may come once in an object, a
 * byte order mark and half a surrogate pair are refused, nesting has a bound.
 * The message begins as Okapi's does, and goes on in our words. */
export function parseJson(text: string, limits: JsonLimits = {}): Result<JsonValue, JsonError> {
  const { maxDepth = DEFAULT_MAX_DEPTH, maxBytes = Infinity } = limits;
  assert(maxDepth <= GREATEST_MAX_DEPTH, `maxDepth is at most ${GREATEST_MAX_DEPTH}`);
  if (isLongerInUtf8(text, maxBytes)) {
    return err({ message: `${DECODE_PREFIX}The text is longer than ${maxBytes} bytes`, line: 1, column: 1 });
  }
  try {
    return ok(new Parser(text, maxDepth).document());
  } catch (stop) {
    if (!(stop instanceof ScanStop)) throw stop;
    const { line, column } = placeOf(text, stop.offset);
    return err({
      message: `${DECODE_PREFIX}${stop.message} at line ${line}, column ${column}`,
      line,
      column,
    });
  }
}

const QUOTE = '"'.charCodeAt(0);
const COMMA = ",".charCodeAt(0);
const COLON = ":".charCodeAt(0);
const MINUS = "-".charCodeAt(0);
const OPEN_ARRAY = "[".charCodeAt(0);
const CLOSE_ARRAY = "]".charCodeAt(0);
const OPEN_OBJECT = "{".charCodeAt(0);
const CLOSE_OBJECT = "}".charCodeAt(0);
const BYTE_ORDER_MARK = 0xfeff;

class Parser {
  readonly #scanner: Scanner;
  readonly #maxDepth: number;

  constructor(text: string, maxDepth: number) {
    this.#scanner = new Scanner(text);
    this.#maxDepth = maxDepth;
  }

  document(): JsonValue {
    const value = this.#value(0);
    if (!Number.isNaN(this.#scanner.peek())) throw this.#unexpected("the end");
    return value;
  }

  #value(depth: number): JsonValue {
    const scanner = this.#scanner;
    const code = scanner.peek();
    if (code === QUOTE) return scanner.string();
    if (code === OPEN_OBJECT) return this.#object(this.#deeper(depth));
    if (code === OPEN_ARRAY) return this.#array(this.#deeper(depth));
    if (code === MINUS || isDigit(code)) return scanner.number();
    if (code === 0x74) return scanner.literal("true", true);
    if (code === 0x66) return scanner.literal("false", false);
    if (code === 0x6e) return scanner.literal("null", null);
    throw this.#unexpected("a value");
  }

  #deeper(depth: number): number {
    if (depth >= this.#maxDepth)
      throw new ScanStop(`More than ${this.#maxDepth} levels of nesting`, this.#scanner.offset);
    return depth + 1;
  }

  #array(depth: number): JsonValue[] {
    const scanner = this.#scanner;
    const items: JsonValue[] = [];
    scanner.offset++;
    if (this.#took(CLOSE_ARRAY)) return items;
    do items.push(this.#value(depth));
    while (this.#took(COMMA));
    this.#expect(CLOSE_ARRAY, '"," or "]"');
    return items;
  }

  #object(depth: number): JsonObject {
    const scanner = this.#scanner;
    const members = new Map<string, JsonValue>();
    scanner.offset++;
    if (this.#took(CLOSE_OBJECT)) return members;
    let count = 0;
    do {
      if (scanner.peek() !== QUOTE) throw this.#unexpected("a key in quotes");
      const keyOffset = scanner.offset;
      const key = scanner.string();
      this.#expect(COLON, '":"');
      members.set(key, this.#value(depth));
      // A key that was there before did not make the map larger: one look-up a key instead of two.
      if (members.size === count) throw new ScanStop(`Duplicate key ${shown(key)}`, keyOffset);
      count++;
    } while (this.#took(COMMA));
    this.#expect(CLOSE_OBJECT, '"," or "}"');
    return members;
  }

  #took(code: number): boolean {
    if (this.#scanner.peek() !== code) return false;
    this.#scanner.offset++;
    return true;
  }

  #expect(code: number, wanted: string): void {
    if (!this.#took(code)) throw this.#unexpected(wanted);
  }

  #unexpected(wanted: string): ScanStop {
    const { text, offset } = this.#scanner;
    const code = text.codePointAt(offset);
    if (code === undefined) return new ScanStop(`The text ends where ${wanted} was expected`, offset);
    const found = code === BYTE_ORDER_MARK ? "a byte order mark" : shown(String.fromCodePoint(code));
    return new ScanStop(`Found ${found} where ${wanted} was expected`, offset);
  }
}

const LONGEST_SHOWN = 80;

/** Quoted, on one line and short, whatever it was. */
function shown(text: string): string {
  return JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text);
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

function isLongerInUtf8(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true;
  if (text.length * 3 <= maxBytes) return false;
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes > maxBytes;
}
