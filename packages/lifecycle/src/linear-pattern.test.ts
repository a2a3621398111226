import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linearPattern } from "./linear-pattern.ts";

function matches(pattern: string, text: string): boolean {
  const compiled = linearPattern(pattern);
  if (!compiled.ok) throw new Error(compiled.error);
  return compiled.value(text);
}

const anyPattern = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "[a-c]", "\\d", "\\.", "-", "\\w"),
    fc.tuple(tie("pattern"), tie("pattern")).map(([one, other]) => one + other),
    fc.tuple(tie("pattern"), tie("pattern")).map(([one, other]) => `(${one}|${other})`),
    fc
      .tuple(tie("pattern"), fc.constantFrom("*", "+", "?", "{2}", "{0,2}", "{1,}", "*?"))
      .map(([one, times]) => `(?:${one})${times}`),
  ),
})).pattern;

const anyText = fc
  .array(fc.constantFrom("a", "b", "c", "1", ".", "-"), { maxLength: 7 })
  .map((all) => all.join(""));

describe("a pattern", () => {
  it("matches what JavaScript's own matches", () => {
    fc.assert(
      fc.property(anyPattern, anyText, (pattern, text) => {
        expect(matches(pattern, text)).toBe(new RegExp(`^(?:${pattern})$`, "u").test(text));
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ["mod-.*", "mod-users-19.3.2", true],
    ["mod-(users|circulation)-.*", "mod-circulation-24.2.0", true],
    ["mod-(users|circulation)-.*", "mod-orders-1.0.0", false],
    ["mod-users-19\\.[0-9]+\\.\\d+", "mod-users-19.3.2", true],
    ["(?!mod-users).*", "mod-orders-1", null],
    ["(a)\\1", "aa", null],
    ["[", "x", null],
    ["(a", "a", null],
    ["a)", "a", null],
    ["a**", "a", null],
    ["*a", "a", null],
    ["a{2,1}", "aa", null],
    ["a{1000}", "a", null],
    ["((a{100}){100}){100}", "a", null],
    ["[b-a]", "a", null],
    ["\\q", "q", null],
    ["", "", true],
    ["|a", "a", true],
  ] as const)("%j and %j: %s", (pattern, text, expected) => {
    const compiled = linearPattern(pattern);
    expect(compiled.ok ? compiled.value(text) : null).toBe(expected);
  });

  it.each([
    ["(a+)+b", false],
    ["(a|a)*b", false],
    ["(a|aa)+", true],
    [`${"(.*)".repeat(12)}b`, false],
    ["(a?){100}a{100}", false],
    ["((a*)*)*", true],
    [`${".*".repeat(100)}b`, false],
  ])("that would take JavaScript's own years is done with: %s", (pattern, expected) => {
    expect(matches(pattern, "a".repeat(2000))).toBe(expected);
  });
});
