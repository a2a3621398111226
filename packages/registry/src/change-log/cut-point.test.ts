import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutPoint, type OldChange } from "./cut-point.ts";
import { defaultLogLimits, type LogLimits } from "./log-limits.ts";

const HOUR_MS = 3_600_000;
const nowMs = 1000 * HOUR_MS;
const limits: LogLimits = {
  ...defaultLogLimits,
  mostRows: 6,
  leastRows: 3,
  mostAgeMs: 10 * HOUR_MS,
  leastAgeMs: HOUR_MS,
};

/** Changes 1 to n, each so many hours old. */
function log(...hours: readonly number[]): readonly OldChange[] {
  return hours.map((age, at) => ({ revision: at + 1, hash: `h${at + 1}`, atMs: nowMs - age * HOUR_MS }));
}

describe("what goes from the log", () => {
  it.each([
    ["nothing, where it is short and young", log(5, 4, 3, 2), null, null],
    ["what is more than so many", log(9, 9, 9, 9, 9, 9, 9, 9), null, 2],
    ["what is older than so long", log(20, 20, 9, 9, 9), null, 2],
    ["never the last few, however old", log(20, 20, 20, 20), null, 1],
    ["never what is younger, however many", log(9, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5), null, 1],
    ["nothing after an open loss", log(20, 20, 20, 20, 20, 20), 2, 2],
    ["nothing beyond one that stays: a clock was set back", log(20, 0.1, 20, 20, 20, 20), null, 1],
    ["nothing of an empty log", log(), null, null],
  ])("is %s", (_what, oldest, heldFrom, until) => {
    const point = cutPoint(oldest, { counter: oldest.length, nowMs, heldFrom }, limits);
    expect(point?.revision ?? null).toBe(until);
  });

  it("is never what a follower, an open loss or a gateway that was away needs, in whatever batches it goes", () => {
    const ages = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 40 });
    const held = fc.option(fc.integer({ min: 0, max: 40 }));
    fc.assert(
      fc.property(ages, held, fc.integer({ min: 1, max: 5 }), (hours, heldFrom, batch) => {
        const all = log(...hours);
        const state = { counter: all.length, nowMs, heldFrom };
        const whole = cutPoint(all, state, limits)?.revision ?? 0;
        let cut = 0;
        for (;;) {
          const next = cutPoint(all.slice(cut, cut + batch), state, limits);
          if (next === null) break;
          cut = next.revision;
        }
        expect(cut).toBe(whole);
        expect(all.length - cut).toBeGreaterThanOrEqual(Math.min(all.length, limits.leastRows));
        expect(cut).toBeLessThanOrEqual(heldFrom ?? cut);
        const isYoung = ({ revision, atMs }: OldChange): boolean =>
          revision <= cut && nowMs - atMs < limits.leastAgeMs;
        expect(all.filter(isYoung)).toEqual([]);
      }),
    );
  });
});
