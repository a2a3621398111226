/** JSON as it was sent: keys keep their order (also those that look like numbers), "__proto__" is a key like any other,
 * and a number that a double cannot hold keeps its digits. */
export type JsonValue = null | boolean | string | number | JsonNumber | readonly JsonValue[] | JsonObject;

export type JsonObject = ReadonlyMap<string, JsonValue>;

/** A number whose text a double would not print back ("1.0", 20 digits). */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Narrows to the items' type, which Array.isArray loses for a readonly array. */
export function isJsonArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isJsonObject(value: JsonValue): value is JsonObject {
  return value instanceof Map;
}
