import { describe, expect, it } from "vitest";
import { type FollowedState, readinessOf } from "./readiness.ts";

const well = { isDraining: false, loopLagMs: 0, workers: null, isFromFile: false };
const following = { isUp: true, lastAt: null, stoppedBecause: null };
const registry = (contact: FollowedState["contact"]): FollowedState => ({
  snapshot: { revision: 7, history: "h" },
  contact,
  signs: { openRewinds: 0 },
});

describe("an instance", () => {
  it("is ready with a state, also while the database is away", () => {
    expect(readinessOf(registry(following), well)).toEqual({ ready: true, revision: 7, database: "up" });
    expect(readinessOf(registry({ ...following, isUp: false }), well)).toEqual({
      ready: true,
      revision: 7,
      database: "down",
    });
  });

  it("is ready with a note while a loss of changes is not acknowledged", () => {
    expect(readinessOf({ ...registry(following), signs: { openRewinds: 1 } }, well)).toMatchObject({
      ready: true,
      notes: [expect.stringContaining("octavo cluster rewinds")],
    });
  });

  it.each([
    ["it drains", { ...well, isDraining: true }, following, /draining/],
    ["its event loop is late", { ...well, loopLagMs: 1000 }, following, /1000 ms late/],
    [
      "it does not follow any more",
      well,
      { ...following, stoppedBecause: "Unknown change" },
      /Unknown change/,
    ],
  ] as const)("is not ready while %s, and says so", (_name, vitals, contact, because) => {
    expect(readinessOf(registry(contact), vitals)).toMatchObject({
      ready: false,
      because: expect.stringMatching(because),
    });
  });

  it("is ready again just under a second of lag", () => {
    expect(readinessOf(registry(following), { ...well, loopLagMs: 999 }).ready).toBe(true);
  });

  describe("with workers", () => {
    const withWorkers = (ready: number, hasStarted: boolean) => ({
      ...well,
      workers: { wanted: 2, ready, hasStarted, lagMs: 0, applied: () => ({ revision: 5, history: "h" }) },
    });

    it("is as far as the slowest of them, and says how many serve", () => {
      expect(readinessOf(registry(following), withWorkers(2, true))).toEqual({
        ready: true,
        revision: 5,
        database: "up",
        workers: { wanted: 2, ready: 2 },
      });
    });

    it.each([
      ["until all were ready once", 1, false, false],
      ["while none is", 0, true, false],
      ["but is while one of them is replaced", 1, true, true],
    ])("is not ready %s", (_name, ready, hasStarted, isReady) => {
      expect(readinessOf(registry(following), withWorkers(ready, hasStarted)).ready).toBe(isReady);
    });
  });
});
