import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { genesisHash } from "../logged-change.ts";
import type { StoredChange } from "../read-log.ts";
import { findLoss } from "./find-loss.ts";
import { REMEMBERED, RecentChanges } from "./recent-changes.ts";

/** Revisions 1 to `to`; those after `forkAt` on a line of their own. */
function line(name: string, to: number, forkAt: number): readonly StoredChange[] {
  const hashAt = (revision: number): string =>
    revision === 0 ? genesisHash : `${revision <= forkAt ? "common" : name}${revision}`;
  return Array.from({ length: to }, (_each, index) => ({
    revision: index + 1,
    writeId: hashAt(index + 1),
    at: "",
    actor: "",
    action: "",
    target: "",
    mustUnderstand: true,
    ops: [],
    previousHash: hashAt(index),
    hash: hashAt(index + 1),
  }));
}

describe("what a rewind has lost", () => {
  it("is what was applied after the last common change, whatever of both lines is still known", () => {
    const lines = fc.record({
      kept: fc.nat(30),
      lost: fc.integer({ min: 1, max: 30 }),
      since: fc.nat(30),
      forgotten: fc.nat(40),
      compacted: fc.nat(40),
    });
    fc.assert(
      fc.property(lines, ({ kept, lost, since, forgotten, compacted }) => {
        const here = line("here", kept + lost, kept);
        const there = line("there", kept + since, kept);
        const end = { revision: kept + since, hash: there.at(-1)?.hash ?? genesisHash };
        const found = findLoss(here.slice(forgotten), there.slice(compacted), end);
        const known = here.slice(Math.max(kept, forgotten));
        // What is remembered from the fork on is never too little, and exact where it is called complete: always where
        // both sides are known back to the fork.
        expect(found.changes.length).toBeGreaterThanOrEqual(known.length);
        const exact = { keptRevision: kept, changes: known, isComplete: true };
        expect(found.isComplete ? found : exact).toEqual(exact);
        const areKnown = (compacted <= kept || since === 0) && forgotten <= kept;
        expect(found.isComplete || !areKnown).toBe(true);
      }),
    );
  });

  it("is remembered for the last thousand changes", () => {
    const recent = new RecentChanges(line("a", REMEMBERED, 0));
    recent.add(line("a", REMEMBERED + 5, 0).slice(REMEMBERED));
    expect(recent.all).toHaveLength(REMEMBERED);
    expect([recent.all[0]?.revision, recent.all.at(-1)?.revision]).toEqual([6, REMEMBERED + 5]);
  });
});
