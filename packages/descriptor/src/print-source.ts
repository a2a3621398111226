import { isJsonArray, isJsonObject, printCompact } from "@octavo/json";
import type { JsonObject, JsonValue } from "@octavo/json";
import { KNOWN_IN_PERMISSION } from "./read-permission.ts";

export interface PrintedSource {
  readonly source: string;
  /** The items of `provides`, each a slice of `source` (V8 shares the characters, so they cost next to nothing). */
  readonly provides: readonly string[];
}

/** Prints a descriptor compact, its keys in their order, without properties that are null: for Okapi these are absent.
 * What is the author's own (metadata, dockerArgs, unknown properties of permissions) is left as it is. */
export function printSource(descriptor: JsonObject): PrintedSource {
  let source = "";
  const ranges: [start: number, end: number][] = [];
  for (const [key, value] of withoutNulls(descriptor)) {
    source += `${source === "" ? "{" : ","}${printCompact(key)}:`;
    if (key === "provides" && isJsonArray(value)) {
      source += "[";
      for (const [index, item] of value.entries()) {
        if (index > 0) source += ",";
        const start = source.length;
        source += printCompact(item);
        ranges.push([start, source.length]);
      }
      source += "]";
    } else {
      source += printCompact(value);
    }
  }
  source += source === "" ? "{}" : "}";
  return { source, provides: ranges.map(([start, end]) => source.slice(start, end)) };
}

const LEFT_AS_SENT: ReadonlySet<string> = new Set(["metadata", "dockerArgs"]);

function withoutNulls(object: JsonObject): JsonObject {
  const kept = new Map<string, JsonValue>();
  for (const [key, value] of object) {
    if (value === null) continue;
    if (LEFT_AS_SENT.has(key)) kept.set(key, value);
    else if (key === "permissionSets" && isJsonArray(value)) kept.set(key, value.map(permissionWithoutNulls));
    else kept.set(key, cleaned(value));
  }
  return kept;
}

function cleaned(value: JsonValue): JsonValue {
  if (isJsonObject(value)) return withoutNulls(value);
  return isJsonArray(value) && value.some(isJsonObject) ? value.map(cleaned) : value;
}

function permissionWithoutNulls(permission: JsonValue): JsonValue {
  if (!isJsonObject(permission)) return permission;
  return new Map([...permission].filter(([key, value]) => value !== null || !KNOWN_IN_PERMISSION.has(key)));
}
