import { compareCharacters } from "./characters.ts";

/** A JSON value as `JSON.parse` gives it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The value under keys from the root; undefined where there is none. Keys are no places in arrays. */
export function valueAt(document: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = document;
  for (const key of path) value = value === undefined ? undefined : propertyOf(value, key);
  return value;
}

export function propertyOf(value: Json, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** As PostgreSQL's `->>` gives it: null for JSON's null, too. */
export function textOfJson(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : printed(value);
}

export function elementsOf(value: Json | undefined): readonly Json[] {
  return isArray(value) ? value : [];
}

/** As jsonb prints itself: shorter keys first, `, ` and `: `. */
function printed(value: Json): string {
  if (isArray(value)) return `[${value.map(printed).join(", ")}]`;
  if (typeof value === "number") return printedNumber(value);
  if (!isObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort(
    (one, other) => byteLength(one) - byteLength(other) || compareCharacters(one, other),
  );
  return `{${keys.map((key) => `${JSON.stringify(key)}: ${printed(value[key] ?? null)}`).join(", ")}}`;
}

/** Without an exponent. */
function printedNumber(value: number): string {
  const [digits = "", exponent] = String(value).split("e");
  if (exponent === undefined) return Object.is(value, -0) ? "0" : digits;
  const sign = digits.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = digits.replace("-", "").split(".");
  const shift = Number(exponent);
  return shift < 0
    ? `${sign}0.${"0".repeat(-shift - 1)}${whole}${fraction}`
    : `${sign}${whole}${fraction.padEnd(shift, "0")}`;
}

function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x8_00 ? 2 : code < 0x1_00_00 ? 3 : 4;
  }
  return bytes;
}

function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
