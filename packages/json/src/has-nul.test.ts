import { describe, expect, it } from "vitest";
import { hasNul } from "./has-nul.ts";
import { parseJson } from "./parse-json.ts";

describe("the character U+0000", () => {
  it.each(['"a\\u0000"', '["a",{"b":"\\u0000"}]', '{"a\\u0000":1}', '{"a":{"b":["\\u0000c"]}}'])(
    "is found in %s",
    (text) => {
      expect(found(text)).toBe(true);
    },
  );

  it.each(['"a\\\\u0000"', "0", '{"a":["b",1.0,null,true]}', '"\\u0001"'])("is not in %s", (text) => {
    expect(found(text)).toBe(false);
  });
});

function found(text: string): boolean | string {
  const parsed = parseJson(text);
  return parsed.ok ? hasNul(parsed.value) : parsed.error.message;
}
