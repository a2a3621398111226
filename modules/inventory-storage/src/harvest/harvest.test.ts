import { afterAll, beforeAll, expect, it } from "vitest";
import { type Created, library, type Library } from "../testing/library.ts";

let at: Library;
beforeAll(async () => {
  at = await library();
});
afterAll(() => at.close());

/** Objects that stand one behind the other. */
function objectsOf(body: unknown): readonly Readonly<Record<string, unknown>>[] {
  const text = typeof body === "string" ? body : JSON.stringify(body ?? "");
  return text === '""' ? [] : (JSON.parse(`[${text.replaceAll("}{", "},{")}]`) as Record<string, unknown>[]);
}

const harvest = async (request: string, body?: unknown) => objectsOf((await at.ask(request, body)).body);
const updatedOf = (record: Created): string => (record["metadata"] as { updatedDate: string }).updatedDate;
const since = (record: Created): string => `startDate=${encodeURIComponent(updatedOf(record))}`;

it("tells of instances that have changed, and of those whose holdings records or items have", async () => {
  const first = await at.instance({ title: "First" });
  const second = await at.instance({ title: "Second" });
  const holding = await at.holdings(first.id);
  const item = await at.item(holding.id);
  const own = await harvest(`GET /inventory-hierarchy/updated-instance-ids?${since(second)}`);
  expect(own.map(({ instanceId }) => instanceId)).toEqual([second.id]);
  expect(own[0]).toEqual({
    instanceId: second.id,
    source: "TEST",
    updatedDate: updatedOf(second),
    suppressFromDiscovery: "false",
    deleted: "false",
  });
  const related = await harvest(
    `GET /inventory-hierarchy/updated-instance-ids?onlyInstanceUpdateDate=false&${since(item)}`,
  );
  expect(related).toMatchObject([{ instanceId: first.id, updatedDate: updatedOf(item) }]);
  expect(await harvest(`GET /oai-pmh-view/updatedInstanceIds?${since(item)}`)).toMatchObject([
    { instanceid: first.id, suppressfromdiscovery: "false" },
  ]);
  expect(await harvest(`GET /inventory-hierarchy/updated-instance-ids?source=MARC&${since(first)}`)).toEqual(
    [],
  );
});

it("tells of what was deleted, if that is wanted", async () => {
  const { id, ...kept } = await at.instance({ title: "Deleted" });
  const holding = await at.holdings(id);
  const item = await at.item(holding.id);
  await at.ask(`DELETE /item-storage/items/${item.id}`);
  const period = since({ id, ...kept });
  expect(
    await harvest(
      `GET /inventory-hierarchy/updated-instance-ids?onlyInstanceUpdateDate=false&${since(item)}`,
    ),
  ).toMatchObject([{ instanceId: id, deleted: "false" }]);
  await at.ask(`DELETE /holdings-storage/holdings/${holding.id}`);
  await at.ask(`DELETE /instance-storage/instances/${id}`);
  expect(await harvest(`GET /inventory-hierarchy/updated-instance-ids?${period}`)).toMatchObject([
    { instanceId: id, source: "TEST", deleted: "true" },
  ]);
  expect(await harvest(`GET /oai-pmh-view/instances?${period}&deletedRecordSupport=false`)).toEqual([]);
});

it("leaves out what is not for discovery, or says so", async () => {
  const hidden = await at.instance({ discoverySuppress: true });
  const path = `/inventory-hierarchy/updated-instance-ids?${since(hidden)}`;
  expect(await harvest(`GET ${path}`)).toEqual([]);
  expect(await harvest(`GET ${path}&skipSuppressedFromDiscoveryRecords=false`)).toMatchObject([
    { instanceId: hidden.id, suppressFromDiscovery: "true" },
  ]);
});

it("tells what there is of an instance, with names in the place of ids", async () => {
  const instance = await at.instance();
  const notes = [
    { note: "seen", staffOnly: false },
    { note: "not seen", staffOnly: true },
  ];
  const holding = await at.holdings(instance.id, { callNumber: "PN2 .A6", notes });
  const shown = await at.item(holding.id, { barcode: "shown", copyNumber: "c.1" });
  await at.item(holding.id, { discoverySuppress: true });
  const [record] = await harvest("POST /inventory-hierarchy/items-and-holdings", {
    instanceIds: [instance.id],
  });
  const place = {
    name: "Main",
    code: "Main",
    campusName: "City",
    libraryName: "Central",
    libraryCode: "L",
    institutionName: "University",
  };
  expect(record).toMatchObject({
    instanceId: instance.id,
    source: "TEST",
    modeOfIssuance: "",
    natureOfContent: [],
    holdings: [
      {
        id: holding.id,
        callNumber: { callNumber: "PN2 .A6" },
        location: { permanentLocation: place, effectiveLocation: place, temporaryLocation: {} },
        notes: [{ note: "seen" }],
        suppressFromDiscovery: false,
      },
    ],
    items: [
      {
        id: shown.id,
        barcode: "shown",
        status: "Available",
        materialType: "book",
        permanentLoanType: "Can circulate",
        location: { location: place },
      },
    ],
  });
  expect(await harvest("POST /oai-pmh-view/enrichedInstances", { instanceIds: [instance.id] })).toMatchObject(
    [
      {
        instanceid: instance.id,
        itemsandholdingsfields: {
          items: [
            {
              id: shown.id,
              holdingsRecordId: holding.id,
              materialType: "book",
              location: { name: "Main", location: { campusName: "City" } },
            },
          ],
        },
      },
    ],
  );
});

it("tells the items that are bound into those of another instance", async () => {
  const [bound, binding] = [await at.instance({ title: "Bound" }), await at.instance({ title: "Binding" })];
  const part = await at.holdings(bound.id);
  const item = await at.item((await at.holdings(binding.id)).id);
  const contents = { itemId: item.id, boundWithContents: [{ holdingsRecordId: part.id }] };
  expect((await at.ask("PUT /inventory-storage/bound-withs", contents)).status).toBe(204);
  const [record] = await harvest("POST /inventory-hierarchy/items-and-holdings", { instanceIds: [bound.id] });
  expect(record).toMatchObject({ items: [{ id: item.id }] });
  const view = await at.get(`/inventory-view/instances?query=id==${bound.id}`);
  expect(view["instances"]).toMatchObject([
    { instanceId: bound.id, isBoundWith: true, holdingsRecords: [{ id: part.id }] },
  ]);
});

it("a date that is none is refused", async () => {
  expect((await at.ask("GET /inventory-hierarchy/updated-instance-ids?startDate=yesterday")).status).toBe(
    400,
  );
});
