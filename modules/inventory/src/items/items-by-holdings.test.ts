import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ItemShelf, itemShelf, refused } from "../testing/item-shelf.ts";

// Cases from mod-inventory's BoundWithTests.

const NOBODY = "00000000-0000-4000-8000-00000000dead";
let shelf: ItemShelf;
beforeAll(async () => {
  shelf = await itemShelf();
}, 60_000);
afterAll(() => shelf.library.close());
beforeEach(() => shelf.begin());

describe("bound-withs", () => {
  const bind = (itemId: string, holdingsRecordId: string) =>
    shelf.library.storage.created("/inventory-storage/bound-with-parts", { itemId, holdingsRecordId });
  const byHoldings = async (query: string) => {
    const answer = await shelf.library.ask(
      `GET /inventory/items-by-holdings-id?query=holdingsRecordId==${query}`,
    );
    expect(answer).toMatchObject({ status: 200 });
    return answer.body as { items: { id: string; isBoundWith: boolean }[]; totalRecords: number }; // as: it answers so
  };

  it("an item has the titles that are bound into it", async () => {
    const { storage } = shelf.library;
    const titles = await Promise.all(["One", "Two", "Three"].map((title) => storage.instance({ title })));
    const records = await Promise.all(titles.map(({ id }) => storage.holdings(id)));
    const { id } = await storage.item(records[0]?.id ?? "");
    for (const record of records) await bind(id, record.id);
    const item = await shelf.read(id);
    expect(item).toMatchObject({ isBoundWith: true });
    const expected = records.map((record, n) => ({
      briefHoldingsRecord: { id: record.id, hrid: record["hrid"] },
      briefInstance: { id: titles[n]?.id, title: titles[n]?.["title"], hrid: titles[n]?.["hrid"] },
    }));
    expect(item["boundWithTitles"]).toEqual(expect.arrayContaining(expected));
    expect(item["boundWithTitles"]).toHaveLength(3);
    const { body } = await shelf.library.ask(`GET /inventory/items?query=id==${id}`);
    expect(body).toMatchObject({ items: [{ id, isBoundWith: true }] });
  });

  it("a holdings record has its own items and those into which it is bound", async () => {
    const { storage } = shelf.library;
    const [first, second] = [
      await storage.holdings(shelf.instance.id),
      await storage.holdings(shelf.instance.id),
    ];
    const [bound, plain] = [await storage.item(first.id), await storage.item(second.id)];
    await bind(bound.id, first.id);
    await bind(bound.id, second.id);
    const both = await byHoldings(second.id);
    expect(both.totalRecords).toBe(2);
    expect(both.items.map(({ id, isBoundWith }) => [id, isBoundWith])).toEqual([
      [plain.id, false],
      [bound.id, true],
    ]);
    const pages = [
      await byHoldings(`${second.id}&limit=1`),
      await byHoldings(`${second.id}&limit=1&offset=1`),
    ];
    expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).toEqual([plain.id, bound.id]);
    const only = "&relations=onlyBoundWiths";
    const counts = await Promise.all(
      [
        `${first.id}&offset=0&limit=20000`,
        `${first.id}${only}SkipDirectlyLinkedItem`,
        `${first.id}${only}`,
        `${second.id}${only}SkipDirectlyLinkedItem`,
        `${first.id}&offset=string&limit=string`,
        NOBODY,
      ].map(async (query) => (await byHoldings(query)).totalRecords),
    );
    expect(counts).toEqual([1, 0, 1, 1, 1, 0]);
  });

  it("are read in as many calls, however many there are", async () => {
    const { storage } = shelf.library;
    const [own, other] = [
      await storage.holdings(shelf.instance.id),
      await storage.holdings(shelf.instance.id),
    ];
    const countOf = async (page: string): Promise<number> => {
      shelf.library.calls.length = 0;
      const { items } = await byHoldings(`${own.id}${page}`);
      expect(items.length).toBeGreaterThan(0);
      return shelf.library.calls.length;
    };
    await storage.item(own.id);
    await bind((await storage.item(other.id)).id, own.id);
    const few = await countOf("");
    for (let n = 0; n < 20; n++) await storage.item(own.id);
    for (let n = 0; n < 20; n++) await bind((await storage.item(other.id)).id, own.id);
    expect(await countOf("")).toBe(few);
    expect(await countOf("&limit=5&offset=19")).toBe(few);
  });

  it.each(["", "?query=holdingsRecordId", "?query=barcode==1", "?query=holdingsRecordId==a==b"])(
    "are asked for by a holdings record: %s",
    async (query) => {
      expect(await shelf.library.ask(`GET /inventory/items-by-holdings-id${query}`)).toMatchObject({
        status: 400,
      });
    },
  );

  it("know two relations", async () => {
    const query = `query=holdingsRecordId==${NOBODY}&relations=RANDOM`;
    const message =
      "The only valid values of the request parameter 'relations' are: 'onlyBoundWiths' and 'onlyBoundWithsSkipDirectlyLinkedItem'";
    expect(await shelf.library.ask(`GET /inventory/items-by-holdings-id?${query}`)).toMatchObject({
      status: 400,
      body: refused(message),
    });
  });
});
