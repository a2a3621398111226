import { describe, expect, it } from "vitest";
import { cadenceOf } from "./cadence.ts";
import { settleTimer } from "./settle-timer.ts";

const minute = 60_000;
const now = 1_000 * minute;
const every5 = cadenceOf({ unit: "minute", delay: "5", schedule: null });
const never = cadenceOf({ unit: "minute", delay: "0", schedule: null });
const wanted = { name: "diku mod-a_0", cadence: every5, isPaused: false };
const row = (nextDue: number | null, cadence = every5.key) => ({ cadence, nextDue, openFire: null });
const open = (claimedAt: number) => ({ due: claimedAt, claimedAt });

/** In minutes from now, rounded down; null: never. */
const inMinutes = ({ nextDue }: { nextDue: number | null }) =>
  nextDue === null ? null : Math.floor((nextDue - now) / minute);

describe("a timer's next due time", () => {
  it.each([
    ["a new one waits its delay", null, false, 5],
    ["one that stays as it is", row(now + 3 * minute), false, 3],
    ["one whose cadence was changed waits the new delay", row(now + minute, "every 2 hours"), false, 5],
    ["one that goes on after a pause begins anew", row(null, `paused, ${every5.key}`), false, 5],
    ["one taken over before it is due", row(now + 3 * minute), true, 3],
    ["one taken over that is overdue fires soon", row(now - 100 * minute), true, 0],
    ["one that was never due stays so when taken over", row(null), true, null],
  ] as const)("%s", (_claim, found, isTakenOver, minutes) => {
    expect(inMinutes(settleTimer(wanted, found, now, isTakenOver))).toBe(minutes);
  });

  it.each([
    ["counts from its fire where nobody knows the outcome", now - 2 * minute, 3],
    ["is soon where that is long ago", now - 60 * minute, 0],
  ])("taken over %s", (_claim, claimedAt, minutes) => {
    const found = { ...row(claimedAt), openFire: open(claimedAt) };
    expect(inMinutes(settleTimer(wanted, found, now, true))).toBe(minutes);
  });

  it("is none while it is paused, or has no cadence", () => {
    expect(settleTimer({ ...wanted, isPaused: true }, row(now), now, true)).toEqual({
      cadence: "paused, every 5 minutes",
      nextDue: null,
    });
    expect(settleTimer({ ...wanted, cadence: never }, row(now), now, false)).toEqual({
      cadence: "never",
      nextDue: null,
    });
  });
});
