import { describe, expect, it } from "vitest";
import { brokenClaims } from "./check-history.ts";
import type { Found, History, Look, ModuleCall, Read, Write } from "./history.ts";

/** One good run, and one change to it for each way in which it can be bad: the checker must see it. */

const said = { instance: "one", endedAt: 20, outcome: "ok", because: "201" } as const;
const write = (id: string, more: Partial<Write> = {}): Write => ({
  ...said,
  id,
  register: "r",
  invokedAt: 10,
  missing: [],
  answers: ["201"],
  ...more,
});
const read = (value: string | null, invokedAt: number, more: Partial<Read> = {}): Read => ({
  ...said,
  id: `read-${invokedAt}`,
  register: "r",
  value,
  invokedAt,
  endedAt: invokedAt + 5,
  ...more,
});
const post = (id: string, more: Partial<ModuleCall> = {}): ModuleCall => ({
  ...said,
  id,
  invokedAt: 10,
  isPost: true,
  canary: "diku",
  answeredCanary: "diku",
  ...more,
});
const look = (revision: number, invokedAt: number, more: Partial<Look> = {}): Look => ({
  instance: "two",
  line: "h",
  revision,
  invokedAt,
  endedAt: invokedAt + 1,
  ...more,
});
const found: Found = {
  effects: new Map([["w1", [1]]]),
  chainFault: null,
  received: new Map([["p1", 1]]),
};
const good: History = {
  writes: [
    write("w1"),
    write("w2", { outcome: "unknown", endedAt: Infinity, missing: null, answers: [] }),
    write("w3", { outcome: "fail", missing: null, answers: [] }),
  ],
  reads: [read(null, 1), read("w1", 30), read("w1", 30, { instance: "two" })],
  calls: [post("p1"), post("p2", { outcome: "unknown", endedAt: Infinity, answeredCanary: null })],
  looks: [look(0, 2), look(1, 30), look(1, 40)],
  cuts: [],
  found,
};
const effects = (...entries: [string, number[]][]): Partial<History> => ({
  found: { ...found, effects: new Map(entries) },
});
const received = (...entries: [string, number][]): Partial<History> => ({
  found: { ...found, received: new Map(entries) },
});

describe("a history", () => {
  it("that is good breaks no claim", () => {
    expect(brokenClaims(good)).toEqual([]);
  });

  it.each<[string, Partial<History>]>([
    ["an unknown write took place", effects(["w1", [1]], ["w2", [2]])],
    ["an unknown POST came", received(["p1", 1], ["p2", 1])],
    [
      "the instance that was named as missing is older",
      {
        writes: [write("w1", { missing: ["two"] })],
        reads: [read(null, 30, { instance: "two" })],
        looks: [look(0, 30)],
      },
    ],
    [
      "an instance that was cut off is older",
      {
        cuts: [{ instance: "two", from: 5, to: 50 }],
        reads: [read(null, 30, { instance: "two" })],
        looks: [look(0, 30)],
      },
    ],
    ["an instance goes back on another line", { looks: [look(5, 30), look(4, 40, { line: "other" })] }],
    [
      "two instances see a write at different times before its answer",
      { reads: [read("w1", 11, { endedAt: 12 }), read(null, 13, { endedAt: 14, instance: "two" })] },
    ],
  ])("may have it that %s", (_case, change) => {
    expect(brokenClaims({ ...good, ...change })).toEqual([]);
  });

  it.each<[string, Partial<History>, string]>([
    ["an acknowledged write is gone", effects(), "an acknowledged write is there"],
    ["a write took place twice", effects(["w1", [1, 2]]), "no write takes place twice"],
    ["a refused write took place", effects(["w1", [1]], ["w3", [2]]), "no write takes place twice"],
    ["an unknown write took place twice", effects(["w1", [1]], ["w2", [2, 3]]), "no write takes place twice"],
    [
      "a key has two answers",
      { writes: [write("w1", { answers: ["201", "400"] })] },
      "one key has one answer",
    ],
    ["an instance is older than an answer", { looks: [look(0, 30)] }, "nobody is older"],
    ["an instance goes back", { looks: [look(2, 30), look(1, 40)] }, "an instance never goes back"],
    ["the chain is broken", { found: { ...found, chainFault: "change 3" } }, "the chain of changes is whole"],
    ["a client sees what was before", { reads: [read(null, 30)] }, "a register can be ordered"],
    [
      "a client of another does",
      { reads: [read(null, 30, { instance: "two" })] },
      "a register can be ordered",
    ],
    ["a refused write is read", { reads: [read("w3", 30)] }, "a register can be ordered"],
    ["what nobody wrote is read", { reads: [read("w9", 30)] }, "a register can be ordered"],
    [
      "an answer is another tenant's",
      { calls: [post("p1", { answeredCanary: "other" })] },
      "an answer is that",
    ],
    ["a POST came twice", received(["p1", 2]), "a module gets no POST twice"],
    ["a POST that nobody answered came twice", received(["p1", 1], ["p2", 2]), "a module gets no POST twice"],
    ["a POST was answered and never came", received(), "a module gets no POST twice"],
  ])("is caught where %s", (_case, change, claim) => {
    const broken = brokenClaims({ ...good, ...change });
    expect(broken.map((each) => each.claim)).toContainEqual(expect.stringContaining(claim));
  });
});
