import { randomUUID } from "node:crypto";
import { moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inventoryStorage } from "../inventory-storage.ts";

/** Facts of LocationUnitTest, LocationsTest and ShelfLocationsTest of mod-inventory-storage 27.1.5. */

let running: ModuleOfTenant;
beforeAll(async () => {
  running = await moduleOfTenant(inventoryStorage);
});
afterAll(() => running.close());

const ask = (request: string, body?: unknown) => running.ask(request, body);
const saying = (message: string) => ({ errors: [{ message: expect.stringContaining(message) as string }] });
type Row = Readonly<Record<string, unknown>> & { readonly id: string };

async function created(path: string, row: object): Promise<Row> {
  const answer = await ask(`POST ${path}`, row);
  expect([path, answer.status, answer.body]).toEqual([path, 201, expect.anything()]);
  return answer.body as Row;
}

const unit = (kind: string): string => `/location-units/${kind}`;
const named = () => ({ name: `N ${randomUUID()}`, code: randomUUID() });

/** The units that the one of this kind lies in, made anew. */
const within: Readonly<Record<string, () => Promise<object>>> = {
  institutions: async () => ({}),
  campuses: async () => ({ institutionId: (await made("institutions")).id }),
  libraries: async () => ({ campusId: (await made("campuses")).id }),
};

async function made(kind: string, fields: object = {}): Promise<Row> {
  return created(unit(kind), { ...named(), ...(await within[kind]?.()), ...fields });
}

describe.each([
  ["institutions", "locinsts"],
  ["campuses", "loccamps"],
  ["libraries", "loclibs"],
])("%s", (kind, list) => {
  const path = unit(kind);

  it("are created, with who did it", async () => {
    const row = await made(kind);
    expect(row).toMatchObject({ metadata: { createdByUserId: expect.any(String) as string } });
    expect(await ask(`GET ${path}/${row.id}`)).toMatchObject({ status: 200, body: row });
  });

  it.each([
    ["without a name", { name: undefined }, "name must not be null"],
    ["without a code", { code: undefined }, "code must not be null"],
    ["with what nobody knows", { colour: "red" }, "colour"],
  ])("%s are refused", async (_how, fields, message) => {
    const row = { ...named(), ...(await within[kind]?.()), ...fields };
    expect(await ask(`POST ${path}`, row)).toMatchObject({ status: 422, body: saying(message) });
  });

  it.each(["id", "name"])("with the %s of another one are refused", async (field) => {
    const row = await made(kind);
    const second = { ...named(), ...(await within[kind]?.()), [field]: row[field] };
    expect(await ask(`POST ${path}`, second)).toMatchObject({
      status: 422,
      body: saying(`${field} value already exists in table`),
    });
  });

  it("with the code of another one are taken", async () => {
    const { code } = await made(kind);
    expect((await made(kind, { code }))["code"]).toBe(code);
  });

  it.each(["name", "code"])("are found by their %s, whatever its capitals", async (field) => {
    const row = await made(kind);
    await made(kind);
    const query = encodeURIComponent(`${field}=="${String(row[field]).toUpperCase()}"`);
    expect((await ask(`GET ${path}?query=${query}`)).body).toEqual({ [list]: [row], totalRecords: 1 });
  });

  it("are renamed, and keep their id", async () => {
    const { metadata: _metadata, ...row } = await made(kind);
    const { name } = named();
    expect((await ask(`PUT ${path}/${row.id}`, { ...row, name })).status).toBe(204);
    expect((await ask(`GET ${path}/${row.id}`)).body).toMatchObject({ ...row, name });
    expect((await ask(`PUT ${path}/${row.id}`, { ...row, id: randomUUID() })).status).toBe(400);
  });

  it("are deleted, and then are not there", async () => {
    const { id, metadata: _metadata, ...row } = await made(kind);
    expect((await ask(`DELETE ${path}/${id}`)).status).toBe(204);
    for (const again of ["GET", "DELETE"]) expect((await ask(`${again} ${path}/${id}`)).status).toBe(404);
    expect((await ask(`PUT ${path}/${id}`, { id, ...row })).status).toBe(404);
  });

  it("are not found by a query that is none", async () => {
    expect((await ask(`GET ${path}?query=(((`)).status).toBe(400);
  });
});

describe("a unit that another lies in", () => {
  it.each([
    ["campuses", "institutionId"],
    ["libraries", "campusId"],
  ])("is named by %s, and must be there", async (kind, field) => {
    expect(await ask(`POST ${unit(kind)}`, named())).toMatchObject({
      status: 422,
      body: saying(`${field} must not be null`),
    });
    const nowhere = { ...named(), [field]: randomUUID() };
    expect(await ask(`POST ${unit(kind)}`, nowhere)).toMatchObject({
      status: 422,
      body: saying("does not exist in"),
    });
  });

  it.each([
    ["institutions", "campuses", "institutionId"],
    ["campuses", "libraries", "campusId"],
  ])("of %s is not deleted", async (kind, inner, field) => {
    const { [field]: outer } = await made(inner);
    expect(await ask(`DELETE ${unit(kind)}/${String(outer)}`)).toMatchObject({
      status: 400,
      body: saying("is still referenced from table"),
    });
  });
});

describe("locations", () => {
  const path = "/locations";

  let units: object;
  beforeAll(async () => {
    const institutionId = (await made("institutions")).id;
    const campusId = (await created(unit("campuses"), { ...named(), institutionId })).id;
    const libraryId = (await created(unit("libraries"), { ...named(), campusId })).id;
    units = { institutionId, campusId, libraryId };
  });

  function location(fields: object = {}): Record<string, unknown> {
    const primaryServicePoint = randomUUID();
    return { ...named(), ...units, primaryServicePoint, servicePointIds: [primaryServicePoint], ...fields };
  }

  it("are created, active unless told, with details that only the library knows", async () => {
    const row = location({ details: { note: "upstairs", shelves: 4 } });
    expect(await created(path, row)).toMatchObject({ ...row, isActive: true });
    expect(await created(path, location({ isActive: false }))).toMatchObject({ isActive: false });
  });

  it.each([
    ["without a name", { name: undefined }, "name must not be null"],
    ["without a code", { code: undefined }, "code must not be null"],
    ["without an institution", { institutionId: undefined }, "institutionId must not be null"],
    ["without a campus", { campusId: undefined }, "campusId must not be null"],
    ["without a library", { libraryId: undefined }, "libraryId must not be null"],
    [
      "without a main service point",
      { primaryServicePoint: undefined },
      "primaryServicePoint must not be null",
    ],
    [
      "in an institution that is not there",
      { institutionId: randomUUID() },
      "does not exist in locinstitution.id",
    ],
    ["at a campus that is not there", { campusId: randomUUID() }, "does not exist in loccampus.id"],
    ["in a library that is not there", { libraryId: randomUUID() }, "does not exist in loclibrary.id"],
    ["without service points", { servicePointIds: [] }, "must have at least one Service Point assigned"],
    ["whose service points are not told", { servicePointIds: undefined }, "at least one Service Point"],
    [
      "whose main one is another",
      { primaryServicePoint: randomUUID() },
      "must be included as a Service Point",
    ],
  ])("%s are refused", async (_how, fields, message) => {
    const row = location(fields);
    expect(await ask(`POST ${path}`, row)).toMatchObject({ status: 422, body: saying(message) });
    const { id } = await created(path, location());
    expect(await ask(`PUT ${path}/${id}`, { ...row, id })).toMatchObject({
      status: 422,
      body: saying(message),
    });
  });

  it("with a service point twice are refused", async () => {
    const point = randomUUID();
    const row = location({ primaryServicePoint: point, servicePointIds: [point, point] });
    expect(await ask(`POST ${path}`, row)).toMatchObject({
      status: 422,
      body: saying("A Service Point can only appear once on a Location."),
    });
  });

  it.each(["id", "name", "code"])("with the %s of another one are refused", async (field) => {
    const first = await created(path, location());
    const second = location({ [field]: first[field] });
    expect(await ask(`POST ${path}`, second)).toMatchObject({
      status: 422,
      body: saying(`${field} value already exists in table location`),
    });
  });

  it("keep their id", async () => {
    const row = location();
    const { id } = await created(path, row);
    for (const other of [randomUUID(), undefined]) {
      expect(await ask(`PUT ${path}/${id}`, { ...row, id: other })).toMatchObject({
        status: 422,
        body: saying("Illegal operation: id cannot be changed"),
      });
    }
    expect((await ask(`PUT ${path}/${id}`, { ...row, id, name: `Annex ${id}` })).status).toBe(204);
    expect((await ask(`GET ${path}/${id}`)).body).toMatchObject({ id, name: `Annex ${id}` });
  });

  it("that are not there are not replaced, given or deleted", async () => {
    const id = randomUUID();
    const row = location({ id });
    expect((await ask(`PUT ${path}/${id}`, row)).status).toBe(404);
    for (const method of ["GET", "DELETE"]) expect((await ask(`${method} ${path}/${id}`)).status).toBe(404);
  });

  it("take back what was shown with them, and do not keep it", async () => {
    const shown = {
      institution: {},
      campus: {},
      library: {},
      primaryServicePointObject: {},
      servicePoints: [],
    };
    const row = await created(path, location(shown));
    expect(Object.keys(row).filter((field) => field in shown)).toEqual([]);
  });

  it.each(["primaryServicePoint", "code", "name"])("are found by their %s", async (field) => {
    const row = await created(path, location());
    await created(path, location());
    const query = encodeURIComponent(`${field}=="${String(row[field])}"`);
    expect((await ask(`GET ${path}?query=${query}`)).body).toEqual({ locations: [row], totalRecords: 1 });
  });

  it("keep their institution, campus and library", async () => {
    const row = await created(path, location({ libraryId: (await made("libraries")).id }));
    for (const [kind, field] of [
      ["institutions", "institutionId"],
      ["campuses", "campusId"],
      ["libraries", "libraryId"],
    ] as const) {
      expect((await ask(`DELETE ${unit(kind)}/${String(row[field])}`)).status).toBe(400);
    }
    expect((await ask(`DELETE ${path}/${row.id}`)).status).toBe(204);
    expect((await ask(`DELETE ${unit("libraries")}/${String(row["libraryId"])}`)).status).toBe(204);
  });

  it("are read as shelf locations, by id and name, and not written", async () => {
    const { id, name } = await created(path, location());
    const query = encodeURIComponent(`id==${id}`);
    expect((await ask(`GET /shelf-locations/${id}`)).body).toEqual({ id, name });
    expect((await ask(`GET /shelf-locations?query=${query}`)).body).toEqual({
      shelflocations: [{ id, name }],
      totalRecords: 1,
    });
    expect((await ask(`GET /shelf-locations/${randomUUID()}`)).status).toBe(404);
    for (const [request, body] of [
      ["POST /shelf-locations", { name: "New" }],
      [`PUT /shelf-locations/${id}`, { id, name: "New" }],
      [`DELETE /shelf-locations/${id}`, undefined],
    ] as const) {
      expect(await ask(request, body)).toMatchObject({
        status: 501,
        body: saying("Writing shelf-locations is deprecated"),
      });
    }
  });
});
