import { describe, expect, it } from "vitest";
import { JsonNumber } from "./json-value.ts";
import { fromPlain, toPlain } from "./plain-value.ts";
import { printCompact } from "./print-json.ts";

describe("a plain value", () => {
  it("is frozen and without a prototype, all the way down", () => {
    const plain = toPlain(fromPlain({ a: [{ b: 1 }] }));
    const { a } = plain as { a: [{ b: number }] }; // as: that is what went in
    for (const each of [plain, a, a[0]]) expect(Object.isFrozen(each)).toBe(true);
    for (const each of [plain, a[0]]) expect(Object.getPrototypeOf(each)).toBeNull();
  });

  it("has '__proto__' as a key like any other", () => {
    const plain = toPlain(new Map([["__proto__", new Map([["polluted", true]])]]));
    expect(Object.keys(plain as object)).toEqual(["__proto__"]);
    expect("polluted" in (plain as object)).toBe(false);
  });

  it("has numbers as doubles", () => {
    expect(toPlain([new JsonNumber("1.0"), new JsonNumber("1e400")])).toEqual([1, Infinity]);
  });
});

describe("from a plain value", () => {
  it("comes JSON with the same keys, those that are undefined left out", () => {
    const value = { b: 1, a: [null, "x", true], none: undefined, map: new Map([["k", { deep: [] }]]) };
    expect(printCompact(fromPlain(value))).toBe('{"b":1,"a":[null,"x",true],"map":{"k":{"deep":[]}}}');
  });

  it.each([
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["a big integer", 1n],
    ["undefined in an array", [undefined]],
    ["NaN", Number.NaN],
  ])("comes a thrown error where it has no JSON form: %s", (_claim, value) => {
    expect(() => fromPlain(value)).toThrow("invariant broken");
  });
});
