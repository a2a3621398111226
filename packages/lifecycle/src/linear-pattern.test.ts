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

const anyText = fc.array(fc.constantFrom("a", "b", "c", "1", ".", "-"), { maxLength: 7 }).map((all) => all.join(""));

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

  it.each(["(a+)+", "(a|a)*", "(a|aa)+", "(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)b", "(a?){100}a{100}", "((a*)*)*", ".*.*.*.*.*.*.*.*b"])(
    "that would take JavaScript years takes as long for each further character: %s",
    (pattern) => {
      let looks = 0;
      const compiled = linearPattern(pattern);
      const counting = (length: number) => {
        const text = new Proxy({ length } as unknown as string, {
          get: (_target, name) =>
            name === Symbol.iterator
              ? function* () {
                  for (let at = 0; at < length; at += 1) {
                    looks += 1;
                    yield "a";
                  }
                }
              : undefined,
        });
        if (compiled.ok) compiled.value(text);
      };
      counting(10_000);
      expect(looks).toBe(10_000);
    },
  );
});
