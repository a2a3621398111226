import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Created, library, type Library } from "../testing/library.ts";

let at: Library;
beforeAll(async () => {
  at = await library();
});
afterAll(() => at.close());

const saying = (message: string) => ({ errors: [{ message: expect.stringContaining(message) as string }] });
const batch = "/item-storage/batch/synchronous";

/** Items that are not stored yet. */
async function some(count: number): Promise<readonly (Created & { readonly barcode: string })[]> {
  const holding = await at.holdings((await at.instance()).id, { callNumber: "B 1" });
  const { hrid: _hrid, _version, metadata: _metadata, ...item } = await at.item(holding.id);
  return Array.from({ length: count }, () => ({ ...item, id: randomUUID(), barcode: randomUUID() }));
}

const stored = async (items: readonly Created[]): Promise<readonly Created[]> => {
  const query = `id==(${items.map(({ id }) => id).join(" or ")}) sortby barcode`;
  const answer = await at.get(`/item-storage/items?limit=100&query=${encodeURIComponent(query)}`);
  return answer["items"] as readonly Created[];
};

it("a batch is stored whole, each with a human readable id and what is worked out", async () => {
  const items = await some(50);
  expect((await at.ask(`POST ${batch}`, { items })).status).toBe(201);
  const all = await stored(items);
  expect(all).toHaveLength(50);
  expect(new Set(all.map(({ hrid }) => hrid)).size).toBe(50);
  for (const item of all)
    expect(item).toMatchObject({ effectiveShelvingOrder: "B 1", effectiveLocationId: at.main });
});

it.each([
  [
    "a barcode that is there twice",
    { barcode: "twice" },
    422,
    "barcode value already exists in table item: twice",
  ],
  [
    "a holdings record that is not there",
    { holdingsRecordId: randomUUID() },
    422,
    "Holdings record does not exist",
  ],
  [
    "a material type that is not there",
    { materialTypeId: randomUUID() },
    422,
    "does not exist in material_type.id",
  ],
  ["a status that is none", { status: { name: "Gone" } }, 422, "status.name"],
])("a batch of which one row has %s stores nothing", async (_what, fields, status, message) => {
  const items = await some(10);
  const bad = items.map((item, at_) =>
    at_ === 3 || (at_ === 7 && "barcode" in fields) ? { ...item, ...fields } : item,
  );
  expect(await at.ask(`POST ${batch}`, { items: bad })).toMatchObject({ status, body: saying(message) });
  expect(await stored(items)).toEqual([]);
});

it("what is there already is refused, or with upsert replaced, if nobody has changed it", async () => {
  const items = await some(3);
  await at.ask(`POST ${batch}`, { items });
  const now = await stored(items);
  const again = await at.ask(`POST ${batch}`, { items: now });
  expect(again).toMatchObject({ status: 422, body: saying("id value already exists in table item") });
  const renamed = now.map((item) => ({ ...item, volume: "v.2" }));
  expect((await at.ask(`POST ${batch}?upsert=true`, { items: renamed })).status).toBe(201);
  expect((await stored(items)).map((item) => [item["volume"], item["_version"]])).toEqual(
    Array.from({ length: 3 }, () => ["v.2", 2]),
  );
  const late = await at.ask(`POST ${batch}?upsert=true`, { items: renamed });
  expect(late).toMatchObject({ status: 409, body: saying("optimistic locking") });
});

it("versions are compared even in an unsafe batch, unless the operator allows it", async () => {
  const items = await some(1);
  const answer = await at.ask(`POST ${batch}-unsafe`, { items });
  expect(answer).toMatchObject({
    status: 413,
    body: saying("DB_ALLOW_SUPPRESS_OPTIMISTIC_LOCKING environment variable doesn't allow"),
  });
});

it("more than 10,000 are refused", async () => {
  const [item] = await some(1);
  const items = Array.from({ length: 10_001 }, () => item);
  const answer = await at.ask(`POST ${batch}`, { items });
  expect(answer).toMatchObject({ status: 413, body: saying("Expected a maximum of 10000 records") });
});

it("the older batch stores what it can and tells the rest", async () => {
  const { instanceTypeId } = await at.instance();
  const good = { title: "Good", source: "TEST", instanceTypeId };
  const bad = { ...good, instanceTypeId: randomUUID() };
  const answer = await at.ask("POST /instance-storage/batch/instances", { instances: [good, bad, good] });
  expect(answer).toMatchObject({
    status: 201,
    body: { totalRecords: 2, errorMessages: [expect.stringContaining("does not exist in instance_type.id")] },
  });
});

it("what a query finds is deleted with it, and nothing where one is in use", async () => {
  const items = await some(4);
  await at.ask(`POST ${batch}`, { items });
  const [first] = items;
  const bound = {
    itemId: first?.id,
    boundWithContents: [{ holdingsRecordId: (await at.holdings((await at.instance()).id)).id }],
  };
  expect((await at.ask("PUT /inventory-storage/bound-withs", bound)).status).toBe(204);
  const query = encodeURIComponent(`id==(${items.map(({ id }) => id).join(" or ")})`);
  expect(await at.ask(`DELETE /item-storage/items?query=${query}`)).toMatchObject({
    status: 400,
    body: saying("still referenced from table bound_with_part"),
  });
  expect(await stored(items)).toHaveLength(4);
  expect(
    (await at.ask("PUT /inventory-storage/bound-withs", { ...bound, boundWithContents: [] })).status,
  ).toBe(204);
  expect((await at.ask(`DELETE /item-storage/items?query=${query}`)).status).toBe(204);
  expect(await stored(items)).toEqual([]);
});

it("a deletion without a query is refused", async () => {
  for (const path of ["/item-storage/items", "/holdings-storage/holdings", "/instance-storage/instances"]) {
    const answer = await at.ask(`DELETE ${path}?query=`);
    expect(answer).toMatchObject({ status: 400, body: saying("Expected CQL but query parameter is empty") });
  }
});
