import { fromPlain, printPretty } from "@octavo/json";
import { describe, expect, it } from "vitest";
import { printedAtOnce, printList } from "./print-list.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => ({ index }));
const print = (value: object) => printPretty(fromPlain(value));

/** How many turns the event loop had while `work` ran. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let next = setImmediate(function turn() {
    turns += 1;
    next = setImmediate(turn);
  });
  await work();
  clearImmediate(next);
  return turns;
}

describe("a printed list", () => {
  it.each([0, 1, 2, printedAtOnce, printedAtOnce + 1, 10 * printedAtOnce])(
    "of %i is what the whole would print",
    async (count) => {
      expect(await printList(numbers(count), print)).toBe(print(numbers(count)));
    },
  );

  it("lets the event loop turn between its slices", async () => {
    const turns = await turnsDuring(() => printList(numbers(10 * printedAtOnce), print));
    expect(turns).toBeGreaterThanOrEqual(9);
  });

  it("does not wait where it is short", async () => {
    expect(await turnsDuring(() => printList(numbers(printedAtOnce), print))).toBe(0);
  });
});
