import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  afterRotation,
  decideRefresh,
  decideSignOut,
  decideSignOutEverywhere,
  defaultRefreshPolicy,
  deletableFrom,
  openFamily,
} from "./refresh-rotation.ts";
import type {
  FamilyRow,
  PresentedRefresh,
  RefreshAnswer,
  RefreshWrite,
  Successor,
} from "./refresh-rotation.ts";

const policy = defaultRefreshPolicy;
const start = 1_700_000_000_000;
const { row, first } = openFamily({ familyId: "f", tenantId: "diku", userId: "u1" }, start, policy);

function present(token: Successor): PresentedRefresh {
  const { familyId, generation, expiresAt } = token;
  return { familyId, generation, expiresAt, tenantId: "diku", userId: "u1" };
}

/** A table of one row, with the condition that each statement carries. */
class Store {
  row: FamilyRow | null = row;
  write(write: RefreshWrite | null): boolean {
    const { row } = this;
    if (write === null) return true;
    if (row === null || row.revokedAt !== null) return false;
    if (write.do === "revoke") this.row = { ...row, revokedAt: write.revokedAt };
    else if (row.generation !== write.whenGeneration) return false;
    else this.row = afterRotation(row, write.rotatedAt);
    return true;
  }

  /** As the gateway does it: read, decide, write; again where the row was changed in between. */
  refresh(token: Successor, now: number): RefreshAnswer {
    for (;;) {
      const { write, answer } = decideRefresh(present(token), this.row, now, policy);
      if (this.write(write)) return answer;
    }
  }
}

function successorOf(answer: RefreshAnswer): Successor {
  if (answer.kind !== "successor") throw new Error(`refused: ${answer.because}`);
  return answer.successor;
}

describe("a refresh", () => {
  it("gives the next token of the family, and makes the one before useless after the grace", () => {
    const store = new Store();
    const second = successorOf(store.refresh(first, start + 1000));
    expect(second).toEqual({
      familyId: "f",
      generation: 2,
      issuedAt: start + 1000,
      expiresAt: start + 1000 + policy.refreshLifeMs,
    });
    expect(successorOf(store.refresh(second, start + 2000)).generation).toBe(3);
  });

  it("gives the same successor again to the immediate predecessor for 30 seconds", () => {
    const store = new Store();
    const second = successorOf(store.refresh(first, start));
    expect(store.refresh(first, start + 30_000)).toEqual({
      kind: "successor",
      successor: second,
      isRepeated: true,
    });
    expect(store.row?.generation).toBe(2);
  });

  it("of the predecessor after the grace ends the session, for the honest client too", () => {
    const store = new Store();
    const second = successorOf(store.refresh(first, start));
    expect(store.refresh(first, start + 30_001)).toMatchObject({ kind: "refused", reason: "reused" });
    expect(store.refresh(second, start + 30_002)).toMatchObject({ kind: "refused", reason: "revoked" });
  });

  it("of the grandparent ends the session, within the grace as well", () => {
    const store = new Store();
    const second = successorOf(store.refresh(first, start));
    const third = successorOf(store.refresh(second, start + 1));
    expect(store.refresh(first, start + 2)).toMatchObject({ kind: "refused", reason: "reused" });
    expect(store.refresh(third, start + 3)).toMatchObject({ kind: "refused", reason: "revoked" });
  });

  it.each([
    ["no row", present(first), null, start, "unknown"],
    ["another tenant's row", { ...present(first), tenantId: "other" }, row, start, "unknown"],
    ["another user's row", { ...present(first), userId: "u2" }, row, start, "unknown"],
    [
      "a token from before the database was restored",
      { ...present(first), generation: 9 },
      row,
      start,
      "unknown",
    ],
    ["an ended session", present(first), { ...row, revokedAt: start }, start, "revoked"],
    ["an expired token", present(first), row, first.expiresAt, "expired"],
    [
      "a row whose life was shortened",
      { ...present(first), expiresAt: Infinity },
      row,
      first.expiresAt,
      "expired",
    ],
  ] as const)("is refused and changes nothing for %s", (_claim, presented, row, now, reason) => {
    expect(decideRefresh(presented, row, now, policy)).toMatchObject({ write: null, answer: { reason } });
  });

  it("lives a week from each refresh, and no longer than the session may", () => {
    const bounded = { ...policy, familyLifeMs: policy.refreshLifeMs + 5000 };
    const at = (now: number) =>
      successorOf(decideRefresh(present(first), row, now, bounded).answer).expiresAt;
    expect([at(start + 1000), at(start + 9000)]).toEqual([
      start + 1000 + policy.refreshLifeMs,
      start + 5000 + policy.refreshLifeMs,
    ]);
  });
});

describe("refreshes at once", () => {
  it("50 with one token, in whatever order their reads and writes come, yield one successor", () => {
    const order = fc.array(fc.nat({ max: 49 }), { minLength: 200, maxLength: 400 });
    fc.assert(
      fc.property(order, (order) => {
        const store = new Store();
        const answers = new Map<number, RefreshAnswer>();
        const pending = new Map<number, ReturnType<typeof decideRefresh>>();
        const step = (client: number) => {
          if (answers.has(client)) return;
          const decided = pending.get(client);
          if (decided === undefined) {
            pending.set(client, decideRefresh(present(first), store.row, start + client, policy));
          } else {
            pending.delete(client);
            if (store.write(decided.write)) answers.set(client, decided.answer);
          }
        };
        for (const client of order) step(client);
        for (let client = 0; client < 50; client++) while (!answers.has(client)) step(client);
        const successors = new Set([...answers.values()].map((each) => JSON.stringify(successorOf(each))));
        expect(successors.size).toBe(1);
        expect(store.row).toMatchObject({ generation: 2, revokedAt: null });
      }),
    );
  });

  it("never end a session whose client only repeats what it got no answer to", () => {
    // Each step: the store fails before the write, after it (the answer is lost), or not at all.
    const faults = fc.array(fc.constantFrom("before", "after", "none"), { maxLength: 60 });
    fc.assert(
      fc.property(faults, (faults) => {
        const store = new Store();
        let held = first;
        let now = start;
        for (const fault of faults) {
          now += 500; // a repeat comes within the grace of the write whose answer was lost
          const { write, answer } = decideRefresh(present(held), store.row, now, policy);
          if (fault === "before") continue;
          expect(store.write(write)).toBe(true);
          if (fault === "after" && write !== null) continue;
          held = successorOf(answer);
        }
        expect(store.row?.revokedAt).toBe(null);
        expect(store.row?.generation).toBeGreaterThanOrEqual(held.generation);
      }),
    );
  });

  it("of a thief and of the one robbed end the session, whoever comes first, when both go on", () => {
    const turns = fc.array(fc.boolean(), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(turns, (turns) => {
        const store = new Store();
        const held = { thief: first, robbed: first };
        let now = start;
        const kinds: RefreshAnswer["kind"][] = [];
        for (const isThief of turns) {
          now += 60_000;
          const who = isThief ? "thief" : "robbed";
          const answer = store.refresh(held[who], now);
          if (answer.kind === "successor") held[who] = answer.successor;
          kinds.push(answer.kind);
        }
        // Whoever is second with the first token, or with one that the other has replaced, ends it for both.
        const change = turns.findIndex((turn) => turn !== turns[0]);
        const lastGood = change === -1 ? turns.length : change;
        expect(kinds).toEqual(turns.map((_, at) => (at < lastGood ? "successor" : "refused")));
        expect(store.row?.revokedAt === null).toBe(change === -1);
      }),
    );
  });
});

describe("signing out", () => {
  it("ends the session, with whichever token of it, expired or not", () => {
    for (const generation of [1, 2, 9]) {
      const presented = { ...present(first), generation, expiresAt: 0 };
      expect(decideSignOut(presented, afterRotation(row, start), start + 5)).toEqual({
        do: "revoke",
        familyId: "f",
        revokedAt: start + 5,
      });
    }
  });

  it.each([
    ["it has ended already", present(first), { ...row, revokedAt: start }],
    ["there is no row", present(first), null],
    ["the row is another tenant's", { ...present(first), tenantId: "other" }, row],
    ["the row is another user's", { ...present(first), userId: "u2" }, row],
  ] as const)("writes nothing where %s", (_claim, presented, row) => {
    expect(decideSignOut(presented, row, start)).toBe(null);
  });

  it("everywhere raises the user's epoch, which ends all that was signed before", () => {
    expect(decideSignOutEverywhere("diku", "u1", 4, start)).toEqual({
      do: "revoke-all",
      tenantId: "diku",
      userId: "u1",
      revokedAt: start,
      userEpoch: 5,
    });
  });

  it("a row stays until the last access token that came with it has expired", () => {
    expect(deletableFrom(row, policy)).toBe(start + policy.refreshLifeMs + policy.accessLifeMs);
  });
});
