import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { moduleOfTenant } from "@octavo/testing/module-of-tenant";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { routesWithoutAnswer } from "@octavo/testing/every-route";
import { folioData } from "@octavo/testing/folio-data";
import { realDescriptor } from "@octavo/testing/real-descriptor";
import { afterAll, beforeAll, expect, it } from "vitest";
import { inventoryStorage } from "../inventory-storage.ts";

let running: Awaited<ReturnType<typeof moduleOfTenant>>;
beforeAll(async () => {
  running = await moduleOfTenant(inventoryStorage, { loadReference: "true", loadSample: "true" });
});
afterAll(() => running.close());

async function enabledAgain(): Promise<unknown> {
  const id = inventoryStorage.id;
  const parameters = ["loadReference", "loadSample"].map((key) => ({ key, value: "true" }));
  const posted = await running.ask("POST /_/tenant", { module_from: id, module_to: id, parameters });
  return (await running.ask(`GET ${posted.location}?wait=25000`)).body;
}

it("loadSample brings a small library, once; what a library changed of what ships stays so", async () => {
  const works = await running.ask("GET /instance-storage/instances?query=title==middlemarch");
  expect(works).toMatchObject({
    status: 200,
    body: { totalRecords: 1, instances: [{ hrid: expect.stringMatching(/^in\d+$/u) as string }] },
  });
  const copies = await running.ask("GET /item-storage/items?query=instance.title==middlemarch");
  expect(copies).toMatchObject({
    status: 200,
    body: { items: [{ effectiveCallNumberComponents: { callNumber: "PR4662 .A1 1871" } }, {}] },
  });

  const book = "/material-types/1a54b431-2e4f-452d-9cae-9cee66c9a892";
  const row = (await running.ask(`GET ${book}`)).body as object;
  expect((await running.ask(`PUT ${book}`, { ...row, name: "Book, printed" })).status).toBe(204);
  expect(await enabledAgain()).toMatchObject({ complete: true });
  expect((await running.ask(`GET ${book}`)).body).toMatchObject({ name: "Book, printed" });
  for (const [path, count] of [
    ["/instance-storage/instances", 12],
    ["/holdings-storage/holdings", 12],
    ["/item-storage/items", 16],
    ["/locations", 2],
    ["/material-types", 8],
    ["/service-points", 3],
  ] as const) {
    const { body } = await running.ask(`GET ${path}?limit=0&totalRecords=exact`);
    expect([path, (body as { totalRecords: number }).totalRecords]).toEqual([path, count]);
  }
});

describeWithFolio("the routes of mod-inventory-storage 27.1.5", () => {
  it("have an answer each; shelf locations are not written there either", async () => {
    const without = await routesWithoutAnswer(realDescriptor("mod-inventory-storage"), (request, body) =>
      running.ask(request, body),
    );
    expect(without).toEqual([
      "POST /shelf-locations: 501",
      "PUT /shelf-locations/{id}: 501",
      "DELETE /shelf-locations/{id}: 501",
    ]);
  });
});

describeWithFolio("FOLIO's own records", () => {
  const root = join(folioData, "sample-data", "mod-inventory-storage");
  interface FolioRecord {
    readonly id: string;
    readonly name?: string;
    readonly code?: string;
    readonly source?: string;
  }
  const read = (folder: string): readonly FolioRecord[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".json"))
      .toSorted()
      // as: what FOLIO ships
      .map((file) => JSON.parse(readFileSync(join(root, folder, file), "utf8")) as FolioRecord);

  it.each(readdirSync(join(root, "reference-data")))("%s are those that ship", (folder) => {
    const named = ({ id, name, code, source }: FolioRecord) => ({ id, name, code, source });
    const file = new URL(`./rows/${folder}.json`, import.meta.url);
    const ours = JSON.parse(readFileSync(file, "utf8")) as readonly FolioRecord[]; // as: rows of this module
    const byId = (one: FolioRecord, other: FolioRecord): number => (one.id < other.id ? -1 : 1);
    const real = read(join("reference-data", folder)).toSorted(byId);
    expect(ours.toSorted(byId).map(named)).toEqual(real.map(named));
  });

  it.each([
    ["location-units/institutions", "/location-units/institutions", 1],
    ["location-units/campuses", "/location-units/campuses", 2],
    ["location-units/libraries", "/location-units/libraries", 2],
    ["locations", "/locations", 6],
    ["instances", "/instance-storage/instances", 24],
    ["holdingsrecords", "/holdings-storage/holdings", 12],
    ["items", "/item-storage/items", 17],
  ])("the samples in %s are taken", async (folder, path, count) => {
    const records = read(join("sample-data", folder));
    const answers = await Promise.all(
      records.map(async (record) => [record.id, (await running.ask(`POST ${path}`, record)).status]),
    );
    expect(answers).toEqual(records.map(({ id }) => [id, 201]));
    expect(answers).toHaveLength(count);
  });
});
