import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextToServe, nextToShed, type Waiting } from "./fair-queue.ts";

const of = (...tenants: string[]): Waiting[] => tenants.map((tenantId) => ({ tenantId }));
const holding =
  (held: Record<string, number>) =>
  (tenantId: string): number =>
    held[tenantId] ?? 0;

const anyTenant = fc.constantFrom("a", "b", "c", "d", "e");
const anyQueue = fc.array(anyTenant, { maxLength: 20 }).map((tenants) => of(...tenants));
const anyHolding = fc.dictionary(anyTenant, fc.nat(50));

describe("who is served next", () => {
  it.each([
    [[], {}, -1],
    [["a", "a"], { a: 9 }, 0],
    [["a", "a", "b"], { a: 9 }, 2],
    [["a", "b", "c"], { a: 2, b: 1, c: 1 }, 1],
  ])("of %j while they hold %j: %i", (waiting, held, index) => {
    expect(nextToServe(of(...waiting), holding(held))).toBe(index);
  });

  it("is nobody above a quarter of the slots while somebody below waits", () => {
    fc.assert(
      fc.property(anyQueue, anyHolding, fc.integer({ min: 1, max: 200 }), (waiting, held, slots) => {
        const chosen = waiting[nextToServe(waiting, holding(held))];
        const isAbove = ({ tenantId }: Waiting) => holding(held)(tenantId) >= slots / 4;
        fc.pre(chosen !== undefined && isAbove(chosen));
        expect(waiting.every(isAbove)).toBe(true);
      }),
    );
  });
});

describe("who is turned away from a full queue", () => {
  it.each([
    ["the newcomer of a tenant that has most", ["a", "a", "b"], "a", {}, -1],
    ["the last of the tenant that has most", ["a", "a", "a", "b"], "c", {}, 2],
    ["the one whose tenant holds most", ["a", "b"], "c", { a: 9 }, 0],
    ["the newcomer where all have as much", ["a", "b"], "c", {}, -1],
  ])("%s", (_name, waiting, tenantId, held, index) => {
    expect(nextToShed(of(...waiting), { tenantId }, holding(held))).toBe(index);
  });

  it("is never somebody whose tenant has less than the newcomer's would have", () => {
    fc.assert(
      fc.property(anyQueue, anyTenant, anyHolding, (waiting, tenantId, held) => {
        const load = (tenant: string) =>
          holding(held)(tenant) + waiting.filter((each) => each.tenantId === tenant).length;
        const shed = waiting[nextToShed(waiting, { tenantId }, holding(held))];
        fc.pre(shed !== undefined);
        expect(shed.tenantId).not.toBe(tenantId);
        expect(load(shed.tenantId)).toBeGreaterThan(load(tenantId) + 1);
      }),
    );
  });
});
