import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOfPart, missingParts, planParts } from "./part-plan.ts";

const MIB = 1024 * 1024;

describe("the parts of a file", () => {
  it("cover each byte once, and keep to what S3 takes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 640_000 * MIB }), (sizeBytes) => {
        const planned = planParts(sizeBytes);
        if (!planned.ok) throw new Error(planned.error.kind);
        const { partCount, partSizeBytes } = planned.value;
        expect(partCount).toBeLessThanOrEqual(10_000);
        expect(partSizeBytes).toBeGreaterThanOrEqual(5 * MIB);
        let at = 0;
        let isWhole = true;
        for (let number = 1; number <= partCount; number++) {
          const { from, to } = bytesOfPart(planned.value, number);
          isWhole &&= from === at && to - from <= partSizeBytes;
          at = to;
        }
        expect(isWhole, "each begins where the one before ends").toBe(true);
        expect(at).toBe(sizeBytes);
      }),
      { numRuns: 50 },
    );
  });

  it("are refused where there would be too many", () => {
    expect(planParts(640_000 * MIB + 1)).toEqual({
      ok: false,
      error: { kind: "too-large", sizeBytes: 640_000 * MIB + 1, mostBytes: 640_000 * MIB },
    });
  });

  it("that a client has to send yet are those that are not there in their size", () => {
    const plan = { sizeBytes: 20 * MIB, partSizeBytes: 8 * MIB, partCount: 3 };
    const received = [
      { number: 1, sizeBytes: 8 * MIB },
      { number: 3, sizeBytes: 8 * MIB },
    ];
    expect(missingParts(plan, received)).toEqual([2, 3]);
    expect(missingParts(plan, [])).toEqual([1, 2, 3]);
  });
});
