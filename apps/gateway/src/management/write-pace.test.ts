import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WritePace } from "./write-pace.ts";

describe("the pace of management writes", () => {
  it("takes a burst at once, then one after the other at the rate, then none", () => {
    const pace = new WritePace(50, () => 0);
    const waits = Array.from({ length: 400 }, () => pace.take());
    expect(waits.slice(0, 100).every((wait) => wait === 0)).toBe(true);
    expect(waits[100]).toBe(20);
    expect(waits[149]).toBe(1000);
    expect(waits.filter((wait) => wait === null)).toHaveLength(400 - 100 - 250);
  });

  it("never lets through more than the rate and the burst, whatever comes when", () => {
    const gaps = fc.array(fc.nat(200), { minLength: 1, maxLength: 500 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 100 }), (pauses, perSecond) => {
        let now = 0;
        const pace = new WritePace(perSecond, () => now);
        const goOn: number[] = [];
        for (const pause of pauses) {
          now += pause;
          const wait = pace.take();
          if (wait !== null) goOn.push(now + wait);
        }
        const last = Math.max(0, ...goOn);
        expect(goOn.length).toBeLessThanOrEqual(perSecond * 2 + (last / 1000) * perSecond + 1);
      }),
    );
  });

  it("is none where it is set to 0", () => {
    const pace = new WritePace(0, () => 0);
    expect(Array.from({ length: 1000 }, () => pace.take()).every((wait) => wait === 0)).toBe(true);
  });
});
