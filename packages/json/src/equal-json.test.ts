import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalJson } from "./equal-json.ts";
import { anyJsonValue } from "./json-value.arbitraries.ts";
import { isJsonObject, JsonNumber } from "./json-value.ts";
import type { JsonValue } from "./json-value.ts";
import { fromPlain } from "./plain-value.ts";
import { printCompact } from "./print-json.ts";

/** The same value with the keys of every object the other way round. */
function reversed(value: JsonValue): JsonValue {
  if (isJsonObject(value))
    return new Map([...value].toReversed().map(([key, member]) => [key, reversed(member)]));
  return Array.isArray(value) ? value.map(reversed) : value;
}

describe("equal JSON", () => {
  it("has the same members in any order of keys", () => {
    fc.assert(
      fc.property(anyJsonValue(), (value) => {
        expect(equalJson(value, reversed(value))).toBe(true);
      }),
    );
  });

  it("is what prints the same, where the order of keys is the same too", () => {
    fc.assert(
      fc.property(anyJsonValue(), anyJsonValue(), (a, b) => {
        expect(equalJson(a, b) || printCompact(a) !== printCompact(b)).toBe(true);
      }),
    );
  });

  it.each([
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 1]],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: null }, { b: null }],
    [{ a: null }, {}],
    [{}, []],
    [0, false],
    [null, {}],
    ["1", 1],
    [[null], [0]],
    [new JsonNumber("1.0"), 1],
    [new JsonNumber("1.0"), new JsonNumber("1.00")],
  ])("is not %j and %j", (a, b) => {
    expect(equalJson(fromPlain(a), fromPlain(b))).toBe(false);
    expect(equalJson(fromPlain(b), fromPlain(a))).toBe(false);
  });

  it("has numbers written the same", () => {
    expect(equalJson(new JsonNumber("1.0"), new JsonNumber("1.0"))).toBe(true);
  });
});
