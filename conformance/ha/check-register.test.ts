import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RegisterOperation, unorderable } from "./check-register.ts";

const write = (value: string, from: number, to: number): RegisterOperation => ({
  kind: "write",
  value,
  from,
  to,
});
const read = (value: string | null, from: number, to: number): RegisterOperation => ({
  kind: "read",
  value,
  from,
  to,
});

describe("a register's operations", () => {
  it.each<[string, readonly RegisterOperation[], string | null]>([
    ["nothing", [], null],
    ["a read of what was written", [write("a", 1, 2), read("a", 3, 4)], null],
    ["a read of nothing before", [read(null, 0, 1), write("a", 2, 3)], null],
    ["a read of nothing after", [write("a", 1, 2), read(null, 3, 4)], "null was seen before and after a"],
    ["a read during the write, either way", [write("a", 1, 9), read("a", 2, 3), read("a", 4, 5)], null],
    [
      "new, then old",
      [write("a", 1, 9), read("a", 2, 3), read(null, 4, 5)],
      "null was seen before and after a",
    ],
    [
      "the older of two",
      [write("a", 1, 2), write("b", 3, 4), read("a", 5, 6)],
      "a was seen before and after b",
    ],
    ["two at once, either", [write("a", 1, 4), write("b", 1, 4), read("a", 5, 6)], null],
    ["what nobody wrote", [read("a", 1, 2)], "a was read and never written"],
    ["before it was written", [read("a", 1, 2), write("a", 3, 4)], "a was read before it was written"],
    ["an unknown write that was seen", [write("a", 1, Infinity), read("a", 50, 60)], null],
    ["an unknown write that was not", [write("a", 1, Infinity), read(null, 50, 60)], null],
    [
      "an unknown write that came and went",
      [write("a", 1, Infinity), read("a", 2, 3), read(null, 4, 5)],
      "null was seen before and after a",
    ],
  ])("%s", (_case, operations, expected) => {
    expect(unorderable(operations)).toBe(expected);
  });

  it("are judged as the search through all orders judges them", () => {
    const seen = { good: 0, bad: 0 };
    fc.assert(
      fc.property(anyOperations, (operations) => {
        const isGood = hasOrder(operations);
        seen[isGood ? "good" : "bad"] += 1;
        expect(unorderable(operations) === null).toBe(isGood);
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(seen.good, seen.bad)).toBeGreaterThan(100);
  });
});

/** Up to seven operations on up to three values, no two of whose times are the same. */
const anyOperations = fc
  .record({
    writes: fc.integer({ min: 1, max: 3 }),
    reads: fc.array(fc.integer({ min: -1, max: 2 }), { maxLength: 4 }),
    unfinished: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    seed: fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 14, maxLength: 14 }),
  })
  .map(({ writes, reads, unfinished, seed }) => {
    const times = seed.map((time, at) => time * 100 + at);
    const valueOf = (at: number): string | null => ["a", "b", "c"].slice(0, writes)[at] ?? null;
    const kinds = [
      ...Array.from({ length: writes }, (_none, at) => ({ kind: "write" as const, value: valueOf(at) })),
      ...reads.map((at) => ({ kind: "read" as const, value: valueOf(at) })),
    ];
    return kinds.map(({ kind, value }, at): RegisterOperation => {
      const [one = 0, two = 0] = times.slice(2 * at);
      const isOpen = kind === "write" && unfinished[at] === true;
      return { kind, value, from: Math.min(one, two), to: isOpen ? Infinity : Math.max(one, two) };
    });
  });

/** Tries every operation that could be the next; one without an end may never take place. */
function hasOrder(left: readonly RegisterOperation[], value: string | null = null): boolean {
  if (left.every(({ to }) => to === Infinity)) return true;
  const firstEnd = Math.min(...left.map(({ to }) => to));
  return left.some((next) => {
    if (next.from > firstEnd || (next.kind === "read" && next.value !== value)) return false;
    return hasOrder(
      left.filter((each) => each !== next),
      next.kind === "write" ? next.value : value,
    );
  });
}
