import { assert } from "@octavo/result";
import { isJsonArray, isJsonObject, JsonNumber } from "./json-value.ts";
import type { JsonValue } from "./json-value.ts";

/** What toPlain returns: frozen, its objects without a prototype, so "__proto__" is a key there as well. */
export type PlainValue = null | boolean | string | number | readonly PlainValue[] | PlainObject;
export interface PlainObject {
  readonly [key: string]: PlainValue;
}

/** For code that wants ordinary objects. Two things are lost: digits a double cannot hold, and the place of keys that look
 * like array indexes (they come first). */
export function toPlain(value: JsonValue): PlainValue {
  if (isJsonArray(value)) return Object.freeze(value.map(toPlain));
  if (value instanceof JsonNumber) return Number(value.text);
  if (!isJsonObject(value)) return value;
  // as: Object.create is typed any; a null prototype has no setter that a key could meet
  const plain = Object.create(null) as Record<string, PlainValue>;
  for (const [key, member] of value) plain[key] = toPlain(member);
  return Object.freeze(plain);
}

/** From data of our own, not from outside: arrays, objects (or maps) and scalars. Members that are undefined are left out,
 * as JSON.stringify does.
 * @throws Error where a value has no JSON form (a function, NaN, undefined in an array): a mistake of ours */
export function fromPlain(value: unknown): JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    assert(Number.isFinite(value), "a JSON number is finite");
    return value;
  }
  if (value instanceof JsonNumber) return value;
  if (Array.isArray(value)) return value.map(fromPlain);
  assert(typeof value === "object", `a ${typeof value} has no JSON form`);
  const entries: Iterable<readonly [unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
  const members = new Map<string, JsonValue>();
  for (const [key, member] of entries) {
    if (member !== undefined) members.set(String(key), fromPlain(member));
  }
  return members;
}
