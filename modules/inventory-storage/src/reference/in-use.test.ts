import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Created, library, type Library } from "../testing/library.ts";

/** Facts of LoanTypeTest, MaterialTypeTest, HoldingsSourceTest, LocationsTest and the like of mod-inventory-storage 27.1.5: what records name must
 * be there, and stays while they name it. */

let at: Library;
let instance: Created;
let holding: Created;
let item: Created;
beforeAll(async () => {
  at = await library();
  instance = await at.instance();
  holding = await at.holdings(instance.id);
  item = await at.item(holding.id);
});
afterAll(() => at.close());

const saying = (message: string) => ({ errors: [{ message: expect.stringContaining(message) as string }] });
const source = { source: "local" };

/** A field of a kind of record, the table that its value is in, and what a row of that has besides a name. */
const uses: readonly (readonly [field: string, kind: string, path: string, fields: object])[] = [
  ["instanceTypeId", "instance", "/instance-types", { ...source, code: "c" }],
  ["statusId", "instance", "/instance-statuses", { ...source, code: "c" }],
  ["modeOfIssuanceId", "instance", "/modes-of-issuance", source],
  ["holdingsTypeId", "holdings", "/holdings-types", source],
  ["callNumberTypeId", "holdings", "/call-number-types", source],
  ["illPolicyId", "holdings", "/ill-policies", source],
  ["sourceId", "holdings", "/holdings-sources", source],
  ["permanentLocationId", "holdings", "/locations", {}],
  ["temporaryLocationId", "holdings", "/locations", {}],
  ["permanentLoanTypeId", "item", "/loan-types", {}],
  ["temporaryLoanTypeId", "item", "/loan-types", {}],
  ["materialTypeId", "item", "/material-types", source],
  ["permanentLocationId", "item", "/locations", {}],
  ["temporaryLocationId", "item", "/locations", {}],
];

const paths: Readonly<Record<string, string>> = {
  instance: "/instance-storage/instances",
  holdings: "/holdings-storage/holdings",
  item: "/item-storage/items",
};

const current = (kind: string): Promise<Created> =>
  at.get(`${paths[kind]}/${({ instance, holdings: holding, item } as Record<string, Created>)[kind]?.id}`);

async function aRow(path: string, fields: object): Promise<Created> {
  if (path !== "/locations") return at.created(path, { name: `N ${randomUUID()}`, ...fields });
  const { id: _id, metadata: _metadata, ...main } = await at.get(`/locations/${at.main}`);
  return at.created(path, { ...main, name: randomUUID(), code: randomUUID() });
}

describe.each(uses)("%s of one %s", (field, kind, path, fields) => {
  it("is refused where it names nothing", async () => {
    const record = await current(kind);
    const bad = { ...record, [field]: randomUUID() };
    expect(await at.ask(`PUT ${paths[kind]}/${record.id}`, bad)).toMatchObject({
      status: 422,
      body: saying("does not exist in"),
    });
    const { id: _id, hrid: _hrid, _version, ...fresh } = bad as Created & { hrid: string; _version: number };
    expect(await at.ask(`POST ${paths[kind]}`, fresh)).toMatchObject({
      status: 422,
      body: saying("does not exist in"),
    });
  });

  it("keeps the row that it names, until it names another", async () => {
    const [row, record] = [await aRow(path, fields), await current(kind)];
    expect((await at.ask(`PUT ${paths[kind]}/${record.id}`, { ...record, [field]: row.id })).status).toBe(
      204,
    );
    expect(await at.ask(`DELETE ${path}/${row.id}`)).toMatchObject({
      status: 400,
      body: saying("is still referenced from table"),
    });
    const { _version } = await current(kind);
    expect((await at.ask(`PUT ${paths[kind]}/${record.id}`, { ...record, _version })).status).toBe(204);
    expect((await at.ask(`DELETE ${path}/${row.id}`)).status).toBe(204);
  });
});

it.each([
  "/loan-types",
  "/material-types",
  "/ill-policies",
  "/holdings-note-types",
  "/nature-of-content-terms",
])("%s take no properties of a client's own; others do, as the real schemas have it", async (path) => {
  const row = { name: randomUUID(), source: "local", shade: "blue" };
  expect(await at.ask(`POST ${path}`, row)).toMatchObject({ status: 422, body: saying("shade") });
  expect(await at.created("/identifier-types", { ...row, name: randomUUID() })).toMatchObject({
    shade: "blue",
  });
});

it.each(["/loan-types", "/material-types", "/holdings-sources", "/identifier-types"])(
  "%s have ids that are UUIDs, each once, and say who made a row",
  async (path) => {
    const name = randomUUID();
    expect(await at.ask(`POST ${path}`, { id: "1234567890", name, ...source })).toMatchObject({
      status: 422,
      body: saying("id"),
    });
    const row = await at.created(path, { id: randomUUID(), name, ...source });
    expect(row).toMatchObject({ metadata: { createdByUserId: expect.any(String) as string } });
    expect(await at.ask(`POST ${path}`, { id: row.id, name: randomUUID(), ...source })).toMatchObject({
      status: 422,
      body: saying("id value already exists in table"),
    });
    const query = encodeURIComponent(`id==${row.id} and source==local`);
    expect((await at.get(`${path}?query=${query}`))["totalRecords"]).toBe(1);
  },
);

it.each([
  ['name=="nature of *"', ["Nature of metal", "Nature of wood"]],
  ['name="of WOOD"', ["Nature of wood"]],
  ['name="met*"', ["Nature of metal"]],
  ['source=local and name all "nature"', ["Nature of metal", "Nature of wood"]],
  ['source=="folio" and name all "nature"', []],
  ['name all "nature" sortby name/sort.descending', ["Nature of wood", "Nature of metal"]],
])("a table is searched by %s", async (query, found) => {
  for (const name of ["Nature of wood", "Nature of metal"]) {
    const answer = await at.ask("POST /nature-of-content-terms", { name, ...source });
    expect([201, 422]).toContain(answer.status); // 422: it is there since the last case
  }
  const rows = (await at.get(`/nature-of-content-terms?query=${encodeURIComponent(query)}`))[
    "natureOfContentTerms"
  ] as readonly { name: string }[];
  const names = rows.map(({ name }) => name);
  expect(query.includes("sortby") ? names : names.toSorted()).toEqual(found);
});
