import { assert } from "@octavo/result";
import { isJsonArray, isJsonObject, JsonNumber } from "./json-value.ts";
import type { JsonValue } from "./json-value.ts";

/** Without white space; keys in their order. */
export function printCompact(value: JsonValue): string {
  if (isJsonArray(value)) return `[${value.map(printCompact).join(",")}]`;
  if (isJsonObject(value)) {
    return `{${Array.from(value, ([key, member]) => `${quote(key)}:${printCompact(member)}`).join(",")}}`;
  }
  return printScalar(value);
}

/** As Okapi answers (Jackson's default pretty printer): objects one key a line with two spaces a level, " : " after a key,
 * arrays on the line, "[ ]" and "{ }" where empty. Clients and Okapi's own tests compare this text. */
export function printPretty(value: JsonValue): string {
  return pretty(value, "\n");
}

/** @param newLine "\n" and the indentation of the object around; arrays add none */
function pretty(value: JsonValue, newLine: string): string {
  if (isJsonArray(value)) {
    return value.length === 0 ? "[ ]" : `[ ${value.map((item) => pretty(item, newLine)).join(", ")} ]`;
  }
  if (isJsonObject(value)) {
    if (value.size === 0) return "{ }";
    const inner = `${newLine}  `;
    const members = Array.from(value, ([key, member]) => `${inner}${quote(key)} : ${pretty(member, inner)}`);
    return `{${members.join(",")}${newLine}}`;
  }
  return printScalar(value);
}

function printScalar(value: null | boolean | string | number | JsonNumber): string {
  if (typeof value === "string") return quote(value);
  if (value instanceof JsonNumber) return value.text;
  assert(typeof value !== "number" || Number.isFinite(value), "a JSON number is finite");
  return String(value);
}

// Control characters and lone halves of surrogate pairs (\p{Surrogate} matches no whole pair).
// oxlint-disable-next-line no-control-regex -- finding control characters is its task
const NEEDS_ESCAPE = /["\\\u0000-\u001f]|\p{Surrogate}/u;
const EACH_NEEDING_ESCAPE = new RegExp(NEEDS_ESCAPE.source, "gu");

function quote(text: string): string {
  return NEEDS_ESCAPE.test(text) ? `"${text.replace(EACH_NEEDING_ESCAPE, escapeOf)}"` : `"${text}"`;
}

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

function escapeOf(character: string): string {
  const short = SHORT_ESCAPES.get(character);
  return short ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
