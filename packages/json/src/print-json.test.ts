import { describe, expect, it } from "vitest";
import { JsonNumber } from "./json-value.ts";
import { fromPlain } from "./plain-value.ts";
import { printCompact, printPretty } from "./print-json.ts";

describe("the pretty form", () => {
  it.each([
    ["an empty array", [], "[ ]"],
    ["an empty object", {}, "{ }"],
    ["scalars", [1, "a", true, null], '[ 1, "a", true, null ]'],
    ["arrays in arrays, on one line", [[1, [2]], []], "[ [ 1, [ 2 ] ], [ ] ]"],
    ["one key a line", { a: 1, b: "c" }, '{\n  "a" : 1,\n  "b" : "c"\n}'],
    ["objects in arrays", [{ a: 1 }, { b: 2 }], '[ {\n  "a" : 1\n}, {\n  "b" : 2\n} ]'],
    [
      "objects indented by the objects around them alone",
      { a: [[{ b: [] }], { c: {} }] },
      '{\n  "a" : [ [ {\n    "b" : [ ]\n  } ], {\n    "c" : { }\n  } ]\n}',
    ],
  ])("has %s", (_claim, value, text) => expect(printPretty(fromPlain(value))).toBe(text));
});

describe("both forms", () => {
  it("escape what must be escaped, and nothing else", () => {
    const text = 'a"\\/\b\f\n\r\t\u0000\u001f\u007f\u2028ä😀';
    expect(printCompact(text)).toBe('"a\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001F\u007f\u2028ä😀"');
    expect(printPretty(new Map([[text, text]]))).toContain(printCompact(text));
  });

  it("escape half a surrogate pair, so that the text can be sent", () => {
    expect(printCompact("a\ud800")).toBe('"a\\uD800"');
  });

  it("print a number as it was written", () => {
    expect(printCompact([new JsonNumber("1.0"), 0.1, 1e21])).toBe("[1.0,0.1,1e+21]");
  });

  it("refuse what is no JSON number", () => {
    expect(() => printCompact(Infinity)).toThrow("a JSON number is finite");
  });
});
