import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { HoldingsRecord } from "../holdings/holdings-schema.ts";
import type { Item } from "../items/item-schema.ts";
import { type Created, library, type Library } from "../testing/library.ts";
import { effectiveFields } from "./effective-fields.ts";

let at: Library;
beforeAll(async () => {
  at = await library();
});
afterAll(() => at.close());

const HOLDINGS = 3;
const ITEMS = 6;

/** Edits that many make at once, each of what it read; some are refused because somebody else was quicker. */
const text = fc.option(fc.constantFrom("PN2 .A6", "QA 76.9", "", "  ", "Z"), { nil: undefined });
const place = fc.option(fc.constantFrom("main" as const, "annex" as const), { nil: undefined });
const holdingsEdit = fc.record({
  kind: fc.constant("holdings" as const),
  which: fc.nat(HOLDINGS - 1),
  callNumber: text,
  callNumberPrefix: text,
  callNumberSuffix: text,
  temporary: place,
});
const itemEdit = fc.record({
  kind: fc.constant("item" as const),
  which: fc.nat(ITEMS - 1),
  to: fc.nat(HOLDINGS - 1),
  itemLevelCallNumber: text,
  volume: text,
  temporary: place,
});
const batchEdit = fc.record({
  kind: fc.constant("batch" as const),
  items: fc.uniqueArray(fc.nat(ITEMS - 1), { minLength: 1, maxLength: 4 }),
  to: fc.nat(HOLDINGS - 1),
});
type Edit =
  | (typeof holdingsEdit extends fc.Arbitrary<infer T> ? T : never)
  | (typeof itemEdit extends fc.Arbitrary<infer T> ? T : never)
  | (typeof batchEdit extends fc.Arbitrary<infer T> ? T : never);

it("whoever edits holdings records and items at the same time, each item says what its holdings record says", async () => {
  const instance = await at.instance();
  const holdings = await many(HOLDINGS, () => at.holdings(instance.id, { callNumber: "A 1" }));
  const items = await many(ITEMS, (n) => at.item(holdings[n % HOLDINGS]?.id ?? ""));
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(holdingsEdit, itemEdit, batchEdit), { minLength: 4, maxLength: 8 }),
      async (edits) => {
        const answers = await Promise.all(edits.map((edit) => carryOut(edit, holdings, items)));
        for (const status of answers) statuses.add(status);
        for (const { id } of items) {
          const item = (await at.get(`/item-storage/items/${id}`)) as unknown as Item; // as: the API's own shape
          const of = await at.get(`/holdings-storage/holdings/${item.holdingsRecordId}`);
          const { effectiveCallNumberComponents, effectiveShelvingOrder, effectiveLocationId } = item;
          const kept = { effectiveCallNumberComponents, effectiveShelvingOrder, effectiveLocationId };
          expect(kept).toEqual({
            effectiveShelvingOrder: undefined,
            ...effectiveFields(item, of as unknown as HoldingsRecord),
          });
        }
      },
    ),
    { numRuns: 25 },
  );
  expect(statuses).toEqual(new Set([201, 204, 409]));
}, 120_000);

async function many<T>(count: number, make: (n: number) => Promise<T>): Promise<readonly T[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => make(n)));
}

async function carryOut(
  edit: Edit,
  holdings: readonly Created[],
  items: readonly Created[],
): Promise<number> {
  if (edit.kind === "holdings") {
    const { which, temporary, kind: _kind, ...fields } = edit;
    const path = `/holdings-storage/holdings/${holdings[which]?.id}`;
    const { temporaryLocationId: _old, ...record } = await at.get(path);
    const location = temporary === undefined ? {} : { temporaryLocationId: at[temporary] };
    return (await at.ask(`PUT ${path}`, { ...record, ...fields, ...location })).status;
  }
  const target = holdings[edit.to]?.id;
  if (edit.kind === "batch") {
    const moved = await Promise.all(edit.items.map((n) => at.get(`/item-storage/items/${items[n]?.id}`)));
    const body = { items: moved.map((item) => ({ ...item, holdingsRecordId: target })) };
    return (await at.ask("POST /item-storage/batch/synchronous?upsert=true", body)).status;
  }
  const { which, temporary, kind: _kind, to: _to, ...fields } = edit;
  const path = `/item-storage/items/${items[which]?.id}`;
  const { temporaryLocationId: _old, ...record } = await at.get(path);
  const location = temporary === undefined ? {} : { temporaryLocationId: at[temporary] };
  return (await at.ask(`PUT ${path}`, { ...record, holdingsRecordId: target, ...fields, ...location }))
    .status;
}
