import { randomUUID } from "node:crypto";
import { moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inventoryStorage } from "../inventory-storage.ts";

let running: ModuleOfTenant;
beforeAll(async () => {
  running = await moduleOfTenant(inventoryStorage);
});
afterAll(() => running.close());

const ask = (request: string, body?: unknown) => running.ask(request, body);
const saying = (message: string) => ({ errors: [{ message: expect.stringContaining(message) as string }] });

/** Each table with its list, how many rows ship, and what one of its rows has besides a name. */
const tables: readonly (readonly [path: string, list: string, shipped: number, fields: object])[] = [
  ["/alternative-title-types", "alternativeTitleTypes", 13, { source: "local" }],
  ["/call-number-types", "callNumberTypes", 12, { source: "local" }],
  ["/classification-types", "classificationTypes", 10, { source: "local" }],
  ["/contributor-name-types", "contributorNameTypes", 3, { ordering: "9" }],
  ["/contributor-types", "contributorTypes", 268, { code: "zzz", source: "local" }],
  ["/electronic-access-relationships", "electronicAccessRelationships", 5, {}],
  ["/holdings-note-types", "holdingsNoteTypes", 7, { source: "local" }],
  ["/holdings-sources", "holdingsRecordsSources", 2, { source: "local" }],
  ["/holdings-types", "holdingsTypes", 5, { source: "local" }],
  ["/identifier-types", "identifierTypes", 30, { source: "local" }],
  ["/ill-policies", "illPolicies", 8, { source: "local" }],
  ["/instance-formats", "instanceFormats", 57, { code: "zz", source: "local" }],
  ["/instance-note-types", "instanceNoteTypes", 53, { source: "local" }],
  ["/instance-relationship-types", "instanceRelationshipTypes", 3, {}],
  ["/instance-statuses", "instanceStatuses", 6, { code: "zz", source: "local" }],
  ["/instance-types", "instanceTypes", 25, { code: "zz", source: "local" }],
  ["/item-damaged-statuses", "itemDamageStatuses", 2, { source: "local" }],
  ["/item-note-types", "itemNoteTypes", 7, { source: "local" }],
  ["/loan-types", "loantypes", 4, {}],
  ["/material-types", "mtypes", 8, { source: "local" }],
  ["/modes-of-issuance", "issuanceModes", 5, {}],
  ["/nature-of-content-terms", "natureOfContentTerms", 21, { source: "local" }],
  ["/statistical-code-types", "statisticalCodeTypes", 4, { source: "local" }],
  ["/statistical-codes", "statisticalCodes", 28, { code: "zz", source: "local", statisticalCodeTypeId: "" }],
];

describe.each(tables)("%s", (path, list, shipped, fields) => {
  it("has what everybody has, and takes, gives, changes and deletes a row", async () => {
    expect((await ask(`GET ${path}?limit=0&totalRecords=exact`)).body).toEqual({
      [list]: [],
      totalRecords: shipped,
    });
    const codeType = "statisticalCodeTypeId" in fields && {
      statisticalCodeTypeId: await anyOf("/statistical-code-types"),
    };
    const row = { name: "A new one", ...fields, ...codeType };
    const created = await ask(`POST ${path}`, row);
    expect(created).toMatchObject({ status: 201, body: row });
    const { id } = created.body as { id: string };
    expect(created.location).toBe(`${path}/${id}`);

    expect(await ask(`POST ${path}`, { ...row, id: randomUUID() })).toMatchObject({
      status: 422,
      body: saying("already exists in table"),
    });
    expect(await ask(`POST ${path}`, { ...row, name: undefined })).toMatchObject({
      status: 422,
      body: saying("name must not be null"),
    });
    expect((await ask(`PUT ${path}/${id}`, { ...row, id, name: "Renamed" })).status).toBe(204);
    expect((await ask(`GET ${path}?query=name=="renamed"`)).body).toMatchObject({
      [list]: [{ id, name: "Renamed" }],
      totalRecords: 1,
    });
    expect((await ask(`GET ${path}?query=name=`)).status).toBe(400);
    expect((await ask(`DELETE ${path}/${id}`)).status).toBe(204);
    for (const gone of [`GET ${path}/${id}`, `DELETE ${path}/${id}`])
      expect((await ask(gone)).status).toBe(404);
    expect((await ask(`PUT ${path}/${id}`, row)).status).toBe(404);
  });
});

it("what the system keeps for itself is neither changed nor deleted", async () => {
  const dewey = "/call-number-types/03dd64d0-5626-4ecd-8ece-4531e0069f35";
  const row = (await ask(`GET ${dewey}`)).body;
  expect(row).toMatchObject({ source: "system" });
  expect(await ask(`PUT ${dewey}`, row)).toMatchObject({
    status: 400,
    body: saying("System call number type couldn't be updated"),
  });
  expect(await ask(`DELETE ${dewey}`)).toMatchObject({
    status: 400,
    body: saying("System call number type couldn't be deleted"),
  });
  const folio = "/holdings-sources/f32d531e-df79-46b3-8932-cdd35f7a2264";
  expect(await ask(`DELETE ${folio}`)).toMatchObject({
    status: 400,
    body: saying("source of folio can not be deleted"),
  });
});

async function anyOf(path: string): Promise<string> {
  const answer = (await ask(`GET ${path}?limit=1`)).body as {
    statisticalCodeTypes: readonly { id: string }[];
  };
  return answer.statisticalCodeTypes[0]?.id ?? "";
}
