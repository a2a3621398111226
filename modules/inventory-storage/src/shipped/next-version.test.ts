import { type ModuleDefinition, referenceData } from "@octavo/module-kit";
import { moduleOfTenant } from "@octavo/testing/module-of-tenant";
import { afterAll, beforeAll, expect, it } from "vitest";
import { inventoryStorage } from "../inventory-storage.ts";

const book = "1a54b431-2e4f-452d-9cae-9cee66c9a892";
const microform = "fd6c6515-d470-4561-9c32-3e3290d4ca98";
const dvd = "5ee11d91-f7e8-481d-b079-65d708582ccc";
const sound = "dd0bf600-dbd9-44ab-9ff2-e2a61a6539f1";
const globe = "3b2c5bd1-7d3c-4a8c-8f0e-5d5d3f7e0a11";

let running: Awaited<ReturnType<typeof moduleOfTenant>>;
beforeAll(async () => {
  running = await moduleOfTenant(inventoryStorage);
});
afterAll(() => running.close());

/** This module as it may be next year: every material type that it ships has another source, and there is one more. */
function nextVersion(): ModuleDefinition {
  const version = "1.1.0";
  return {
    ...inventoryStorage,
    version,
    id: `${inventoryStorage.name}-${version}`,
    steps: inventoryStorage.steps.map((step) => {
      if (step.kind !== "referenceData" || step.table !== "material_type") return step;
      const rows = step.rows.map((row) => ({ ...row, source: "next" }));
      return referenceData(step.id, {
        table: step.table,
        rows: [...rows, { id: globe, name: "globe", source: "next" }],
      });
    }),
  };
}

const materialType = async (id: string): Promise<unknown> =>
  (await running.ask(`GET /material-types/${id}`)).body;

it("what a library left as it came follows the next version; what it edited, removed or named itself stays, and is told", async () => {
  const edited = { ...((await materialType(book)) as object), name: "Book, printed" };
  expect((await running.ask(`PUT /material-types/${book}`, edited)).status).toBe(204);
  expect((await running.ask(`DELETE /material-types/${microform}`)).status).toBe(204);
  const own = await running.ask("POST /material-types", { name: "globe", source: "local" });
  expect(own.status).toBe(201);

  const next = nextVersion();
  const ask = await running.another(next);
  const posted = await ask("POST /_/tenant", {
    module_from: inventoryStorage.id,
    module_to: next.id,
    parameters: [{ key: "loadReference", value: "true" }],
  });
  const { body } = await ask(`GET ${posted.location}?wait=25000`);
  expect(body).toMatchObject({ complete: true });
  expect(body).not.toHaveProperty("error");
  const { messages } = body as { readonly messages: readonly string[] };
  expect(messages.filter((each) => each.includes("material_type"))).toEqual([
    expect.stringMatching(`${book} .*the library has edited this row`),
    expect.stringMatching(`${microform} .*the library has removed this row`),
    expect.stringMatching(`${globe} .*material_type_name_unique`),
  ]);

  expect(await materialType(dvd)).toMatchObject({ name: "dvd", source: "next" });
  expect(await materialType(sound)).toMatchObject({ name: "sound recording", source: "next" });
  expect(await materialType(book)).toMatchObject({ name: "Book, printed", source: "folio" });
  expect((await running.ask(`GET /material-types/${microform}`)).status).toBe(404);
  expect((await running.ask("GET /material-types?query=name==globe")).body).toMatchObject({
    mtypes: [{ source: "local" }],
  });
});
