import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupOf, GROUPS, ownerOf } from "./group.ts";

const anyInstances = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 8 });

describe("the groups of timers", () => {
  it("share tenants out evenly", () => {
    const sizes = new Map<number, number>();
    for (let n = 0; n < 1600; n += 1) {
      const group = groupOf(`tenant${n}`);
      sizes.set(group, (sizes.get(group) ?? 0) + 1);
    }
    expect([...sizes.keys()].sort((a, b) => a - b)).toEqual(GROUPS);
    expect(Math.min(...sizes.values())).toBeGreaterThan(60);
  });

  it("have one owner, the same whatever the order in which instances are listed", () => {
    fc.assert(
      fc.property(anyInstances, (instances) => {
        for (const group of GROUPS) {
          const owner = ownerOf(group, instances);
          expect(instances).toContain(owner);
          expect(ownerOf(group, instances.toReversed())).toBe(owner);
        }
      }),
    );
  });

  it("stay where they are when another instance goes", () => {
    fc.assert(
      fc.property(anyInstances, ([gone, ...left]) => {
        const ownerBefore = (group: number) => ownerOf(group, [gone ?? "", ...left]);
        const stays = GROUPS.filter((group) => ownerBefore(group) !== gone);
        expect(stays.map((group) => ownerOf(group, left))).toEqual(stays.map(ownerBefore));
      }),
    );
  });

  it("have no owner without instances", () => expect(ownerOf(0, [])).toBeNull());
});
