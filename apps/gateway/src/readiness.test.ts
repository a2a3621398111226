import { describe, expect, it } from "vitest";
import { type FollowedState, readinessOf } from "./readiness.ts";

const well = { isDraining: false, loopLagMs: 0 };
const following = { isUp: true, lastAt: null, stoppedBecause: null };
const registry = (contact: FollowedState["contact"]): FollowedState => ({
  snapshot: { revision: 7 },
  contact,
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
});
