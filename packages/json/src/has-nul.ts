import { isJsonArray, isJsonObject } from "./json-value.ts";
import type { JsonValue } from "./json-value.ts";

/** Whether a key or a text anywhere in it holds U+0000: JSON may, PostgreSQL's text may not. */
export function hasNul(value: JsonValue): boolean {
  if (typeof value === "string") return value.includes("\0");
  if (isJsonArray(value)) return value.some(hasNul);
  if (!isJsonObject(value)) return false;
  for (const [key, member] of value) if (key.includes("\0") || hasNul(member)) return true;
  return false;
}
