import type { Created } from "@octavo/inventory-storage/testing/library";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inventory } from "../inventory.ts";
import { fewAtOnce } from "../storage/few-at-once.ts";
import { type InventoryOfLibrary, inventoryOfLibrary } from "../testing/inventory-of-library.ts";

// Cases from mod-inventory's InstancesApiExamples, InstanceRelationshipsTest, PrecedingSucceedingTitlesApiExamples and BoundWithTests.

const NOBODY = "00000000-0000-4000-8000-00000000dead";
const ABSENT = { status: 404, body: "No suitable module found for path" };
let library: InventoryOfLibrary;
/** What an instance must have, and a type of identifiers, names and relationships. */
let needed: Readonly<Record<string, unknown>>;
let isbn: string;
let nameType: string;
let series: string;

beforeAll(async () => {
  library = await inventoryOfLibrary(inventory);
  const { storage } = library;
  const first = await storage.instance();
  needed = {
    title: "Long Way to a Small Angry Planet",
    source: "Local",
    instanceTypeId: first["instanceTypeId"],
  };
  isbn = (await storage.created("/identifier-types", { name: "ISBN", source: "folio" })).id;
  nameType = (await storage.created("/contributor-name-types", { name: "Personal name", ordering: "1" })).id;
  series = (await storage.created("/instance-relationship-types", { name: "monographic series" })).id;
}, 60_000);
afterAll(() => library.close());
beforeEach(() => {
  library.calls.length = 0;
  library.instead.clear();
});

type Shown = Created & {
  readonly parentInstances: readonly (Created & { superInstanceId: string })[];
  readonly childInstances: readonly Created[];
  readonly precedingTitles: readonly Created[];
  readonly succeedingTitles: readonly Created[];
};
const post = (fields: object = {}) => library.ask("POST /inventory/instances", { ...needed, ...fields });
const read = async (id: string): Promise<Shown> =>
  (await library.ask(`GET /inventory/instances/${id}`)).body as Shown; // as: it is there
const created = async (fields: object = {}): Promise<Shown> => {
  const answer = await post(fields);
  expect(answer).toMatchObject({ status: 201, body: null });
  return read(answer.location.split("/").at(-1) ?? "");
};
const put = (instance: Shown, fields: object = {}) =>
  library.ask(`PUT /inventory/instances/${instance.id}`, { ...instance, ...fields });
const refused = (message: string, key?: string, value?: string) => ({
  errors: [{ message, ...(key !== undefined && { parameters: [{ key, value }] }) }],
});
const anyText: unknown = expect.any(String);

describe("an instance", () => {
  const fields = () => ({
    identifiers: [{ identifierTypeId: isbn, value: "9781473619777" }],
    contributors: [{ contributorNameTypeId: nameType, name: "Chambers, Becky" }],
    administrativeNotes: ["this is a note"],
    tags: { tagList: ["important"] },
    publicationPeriod: { start: 1000, end: 2000 },
  });

  it("is created without an id and hrid, and found where it says", async () => {
    const { id, ...shown } = await created(fields());
    expect(id).toMatch(/^[\da-f-]{36}$/u);
    expect(shown).toMatchObject({
      ...needed,
      ...fields(),
      hrid: anyText,
      metadata: { createdDate: anyText },
    });
  });

  it("keeps the id and hrid that it came with", async () => {
    const id = crypto.randomUUID();
    expect(await created({ id, hrid: `in-${id}` })).toMatchObject({ id, hrid: `in-${id}` });
  });

  it("has what nobody gave it as empty", async () => {
    expect(await created()).toMatchObject({
      parentInstances: [],
      childInstances: [],
      precedingTitles: [],
      succeedingTitles: [],
      isBoundWith: false,
      alternativeTitles: [],
      subjects: [],
      notes: [],
      tags: { tagList: [] },
      previouslyHeld: false,
      staffSuppress: false,
      discoverySuppress: false,
    });
  });

  it.each([{ title: undefined }, { title: "" }, { title: "  " }, { title: null }])(
    "has a title: %j",
    async (untitled) => {
      const message = "Title must be provided for an instance";
      expect(await post(untitled)).toMatchObject({ status: 400, location: "", body: refused(message) });
    },
  );

  it.each(["source", "instanceTypeId"])("is refused by storage without %s", async (field) => {
    expect(await post({ [field]: undefined })).toMatchObject({ status: 422 });
  });

  it("is replaced by what its client has seen and changed", async () => {
    const before = await created(fields());
    const changed = {
      title: "The Long Way to a Small, Angry Planet",
      tags: { tagList: ["very important"] },
      publicationPeriod: { start: 2000, end: 2012 },
    };
    expect(await put(before, changed)).toMatchObject({ status: 204 });
    expect(await read(before.id)).toMatchObject({
      ...changed,
      identifiers: fields().identifiers,
      _version: Number(before["_version"]) + 1,
    });
  });

  it("is refused where somebody else was faster", async () => {
    const before = await created();
    expect(await put(before, { _version: String(before["_version"]) })).toMatchObject({ status: 204 });
    expect(await put(before)).toMatchObject({ status: 409 });
  });

  it.each([
    ["another hrid", { hrid: "updatedHrid" }, "updatedHrid"],
    ["no hrid", { hrid: undefined }, "null"],
    ["null for an hrid", { hrid: null }, "null"],
  ])("is refused with %s, and stays as it was", async (_what, change, value) => {
    const before = await created();
    expect(await put(before, { title: "updatedTitle", ...change })).toMatchObject({
      status: 422,
      body: refused("HRID can not be updated", "hrid", value),
    });
    expect(await read(before.id)).toEqual(before);
  });

  it.each(["GET /x", "PUT /x", "DELETE /x", "DELETE /x/mark-deleted"])(
    "is not there: %s, 404",
    async (route) => {
      const request = route.replace("/x", `/inventory/instances/${NOBODY}`);
      expect(await library.ask(request, route.startsWith("PUT") ? needed : undefined)).toMatchObject({
        status: 404,
      });
    },
  );

  it.each([
    ["POST", 422, 422],
    ["POST", 400, 400],
    ["POST", 500, 503],
    ["PUT", 422, 422],
    ["PUT", 409, 409],
    ["PUT", 500, 503],
  ])("%s that storage answers with %i: %i, in its words", async (method, answered, status) => {
    const before = await created();
    const message = "A note has exceeded the 32000 character limit.";
    const path = method === "POST" ? "" : `/${before.id}`;
    library.instead.set(`${method} /instance-storage/instances${path}`, {
      status: answered,
      body: refused(message),
    });
    const answer = method === "POST" ? await post() : await put(before);
    expect(answer).toMatchObject({ status, ...(status < 500 && { body: refused(message) }) });
  });
});

describe("an instance from MARC", () => {
  const marc = () =>
    created({
      source: "MARC",
      contributors: [{ contributorNameTypeId: nameType, name: "Stevenson, Robert Louis" }],
      notes: [{ note: "A note", staffOnly: false }],
      sourceRecordFormat: "test-format-0",
      precedingTitles: [
        {
          title: "Chilton's automotive industries",
          identifiers: [{ identifierTypeId: isbn, value: "0273-656X" }],
        },
      ],
    });
  const blocked =
    "Instance is controlled by MARC record, these fields are blocked and can not be updated: hrid,source,";

  it.each([
    ["nothing", {}, 204],
    ["a field that is not blocked", { sourceRecordFormat: "test-format-1" }, 204],
    ["a tag", { tags: { tagList: ["test"] } }, 204],
    ["null for an empty list", { subjects: null, series: null }, 204],
    ["the title", { title: "Treasure Island" }, 422],
    ["the source", { source: "FOLIO" }, 422],
    ["the hrid", { hrid: "other" }, 422],
    ["notes to none", { notes: null }, 422],
    ["contributors to none", { contributors: [] }, 422],
    ["languages", { languages: ["eng"] }, 422],
    ["its former title", { precedingTitles: [] }, 422],
  ])("changed: %s, %i", async (_what, change, status) => {
    const before = await marc();
    const answer = await put(before, change);
    const isKept = JSON.stringify(await read(before.id)) === JSON.stringify(before);
    const isTold = JSON.stringify(answer.body).includes(blocked);
    const isRefused = status === 422;
    expect({ status: answer.status, isTold, isKept }).toEqual({
      status,
      isTold: isRefused,
      isKept: isRefused,
    });
  });

  it("keeps titles as it shows them, ids with null for no instance", async () => {
    const before = await marc();
    const precedingTitles = before.precedingTitles.map((title) => ({ ...title, precedingInstanceId: null }));
    expect(await put(before, { precedingTitles, tags: { tagList: ["test"] } })).toMatchObject({
      status: 204,
    });
    expect((await read(before.id)).precedingTitles).toEqual(before.precedingTitles);
  });

  it.each([
    ["nobody keeps it", ABSENT],
    ["it is kept", { status: 200, body: {} }],
    ["it cannot be told", { status: 500, body: "down" }],
  ])("tells its record that it is hidden: %s", async (_what, answer) => {
    const before = await marc();
    const suppress = `PUT /source-storage/records/${before.id}/suppress-from-discovery`;
    library.instead.set(suppress, answer);
    expect(await put(before, { discoverySuppress: true })).toMatchObject({ status: 204 });
    expect(library.calls).toContain(suppress);
    expect(await read(before.id)).toMatchObject({ discoverySuppress: true });
  });

  it.each([
    ["with its record", "MARC", { status: 204, body: null }],
    ["where there is no record", "MARC", { status: 404, body: "no" }],
    ["where nobody keeps records", "MARC", ABSENT],
    ["without one", "Local", null],
  ])("is marked as deleted %s", async (_what, source, answer) => {
    const { id } = source === "MARC" ? await marc() : await created();
    const deleted = `DELETE /source-storage/records/${id}`;
    if (answer !== null) library.instead.set(deleted, answer);
    expect(await library.ask(`DELETE /inventory/instances/${id}/mark-deleted`)).toMatchObject({
      status: 204,
    });
    expect(await read(id)).toMatchObject({ staffSuppress: true, discoverySuppress: true });
    expect(library.calls.includes(deleted)).toBe(answer !== null);
  });
});

describe("parents and children", () => {
  const parentOf = (superInstanceId: string, type = series) => ({
    superInstanceId,
    instanceRelationshipTypeId: type,
  });

  it("are seen from both sides", async () => {
    const parent = await created();
    const id = crypto.randomUUID();
    const child = await created({ parentInstances: [{ id, ...parentOf(parent.id) }] });
    const relation = { id, instanceRelationshipTypeId: series };
    expect(child.parentInstances).toEqual([{ ...relation, superInstanceId: parent.id }]);
    expect((await read(parent.id)).childInstances).toEqual([{ ...relation, subInstanceId: child.id }]);
  });

  it("are as many as there are", async () => {
    const parent = await created();
    for (let n = 0; n < 11; n++) await created({ parentInstances: [parentOf(parent.id)] });
    expect((await read(parent.id)).childInstances).toHaveLength(11);
    expect((await read(parent.id)).parentInstances).toEqual([]);
  });

  it("are added, replaced and taken away with the instance, and what stays is not written", async () => {
    const [one, two, child] = [await created(), await created(), await created()];
    const instance = await created({ parentInstances: [parentOf(one.id)] });
    const childInstances = [{ subInstanceId: child.id, instanceRelationshipTypeId: series }];
    library.calls.length = 0;
    expect(await put(instance, { childInstances })).toMatchObject({ status: 204 });
    const writes = () => library.calls.filter((call) => !call.startsWith("GET"));
    const instancePut = `PUT /instance-storage/instances/${instance.id}`;
    expect(writes()).toEqual([instancePut, "POST /instance-storage/instance-relationships"]);
    const both = await read(instance.id);
    expect([both.parentInstances.length, both.childInstances.length]).toEqual([1, 1]);

    const parentId = both.parentInstances[0]?.id ?? "";
    const parentInstances = [{ id: parentId, ...parentOf(two.id) }];
    library.calls.length = 0;
    expect(await put(both, { parentInstances, childInstances: [] })).toMatchObject({ status: 204 });
    expect(writes()).toHaveLength(3);
    const changed = await read(instance.id);
    expect(changed).toMatchObject({
      parentInstances: [{ id: parentId, superInstanceId: two.id }],
      childInstances: [],
    });

    library.calls.length = 0;
    expect(await put(changed)).toMatchObject({ status: 204 });
    expect(writes()).toEqual([instancePut]);
  });

  it.each([
    ["parentInstances", "superInstanceId", "Super instance does not exist"],
    ["childInstances", "subInstanceId", "Sub instance does not exist"],
    ["precedingTitles", "precedingInstanceId", "Preceding instance does not exist"],
    ["succeedingTitles", "succeedingInstanceId", "Succeeding instance does not exist"],
  ])("%s: of an instance that there is not, nothing is written", async (list, field, message) => {
    const relation = { [list]: [{ [field]: NOBODY, instanceRelationshipTypeId: series }] };
    const body = refused(message, field, NOBODY);
    const id = crypto.randomUUID();
    expect(await post({ id, ...relation })).toMatchObject({ status: 422, body });
    expect(await library.ask(`GET /inventory/instances/${id}`)).toMatchObject({ status: 404 });
    const before = await created();
    expect(await put(before, { title: "Another", ...relation })).toMatchObject({ status: 422, body });
    expect(await read(before.id)).toEqual(before);
  });

  it("of a type that there is not leave no instance behind", async () => {
    const [parent, other] = [await created(), await created()];
    const id = crypto.randomUUID();
    const parentInstances = [parentOf(other.id), parentOf(parent.id, NOBODY)];
    expect(await post({ id, parentInstances })).toMatchObject({ status: 422 });
    expect(await library.ask(`GET /inventory/instances/${id}`)).toMatchObject({ status: 404 });
    expect((await read(other.id)).childInstances).toEqual([]);
  });

  it.each(["PUT", "DELETE"])("are not left out silently where storage refuses a %s", async (method) => {
    const parent = await created();
    const instance = await created({ parentInstances: [parentOf(parent.id)] });
    const other = await created();
    const relationId = instance.parentInstances[0]?.id ?? "";
    library.instead.set(`${method} /instance-storage/instance-relationships/${relationId}`, {
      status: 422,
      body: refused("Not now"),
    });
    const parentInstances = method === "PUT" ? [{ id: relationId, ...parentOf(other.id) }] : [];
    expect(await put(instance, { parentInstances })).toMatchObject({ status: 422, body: refused("Not now") });
  });
});

describe.each([
  ["precedingTitles", "precedingInstanceId", "succeedingTitles", "preceding"],
  ["succeedingTitles", "succeedingInstanceId", "precedingTitles", "succeeding"],
] as const)("%s", (list, field, mirrored, which) => {
  const title = () => ({
    title: "A web primer",
    hrid: "inst000000000022",
    identifiers: [{ identifierTypeId: isbn, value: "0262012103" }],
  });

  it("may be titles that the library has no instance of", async () => {
    const shown = await created({ [list]: [title()] });
    expect(shown[list]).toEqual([{ ...title(), id: anyText }]);
    const changed = [{ ...shown[list][0], title: "Another primer" }];
    expect(await put(shown, { [list]: changed })).toMatchObject({ status: 204 });
    const after = await read(shown.id);
    expect(after[list]).toMatchObject([{ id: shown[list][0]?.id, title: "Another primer" }]);
    expect(await put(after, { [list]: [] })).toMatchObject({ status: 204 });
    expect((await read(shown.id))[list]).toEqual([]);
  });

  it("may be instances, whose title they have, seen from both sides", async () => {
    const other = await created({
      title: "Nod",
      identifiers: [{ identifierTypeId: isbn, value: "9781473619777" }],
    });
    const shown = await created({ [list]: [{ [field]: other.id }] });
    const described = { id: anyText, title: "Nod", hrid: other["hrid"], identifiers: other["identifiers"] };
    expect(shown[list]).toEqual([{ ...described, [field]: other.id }]);
    expect((await read(other.id))[mirrored]).toMatchObject([{ title: needed["title"], hrid: shown["hrid"] }]);
    library.calls.length = 0;
    expect(await put(shown)).toMatchObject({ status: 204 });
    expect(library.calls.filter((call) => !call.startsWith("GET"))).toHaveLength(1);
  });

  it.each([{}, { title: "" }, { title: null, hrid: "in1" }, { id: NOBODY, precedingInstanceId: null }])(
    "need a title or an instance: %j",
    async (untitled) => {
      const message = `Title is required for unconnected ${which} title`;
      const body = refused(message, `${list}.title`, "null");
      expect(await post({ [list]: [untitled] })).toMatchObject({ status: 422, body });
      expect(await put(await created(), { [list]: [untitled] })).toMatchObject({ status: 422, body });
    },
  );
});

describe("a list of instances", () => {
  it.each(["limit=&offset=", "limit=1.5"])("%s: numbers are wanted", async (query) => {
    expect(await library.ask(`GET /inventory/instances?${query}`)).toMatchObject({
      status: 400,
      body: refused("limit and offset must be numeric when supplied"),
    });
  });

  it("has a page, by any query that storage takes", async () => {
    for (let n = 0; n < 5; n++) await created({ title: `Uprooted ${n}` });
    const query = "query=title=Uprooted sortby title";
    const ask = async (more: string) => (await library.ask(`GET /inventory/instances?${query}&${more}`)).body;
    const [first, second] = [await ask("limit=3"), await ask("limit=3&offset=3")];
    const titled = (...numbers: number[]) => numbers.map((n) => ({ title: `Uprooted ${n}` }));
    expect(first).toMatchObject({ instances: titled(0, 1, 2), totalRecords: 5 });
    expect(second).toMatchObject({ instances: titled(3, 4), totalRecords: 5 });
    expect(await library.ask("GET /inventory/instances?query=title==(")).toMatchObject({ status: 400 });
  });

  it("takes as many calls for fifty instances as for one, however they are related", async () => {
    const { storage } = library;
    const parent = await storage.instance();
    const titles = Array.from({ length: 50 }, (_, n) => n);
    await fewAtOnce(titles, 4, async (n) => {
      const { id } = await storage.instance({ title: `Bounded ${n}` });
      const relation = {
        superInstanceId: parent.id,
        subInstanceId: id,
        instanceRelationshipTypeId: series,
      };
      await storage.created("/instance-storage/instance-relationships", relation);
      await storage.created("/preceding-succeeding-titles", {
        precedingInstanceId: parent.id,
        succeedingInstanceId: id,
      });
      await storage.item((await storage.holdings(id)).id);
    });
    const countOf = async (limit: number) => {
      library.calls.length = 0;
      const answer = await library.ask(`GET /inventory/instances?query=title=Bounded&limit=${limit}`);
      const { instances } = answer.body as { instances: readonly Shown[] }; // as: it answers so
      expect(instances).toHaveLength(limit);
      for (const each of instances) {
        expect(each.parentInstances).toMatchObject([{ superInstanceId: parent.id }]);
        expect(each.precedingTitles).toMatchObject([{ precedingInstanceId: parent.id, title: "A title" }]);
      }
      return library.calls.toSorted();
    };
    const one = await countOf(1);
    expect(one).toHaveLength(10);
    expect(await countOf(50)).toEqual(one);
  });

  it.each([
    "/instance-storage/instance-relationships",
    "/preceding-succeeding-titles",
    "/holdings-storage/holdings",
  ])("is not given in part: %s", async (path) => {
    library.instead.set(`GET ${path}`, { status: 500, body: { message: "Server error" } });
    expect(await library.ask("GET /inventory/instances?limit=4")).toMatchObject({ status: 503 });
  });

  it("says which are bound, whichever end of it they are", async () => {
    const { storage } = library;
    const titles = await Promise.all(["1", "2", "3"].map((n) => storage.instance({ title: `Bound ${n}` })));
    const records = await Promise.all(titles.map(({ id }) => storage.holdings(id)));
    const items = await Promise.all(records.map(({ id }) => storage.item(id)));
    await storage.created("/inventory-storage/bound-with-parts", {
      itemId: items[0]?.id,
      holdingsRecordId: records[1]?.id,
    });
    const { body } = await library.ask("GET /inventory/instances?query=title=Bound sortby title");
    expect(body).toMatchObject({
      instances: [{ isBoundWith: true }, { isBoundWith: true }, { isBoundWith: false }],
    });
    const single = await Promise.all(titles.map(async ({ id }) => (await read(id))["isBoundWith"]));
    expect(single).toEqual([true, true, false]);
  });
});

describe("deleting", () => {
  it("takes one instance, or those of a query, and no query is refused", async () => {
    const [one, two] = [await created(), await created()];
    expect(await library.ask(`DELETE /inventory/instances/${one.id}`)).toMatchObject({ status: 204 });
    expect(await library.ask("DELETE /inventory/instances")).toMatchObject({
      status: 400,
      body: refused("query parameter is required"),
    });
    expect(await library.ask(`DELETE /inventory/instances?query=id==${two.id}`)).toMatchObject({
      status: 204,
    });
    for (const { id } of [one, two]) {
      expect(await library.ask(`GET /inventory/instances/${id}`)).toMatchObject({ status: 404 });
    }
  });

  it("is refused for an instance with holdings records", async () => {
    const { id } = await created();
    await library.storage.holdings(id);
    const { status } = await library.ask(`DELETE /inventory/instances/${id}`);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(await read(id)).toMatchObject({ id });
  });
});
