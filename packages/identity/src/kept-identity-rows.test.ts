import { describe, expect, it } from "vitest";
import type { EndedSession, IdentityRows } from "./identity-rows.ts";
import { keptIdentityRows } from "./kept-identity-rows.ts";

const kept = {
  signingSecrets: [
    { kid: "k1", wrapped: "one" },
    { kid: "k2", wrapped: "two" },
  ],
  endedSessions: [{ sessionId: "before", tenantId: "diku", endedAtMs: 900_000 }],
  confirmedAtMs: 1_000_000,
};

/** A database that can be away, and remembers from when on it was asked. */
function databaseRows() {
  const state = { isUp: false, ended: [] as readonly EndedSession[], askedSince: [] as number[] };
  const rows: IdentityRows = {
    endedSessions: async (sinceMs) => {
      state.askedSince.push(sinceMs);
      return state.isUp ? state.ended : null;
    },
    signingSecrets: async () => (state.isUp ? [{ kid: "k1", wrapped: "from the database" }] : null),
  };
  return { state, rows };
}

describe("rows that were kept for a start without the database", () => {
  it("stand in for it until it is met, and never after", async () => {
    const { state, rows } = databaseRows();
    const identity = keptIdentityRows(rows, kept);
    expect(await identity.endedSessions(2_000_000)).toEqual(kept.endedSessions);
    state.isUp = true;
    state.ended = [{ sessionId: "meanwhile", tenantId: "diku", endedAtMs: 1_500_000 }];
    expect(await identity.endedSessions(2_000_000)).toEqual(state.ended);
    state.isUp = false;
    expect(await identity.endedSessions(2_000_000)).toBeNull();
  });

  it("leave no gap: what ended between the file and the database is asked for, however late the first answer comes", async () => {
    const { state, rows } = databaseRows();
    const identity = keptIdentityRows(rows, kept);
    await identity.endedSessions(2_000_000);
    state.isUp = true;
    await identity.endedSessions(3_000_000);
    await identity.endedSessions(4_000_000);
    const [, first = Number.NaN, second] = state.askedSince;
    expect(first).toBeLessThan(kept.confirmedAtMs);
    expect(second).toBe(4_000_000);
  });

  it("give the private parts that are asked for, the database's where it answers", async () => {
    const { state, rows } = databaseRows();
    const identity = keptIdentityRows(rows, kept);
    expect(await identity.signingSecrets(["k2", "k3"])).toEqual([{ kid: "k2", wrapped: "two" }]);
    state.isUp = true;
    expect(await identity.signingSecrets(["k1"])).toEqual([{ kid: "k1", wrapped: "from the database" }]);
  });
});
