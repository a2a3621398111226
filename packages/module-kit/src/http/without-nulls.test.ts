import fc from "fast-check";
import { expect, it } from "vitest";
import { withoutNulls } from "./without-nulls.ts";

it.each([
  [{ a: null, b: 1 }, { b: 1 }],
  [{ a: { b: null } }, { a: {} }],
  [{ list: [{ a: null, b: 2 }, null] }, { list: [{ b: 2 }, null] }],
  [JSON.parse('{"__proto__":{"x":null},"y":null}'), JSON.parse('{"__proto__":{}}')],
  [null, null],
])("%j without its nulls is %j", (value, expected) => {
  expect(JSON.stringify(withoutNulls(value))).toBe(JSON.stringify(expected));
});

it("a value without nulls is given back itself, another one has none left", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      const clean: unknown = withoutNulls(value);
      expect(withoutNulls(clean)).toBe(clean);
      expect(clean === value || text.includes("null")).toBe(true);
    }),
  );
});
