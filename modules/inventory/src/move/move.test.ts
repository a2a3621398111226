import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type InventoryOfLibrary, inventoryOfLibrary } from "../testing/inventory-of-library.ts";
import { inventory as module } from "../inventory.ts";

// Cases from mod-inventory's ItemApiMoveExamples and HoldingsApiMoveExamples, and those of records that change meanwhile.

const NOBODY = "00000000-0000-4000-8000-00000000dead";
let inventory: InventoryOfLibrary;

beforeAll(async () => {
  inventory = await inventoryOfLibrary(module);
}, 60_000);
afterAll(() => inventory.close());
beforeEach(() => {
  inventory.calls.length = 0;
  inventory.instead.clear();
});

interface Kind {
  readonly route: string;
  readonly ids: "itemIds" | "holdingsRecordIds";
  readonly to: "toHoldingsRecordId" | "toInstanceId";
  readonly storage: string;
  readonly owner: "holdingsRecordId" | "instanceId";
  readonly owners: string;
  readonly noTarget: string;
  readonly noIds: string;
  readonly unknownTarget: string;
  target(): Promise<string>;
  record(owner: string): Promise<string>;
}

const kinds: readonly Kind[] = [
  {
    route: "POST /inventory/items/move",
    ids: "itemIds",
    to: "toHoldingsRecordId",
    storage: "/item-storage/items",
    owner: "holdingsRecordId",
    owners: "/holdings-storage/holdings",
    noTarget: "toHoldingsRecordId is a required field",
    noIds: "Item ids aren't specified",
    unknownTarget: `Holding with id=${NOBODY} not found`,
    target: async () => {
      const { storage } = inventory;
      return (await storage.holdings((await storage.instance()).id, { permanentLocationId: storage.annex }))
        .id;
    },
    record: async (owner) => (await inventory.storage.item(owner)).id,
  },
  {
    route: "POST /inventory/holdings/move",
    ids: "holdingsRecordIds",
    to: "toInstanceId",
    storage: "/holdings-storage/holdings",
    owner: "instanceId",
    owners: "/instance-storage/instances",
    noTarget: "toInstanceId is a required field",
    noIds: "Holdings record ids aren't specified",
    unknownTarget: `Instance with id=${NOBODY} not found`,
    target: async () => (await inventory.storage.instance()).id,
    record: async (owner) => (await inventory.storage.holdings(owner)).id,
  },
];

describe.each(kinds)("$route", (kind) => {
  const move = (to: unknown, ids: unknown) => inventory.ask(kind.route, { [kind.to]: to, [kind.ids]: ids });
  const ownerOf = async (id: string) => (await inventory.storage.get(`${kind.storage}/${id}`))[kind.owner];
  const two = async () => {
    const from = await kind.target();
    return { from, first: await kind.record(from), second: await kind.record(from), to: await kind.target() };
  };

  it("moves all of them, by one call for reading and one for each", async () => {
    const { first, second, to } = await two();
    expect(await move(to, [first, second])).toMatchObject({ status: 200, body: { nonUpdatedIds: [] } });
    expect([await ownerOf(first), await ownerOf(second)]).toEqual([to, to]);
    expect(inventory.calls.toSorted()).toEqual(
      [
        `GET ${kind.owners}/${to}`,
        `GET ${kind.storage}`,
        `PUT ${kind.storage}/${first}`,
        `PUT ${kind.storage}/${second}`,
      ].toSorted(),
    );
  });

  it.each([
    ["nobody has", NOBODY],
    ["is no id", "the third one"],
  ])("names an id that %s, and moves the others", async (_, unknown) => {
    const { first, to } = await two();
    expect(await move(to, [unknown, first])).toMatchObject({
      status: 200,
      body: { nonUpdatedIds: [unknown] },
    });
    expect(await ownerOf(first)).toBe(to);
  });

  it("moves a record that is named twice once", async () => {
    const { first, to } = await two();
    expect((await move(to, [first, first.toUpperCase()])).body).toEqual({ nonUpdatedIds: [] });
    expect(inventory.calls.filter((call) => call.startsWith("PUT"))).toHaveLength(1);
  });

  it.each([409, 422, 500, 503])(
    "names one that storage refuses with %i: it is where it was",
    async (status) => {
      const { from, first, second, to } = await two();
      inventory.instead.set(`PUT ${kind.storage}/${second}`, { status, body: "refused" });
      expect(await move(to, [first, second])).toMatchObject({
        status: 200,
        body: { nonUpdatedIds: [second] },
      });
      expect([await ownerOf(first), await ownerOf(second)]).toEqual([to, from]);
    },
  );

  it("does not undo what somebody else has changed since it was read", async () => {
    const { first, to } = await two();
    const read = await inventory.storage.get(`${kind.storage}/${first}`);
    const list = kind.ids === "itemIds" ? "items" : "holdingsRecords";
    // What the move reads is older than what is there.
    inventory.instead.set(`GET ${kind.storage}`, { status: 200, body: { [list]: [read], totalRecords: 1 } });
    const put = await inventory.storage.ask(`PUT ${kind.storage}/${first}`, { ...read, copyNumber: "2" });
    expect(put.status).toBe(204);
    expect((await move(to, [first])).body).toEqual({ nonUpdatedIds: [first] });
    expect(await inventory.storage.get(`${kind.storage}/${first}`)).toMatchObject({ copyNumber: "2" });
  });

  it("needs three calls of reading for a hundred", async () => {
    const to = await kind.target();
    const ids = Array.from({ length: 100 }, () => crypto.randomUUID());
    expect((await move(to, ids)).body).toEqual({ nonUpdatedIds: ids });
    expect(inventory.calls).toHaveLength(3);
  });

  it.each([
    ["without a target", undefined, [NOBODY], kind.to, kind.noTarget],
    ["to a blank", " ", [NOBODY], kind.to, kind.noTarget],
    ["to null", null, [NOBODY], kind.to, kind.noTarget],
    ["of nothing", NOBODY, [], kind.ids, kind.noIds],
    ["without ids", NOBODY, undefined, kind.ids, kind.noIds],
    ["to an id that nobody has", NOBODY, [NOBODY], kind.to, kind.unknownTarget],
    ["to what is no id", "shelf", [NOBODY], kind.to, kind.unknownTarget.replace(NOBODY, "shelf")],
  ])("refuses a move %s", async (_, to, ids, field, message) => {
    const parameters = [expect.objectContaining({ key: field }) as object];
    expect(await move(to, ids)).toMatchObject({ status: 422, body: { errors: [{ message, parameters }] } });
    expect(inventory.calls.filter((call) => call.startsWith("PUT"))).toEqual([]);
  });

  it("moves nothing where storage cannot be read", async () => {
    const { from, first, to } = await two();
    inventory.instead.set(`GET ${kind.storage}`, { status: 500, body: "no connection" });
    expect((await move(to, [first])).status).toBe(503);
    expect(await ownerOf(first)).toBe(from);
  });
});

it("leaves items in the right place: where the new holdings record is", async () => {
  const { storage } = inventory;
  const { id: instanceId } = await storage.instance();
  const [main, annex] = [
    await storage.holdings(instanceId, { permanentLocationId: storage.main, callNumber: "A 1" }),
    await storage.holdings(instanceId, { permanentLocationId: storage.annex, callNumber: "B 2" }),
  ];
  const item = await storage.item(main.id, { barcode: "645398607547" });
  await inventory.ask("POST /inventory/items/move", { toHoldingsRecordId: annex.id, itemIds: [item.id] });
  expect(await storage.get(`/item-storage/items/${item.id}`)).toMatchObject({
    barcode: "645398607547",
    effectiveLocationId: storage.annex,
    effectiveCallNumberComponents: { callNumber: "B 2" },
    hrid: item["hrid"],
  });
});

it("moves a holdings record with what clients show of it", async () => {
  const { storage } = inventory;
  const from = await storage.instance();
  const record = await storage.holdings(from.id, { callNumber: "C 3" });
  const read = {
    ...(await storage.get(`/holdings-storage/holdings/${record.id}`)),
    holdingsItems: [],
    bareHoldingsItems: [],
  };
  inventory.instead.set("GET /holdings-storage/holdings", {
    status: 200,
    body: { holdingsRecords: [read], totalRecords: 1 },
  });
  const to = await storage.instance();
  const body = { toInstanceId: to.id, holdingsRecordIds: [record.id] };
  expect((await inventory.ask("POST /inventory/holdings/move", body)).body).toEqual({ nonUpdatedIds: [] });
});
