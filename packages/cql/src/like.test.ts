import { describe, expect, it } from "vitest";
import { isLike } from "./like.ts";
import { piecesOf } from "./term.ts";

describe("a pattern", () => {
  it.each([
    ["", "", true],
    ["", "*", true],
    ["abc", "a*c", true],
    ["abc", "a?c", true],
    ["abc", "a?", false],
    ["aXbXc", "a*b*c", true],
    ["abab", "*ab", true],
    ["abba", "*ab", false],
    ["🦉", "?", true],
    ["*", String.raw`\*`, true],
    ["a", String.raw`\*`, false],
  ])("%j is like %j: %s", (text, pattern, expected) => {
    expect(isLike(Array.from(text), piecesOf(pattern))).toBe(expected);
  });

  it("of many stars reads no more than text times pattern", () => {
    const pieces = piecesOf(`${"*a".repeat(8)}b`);
    const text = Array.from("a".repeat(3000));
    let reads = 0;
    const counted = new Proxy(text, {
      get: (target, key) => {
        reads += 1;
        return key === "length" ? target.length : target[Number(key)];
      },
    });
    expect(isLike(counted, pieces)).toBe(false);
    expect(reads).toBeLessThan(3 * text.length * 17);
  });
});
