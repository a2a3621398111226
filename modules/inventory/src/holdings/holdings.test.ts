import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { holdingsBlockedFields } from "../config/blocked-fields.ts";
import { type InventoryOfLibrary, inventoryOfLibrary } from "../testing/inventory-of-library.ts";
import { inventory as module } from "../inventory.ts";

// Cases from mod-inventory's HoldingsApiExamples, and those of its rules that they leave out.

const MARC = "036ee84a-6afd-4c3c-9ad3-4a12ab875f59";
const TYPE = "03c9c400-b9e3-4a07-ac0e-05ab470233ed";
let inventory: InventoryOfLibrary;
let instanceId: string;

beforeAll(async () => {
  inventory = await inventoryOfLibrary(module);
  await inventory.storage.created("/holdings-sources", { id: MARC, name: "MARC", source: "folio" });
  instanceId = (await inventory.storage.instance()).id;
}, 60_000);
afterAll(() => inventory.close());

const path = (id: string) => `/holdings-storage/holdings/${id}`;
const put = (record: { readonly id: string }, change: object) =>
  inventory.ask(`PUT /inventory/holdings/${record.id}`, { ...record, ...change });

it("replaces a record: what was sent is there, with the next version", async () => {
  const { storage } = inventory;
  const record = await storage.holdings(instanceId, { administrativeNotes: ["This is a note."] });
  expect((await put(record, { permanentLocationId: storage.annex })).status).toBe(204);
  expect(await storage.get(path(record.id))).toMatchObject({
    permanentLocationId: storage.annex,
    effectiveLocationId: storage.annex,
    administrativeNotes: ["This is a note."],
    _version: 2,
  });
});

it("says of a record that nobody has that it is not found", async () => {
  expect(await put({ id: "00000000-0000-4000-8000-00000000dead" }, { instanceId })).toMatchObject({
    status: 404,
    body: { errors: [{ message: "Holdings not found" }] },
  });
});

it("passes on that somebody else was faster", async () => {
  const record = await inventory.storage.holdings(instanceId);
  expect((await put(record, { copyNumber: "1" })).status).toBe(204);
  expect((await put(record, { copyNumber: "2" })).status).toBe(409);
  expect(await inventory.storage.get(path(record.id))).toMatchObject({ copyNumber: "1" });
});

it("passes on what storage finds wrong", async () => {
  const record = await inventory.storage.holdings(instanceId);
  expect((await put(record, { permanentLocationId: "nowhere" })).status).toBe(422);
});

it("takes what clients show of a record, and keeps none of it", async () => {
  const record = await inventory.storage.holdings(instanceId);
  expect((await put(record, { holdingsItems: [{ id: TYPE }], bareHoldingsItems: [] })).status).toBe(204);
  expect(await inventory.storage.get(path(record.id))).not.toHaveProperty("holdingsItems");
});

it("changes no HRID", async () => {
  const record = await inventory.storage.holdings(instanceId);
  expect(await put(record, { hrid: "ho999" })).toMatchObject({
    status: 422,
    body: { errors: [{ message: "HRID can not be updated", parameters: [{ key: "hrid", value: "ho999" }] }] },
  });
});

describe("a record that comes from MARC", () => {
  const changes: Readonly<Record<string, unknown>> = {
    formerIds: ["f1"],
    holdingsTypeId: TYPE,
    permanentLocationId: TYPE,
    shelvingTitle: "shelvingTitle",
    copyNumber: "copyNumber",
    callNumberTypeId: TYPE,
    callNumberPrefix: "callNumberPrefix",
    callNumber: "callNumber",
    callNumberSuffix: "callNumberSuffix",
    holdingsStatements: [{ statement: "test series" }],
    holdingsStatementsForIndexes: [{ statement: "test series" }],
    holdingsStatementsForSupplements: [{ statement: "test series" }],
    notes: [{ note: "test note", staffOnly: false }],
    electronicAccess: [{ uri: "https://example.org" }],
  };

  it("is replaced where nothing is changed, where what is empty is left out, and in its other fields", async () => {
    const record = await inventory.storage.holdings(instanceId, {
      sourceId: MARC,
      callNumber: "A 1",
      notes: [],
    });
    const { notes: _, ...without } = record as typeof record & { readonly notes?: unknown }; // as: one of its fields
    expect(
      (await put(without, { formerIds: [], administrativeNotes: ["n"], discoverySuppress: true })).status,
    ).toBe(204);
  });

  it.each(holdingsBlockedFields)("is not changed in %s", async (field) => {
    const record = await inventory.storage.holdings(instanceId, { sourceId: MARC });
    const message = expect.stringMatching(
      /^Holdings is controlled by MARC record, these fields are blocked and can not be updated: formerIds,/u,
    ) as string;
    expect(await put(record, { [field]: changes[field], hrid: "ho1" })).toMatchObject({
      status: 422,
      body: { errors: [{ message }] },
    });
  });

  it("keeps what it has: to leave a field out is to change it", async () => {
    const record = await inventory.storage.holdings(instanceId, { sourceId: MARC, callNumber: "A 1" });
    const { callNumber: _, ...without } = record as typeof record & { readonly callNumber?: unknown }; // as: one of its fields
    expect((await put(without, {})).status).toBe(422);
  });

  it("is one by what is stored, not by what is sent", async () => {
    const marc = await inventory.storage.holdings(instanceId, { sourceId: MARC });
    expect((await put({ ...marc, sourceId: undefined } as typeof marc, { copyNumber: "2" })).status).toBe(
      422,
    );
    const own = await inventory.storage.holdings(instanceId);
    expect((await put(own, { sourceId: MARC, copyNumber: "2" })).status).toBe(204);
  });
});
