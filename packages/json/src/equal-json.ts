import { isJsonArray, isJsonObject, JsonNumber } from "./json-value.ts";
import type { JsonValue } from "./json-value.ts";

/** Whether both are the same value: the order of keys does not count, the order in arrays does.
 * Numbers are compared as written: 1 and 1.0 are different, as their prints are. */
export function equalJson(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true;
  if (isJsonArray(a)) {
    return (
      isJsonArray(b) && a.length === b.length && a.every((item, index) => equalJson(item, b[index] ?? null))
    );
  }
  if (isJsonObject(a)) return isJsonObject(b) && a.size === b.size && hasAllOf(a, b);
  return a instanceof JsonNumber && b instanceof JsonNumber && a.text === b.text;
}

function hasAllOf(a: ReadonlyMap<string, JsonValue>, b: ReadonlyMap<string, JsonValue>): boolean {
  for (const [key, value] of b) {
    const own = a.get(key);
    if (own === undefined || !equalJson(own, value)) return false;
  }
  return true;
}
