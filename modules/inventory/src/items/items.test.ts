import type { Created } from "@octavo/inventory-storage/testing/library";
import { askingUserId } from "@octavo/testing/module-of-tenant";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inventory } from "../inventory.ts";
import { fewAtOnce } from "../storage/few-at-once.ts";
import { type InventoryOfLibrary, inventoryOfLibrary } from "../testing/inventory-of-library.ts";
import { itemStatuses, markings } from "./item-status.ts";

// Cases from mod-inventory's ItemApiExamples, ItemApiTitleExamples, MarkItem...ApiTests and BoundWithTests.

const NOBODY = "00000000-0000-4000-8000-00000000dead";
let library: InventoryOfLibrary;
let instance: Created;
let holding: Created;
/** What an item must have. */
let needed: Readonly<Record<string, unknown>>;
let mainLocation: object;
let annexLocation: object;

beforeAll(async () => {
  library = await inventoryOfLibrary(inventory);
  const { storage } = library;
  instance = await storage.instance({
    title: "Long Way to a Small Angry Planet",
    contributors: [{ name: "Chambers, Becky", contributorNameTypeId: await nameType() }],
  });
  holding = await storage.holdings(instance.id, { callNumber: "R1.H1" });
  const first = await storage.item(holding.id);
  needed = {
    holdingsRecordId: holding.id,
    status: { name: "Available" },
    materialType: { id: first["materialTypeId"] },
    permanentLoanType: { id: first["permanentLoanTypeId"] },
  };
  mainLocation = { id: storage.main, name: "Main" };
  annexLocation = { id: storage.annex, name: "Annex" };
}, 60_000);
afterAll(() => library.close());
beforeEach(() => {
  library.calls.length = 0;
  library.instead.clear();
  library.instead.set("GET /request-storage/requests", nobodyProvides);
});

const nobodyProvides = { status: 404, body: "No suitable module found for path" };
const nameType = async (): Promise<string> =>
  (await library.storage.created("/contributor-name-types", { name: "Personal name", ordering: "1" })).id;

let barcodes = 0;
const barcode = (): string => `bc-${barcodes++}`;
const created = async (fields: object = {}): Promise<Created> => {
  const answer = await library.ask("POST /inventory/items", { ...needed, ...fields });
  expect(answer).toMatchObject({ status: 201 });
  return answer.body as Created; // as: it was created
};
const read = async (id: string): Promise<Created> =>
  (await library.ask(`GET /inventory/items/${id}`)).body as Created; // as: it is there
const refused = (message: string, key?: string, value?: string) => ({
  errors: [{ message, ...(key !== undefined && { parameters: [{ key, value }] }) }],
});

describe("an item", () => {
  it("is composed of what it refers to", async () => {
    const code = barcode();
    const lastCheckIn = {
      servicePointId: "7c5abc9f-f3d7-4856-b8d7-6712462ca007",
      staffMemberId: "12115707-d7c8-54e7-8287-22e97f7250a4",
      dateTime: "2020-01-02T13:02:46.000Z",
    };
    const { id } = await created({
      barcode: code,
      permanentLocation: { id: library.storage.main },
      temporaryLocation: { id: library.storage.annex },
      temporaryLoanType: needed["permanentLoanType"],
      itemLevelCallNumber: "R11.A38",
      itemLevelCallNumberPrefix: "PREFIX",
      itemLevelCallNumberSuffix: "SUFFIX",
      tags: { tagList: ["test-tag"] },
      administrativeNotes: ["this is a note"],
      copyNumber: "cp",
      lastCheckIn,
    });
    expect(await read(id)).toMatchObject({
      title: "Long Way to a Small Angry Planet",
      callNumber: "R1.H1",
      contributorNames: [{ name: "Chambers, Becky" }],
      barcode: code,
      status: { name: "Available", date: expect.any(String) as string },
      hrid: expect.any(String) as string,
      materialType: { name: "book" },
      permanentLoanType: { name: "Can circulate" },
      temporaryLoanType: { name: "Can circulate" },
      permanentLocation: mainLocation,
      temporaryLocation: annexLocation,
      effectiveLocation: annexLocation,
      effectiveCallNumberComponents: { callNumber: "R11.A38", prefix: "PREFIX", suffix: "SUFFIX" },
      effectiveShelvingOrder: expect.any(String) as string,
      tags: { tagList: ["test-tag"] },
      administrativeNotes: ["this is a note"],
      copyNumber: "cp",
      lastCheckIn,
      isBoundWith: false,
      metadata: { createdByUserId: askingUserId },
    });
  });

  it("has the lists that nobody gave it, and nothing of what there is not", async () => {
    const composed = await read((await created()).id);
    expect(composed).toMatchObject({
      formerIds: [],
      notes: [],
      circulationNotes: [],
      tags: { tagList: [] },
      yearCaption: [],
      electronicAccess: [],
      statisticalCodeIds: [],
      administrativeNotes: [],
    });
    for (const field of [
      "barcode",
      "temporaryLoanType",
      "permanentLocation",
      "lastCheckIn",
      "boundWithTitles",
    ]) {
      expect(composed).not.toHaveProperty(field);
    }
  });

  it("is composed whatever the case of the ids that it came with", async () => {
    const { storage } = library;
    const upper = { permanentLocationId: storage.main.toUpperCase() };
    const { id } = await storage.item(holding.id.toUpperCase(), upper);
    expect(await read(id)).toMatchObject({ title: instance["title"], permanentLocation: { name: "Main" } });
    const shouted = { ...needed, holdingsRecordId: holding.id.toUpperCase() };
    const answer = await library.ask("POST /inventory/items", shouted);
    expect(answer).toMatchObject({ status: 201, body: { title: instance["title"] } });
    const other = (await storage.holdings(instance.id.toUpperCase())).id.toUpperCase();
    const part = { itemId: id.toUpperCase(), holdingsRecordId: other };
    await storage.created("/inventory-storage/bound-with-parts", part);
    const item = await read(id);
    expect(item).toMatchObject({ isBoundWith: true });
    expect(item["boundWithTitles"]).toMatchObject([{ briefInstance: { title: instance["title"] } }]);
  });

  it("keeps the id and hrid that it came with", async () => {
    const id = crypto.randomUUID();
    expect(await created({ id, hrid: `it-${id}` })).toMatchObject({ id, hrid: `it-${id}` });
  });

  it("keeps no title of its own", async () => {
    const { id } = await created({ title: "Another title", contributorNames: [{ name: "Nobody" }] });
    expect(await library.storage.get(`/item-storage/items/${id}`)).not.toHaveProperty("title");
    expect(await read(id)).toMatchObject({ title: "Long Way to a Small Angry Planet" });
  });

  it("has no title where there is no instance or no holdings record any more", async () => {
    const { id } = await created();
    library.instead.set("GET /instance-storage/instances", {
      status: 200,
      body: { instances: [], totalRecords: 0 },
    });
    expect(await read(id)).toMatchObject({ id, callNumber: "R1.H1", contributorNames: [] });
    library.instead.set("GET /holdings-storage/holdings", {
      status: 200,
      body: { holdingsRecords: [], totalRecords: 0 },
    });
    expect(await read(id)).not.toHaveProperty("title");
    expect(await read(id)).not.toHaveProperty("callNumber");
  });

  it.each([
    ["no status", { status: undefined }, "Status is a required field", "status", "null"],
    ["no status name", { status: {} }, "Status is a required field", "status", "null"],
    ["null for a status", { status: null }, "Status is a required field", "status", "null"],
    [
      "a status that there is not",
      { status: { name: "Unrecognized name" } },
      "Undefined status specified",
      "status.name",
      "Unrecognized name",
    ],
  ])("is refused with %s", async (_what, fields, message, key, value) => {
    const answer = await library.ask("POST /inventory/items", { ...needed, ...fields });
    expect(answer).toMatchObject({ status: 422, body: refused(message, key, value) });
    const { id } = await created();
    const replaced = await library.ask(`PUT /inventory/items/${id}`, { ...(await read(id)), ...fields });
    expect(replaced).toMatchObject({ status: 422, body: refused(message, key, value) });
  });

  it.each(["materialType", "permanentLoanType", "holdingsRecordId"])(
    "is refused without %s",
    async (field) => {
      expect(await library.ask("POST /inventory/items", { ...needed, [field]: undefined })).toMatchObject({
        status: 422,
      });
    },
  );

  it.each([...itemStatuses])("may be %s", async (name) => {
    expect(await created({ status: { name } })).toMatchObject({ status: { name } });
  });

  it("is not there: 404", async () => {
    for (const request of [
      `GET /inventory/items/${NOBODY}`,
      `PUT /inventory/items/${NOBODY}`,
      `DELETE /inventory/items/${NOBODY}`,
      ...markings.map(({ name }) => `POST /inventory/items/${NOBODY}/${name}`),
    ]) {
      const body = request.startsWith("PUT") ? needed : undefined;
      const { status } = await library.ask(request, body);
      expect({ request, status }).toEqual({ request, status: 404 });
    }
  });
});

describe("an item that is replaced", () => {
  it("keeps what its client sent, as it saw it", async () => {
    const before = await created({ barcode: barcode(), copyNumber: "cp" });
    const changed = {
      ...before,
      status: { name: "Checked out" },
      copyNumber: "updatedCp",
      tags: { tagList: [""] },
      temporaryLocation: { id: library.storage.annex },
    };
    expect(await library.ask(`PUT /inventory/items/${before.id}`, changed)).toMatchObject({ status: 204 });
    expect(await read(before.id)).toMatchObject({
      status: { name: "Checked out", date: expect.any(String) as string },
      copyNumber: "updatedCp",
      tags: { tagList: [""] },
      effectiveLocation: annexLocation,
      barcode: before["barcode"],
      _version: Number(before["_version"]) + 1,
    });
  });

  it("takes the version as a text, as mod-inventory gives it", async () => {
    const before = await created();
    const sent = { ...before, _version: String(before["_version"]) };
    expect(await library.ask(`PUT /inventory/items/${before.id}`, sent)).toMatchObject({ status: 204 });
  });

  it("is refused where somebody else was faster", async () => {
    const before = await created();
    expect(await library.ask(`PUT /inventory/items/${before.id}`, before)).toMatchObject({ status: 204 });
    expect(await library.ask(`PUT /inventory/items/${before.id}`, before)).toMatchObject({ status: 409 });
  });

  it.each([
    ["another hrid", { hrid: "updatedHrid" }, "HRID can not be updated", "hrid", "updatedHrid"],
    ["no hrid", { hrid: undefined }, "HRID can not be updated", "hrid", "null"],
  ])("is refused with %s, and stays as it was", async (_what, fields, message, key, value) => {
    const before = await created({ barcode: barcode() });
    const sent = { ...before, barcode: barcode(), ...fields };
    expect(await library.ask(`PUT /inventory/items/${before.id}`, sent)).toMatchObject({
      status: 422,
      body: refused(message, key, value),
    });
    expect(await read(before.id)).toEqual(before);
  });

  it("goes from claimed returned to available, not to missing", async () => {
    const before = await created({ status: { name: "Claimed returned" } });
    const put = (name: string) =>
      library.ask(`PUT /inventory/items/${before.id}`, { ...before, status: { name } });
    expect(await put("Missing")).toMatchObject({
      status: 422,
      body: refused("Claimed returned item cannot be marked as missing", "status.name", "Missing"),
    });
    expect(await put("Available")).toMatchObject({ status: 204 });
  });

  it("keeps barcodes apart", async () => {
    const [taken, other] = [await created({ barcode: barcode() }), await created({ barcode: barcode() })];
    const message = `Barcode must be unique, ${String(taken["barcode"])} is already assigned to another item`;
    const again = { ...needed, barcode: taken["barcode"] };
    expect(await library.ask("POST /inventory/items", again)).toMatchObject({
      status: 400,
      body: refused(message),
    });
    const put = (sent: object) => library.ask(`PUT /inventory/items/${other.id}`, sent);
    expect(await put({ ...other, barcode: taken["barcode"] })).toMatchObject({
      status: 400,
      body: refused(message),
    });
    const renamed = { ...other, barcode: barcode() };
    expect(await put(renamed)).toMatchObject({ status: 204 });
    const { barcode: _removed, ...without } = await read(other.id);
    expect(await put(without)).toMatchObject({ status: 204 });
    expect(await read(other.id)).not.toHaveProperty("barcode");
  });

  it("keeps barcodes apart where two come at once", async () => {
    const sent = { ...needed, barcode: barcode() };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => library.ask("POST /inventory/items", sent)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.every(({ status }) => [201, 400, 422].includes(status))).toBe(true);
  });
});

describe("circulation notes", () => {
  const note = {
    noteType: "Check in",
    note: "Please read this note before checking in the item",
    staffOnly: false,
  };
  const user = {
    id: askingUserId,
    username: "john",
    personal: { lastName: "Smith", firstName: "John", email: "a@b" },
  };
  const asked = `GET /users/${askingUserId}`;

  it("are signed by whoever writes them, with the time", async () => {
    library.instead.set(asked, { status: 200, body: user });
    const { id } = await created({ circulationNotes: [note] });
    const signed = {
      ...note,
      id: expect.any(String) as string,
      source: { id: askingUserId, personal: { lastName: "Smith", firstName: "John" } },
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/u) as string,
    };
    expect((await read(id))["circulationNotes"]).toEqual([signed]);
  });

  it("are not signed where nobody provides users", async () => {
    library.instead.set(asked, nobodyProvides);
    const { circulationNotes } = (await created({ circulationNotes: [note] })) as unknown as {
      circulationNotes: object[]; // as: it has them
    };
    expect(circulationNotes).toEqual([
      { ...note, id: expect.any(String) as string, date: expect.any(String) as string },
    ]);
  });

  it("are signed anew when they are changed, and only then", async () => {
    library.instead.set(asked, nobodyProvides);
    const before = await created({ circulationNotes: [note, { ...note, noteType: "Check out" }] });
    const [kept, changed] = before["circulationNotes"] as [{ date: string }, { date: string }]; // as: it has two
    library.instead.set(asked, { status: 200, body: user });
    const put = (circulationNotes: object[], version: unknown) =>
      library.ask(`PUT /inventory/items/${before.id}`, { ...before, _version: version, circulationNotes });
    library.calls.length = 0;
    expect(await put([kept, changed], before["_version"])).toMatchObject({ status: 204 });
    expect(library.calls).not.toContain(asked);
    const version = (await read(before.id))["_version"];
    expect(await put([kept, { ...changed, note: "Look inside" }], version)).toMatchObject({ status: 204 });
    expect((await read(before.id))["circulationNotes"]).toEqual([
      kept,
      expect.objectContaining({
        note: "Look inside",
        source: { id: askingUserId, personal: { lastName: "Smith", firstName: "John" } },
      }) as object,
    ]);
  });
});

describe("a list of items", () => {
  it.each(["limit=&offset=", "limit=ten", "offset=-1", "limit=99999999999"])(
    "%s: numbers are wanted",
    async (query) => {
      expect(await library.ask(`GET /inventory/items?${query}`)).toMatchObject({
        status: 400,
        body: refused("limit and offset must be numeric when supplied"),
      });
    },
  );

  it("has a page, by any query that storage takes", async () => {
    const other = await library.storage.holdings(instance.id, { permanentLocationId: library.storage.annex });
    for (let n = 0; n < 5; n++) await library.storage.item(other.id, { barcode: barcode() });
    const query = `query=holdingsRecordId==${other.id} sortby barcode`;
    const page = async (more: string) =>
      (await library.ask(`GET /inventory/items?${query}&${more}`)).body as {
        items: { barcode: string }[]; // as: it answers so
        totalRecords: number;
      };
    const [first, second] = [await page("limit=3"), await page("limit=3&offset=3")];
    expect([first.items.length, first.totalRecords, second.items.length]).toEqual([3, 5, 2]);
    const all = [...first.items, ...second.items];
    expect(all.map((item) => item.barcode)).toEqual(all.map((item) => item.barcode).toSorted());
    expect(all).toEqual(
      all.map(() => expect.objectContaining({ effectiveLocation: annexLocation }) as object),
    );
    const located = await library.ask(
      `GET /inventory/items?query=effectiveLocationId==${library.storage.annex}`,
    );
    expect(located).toMatchObject({ status: 200, body: { totalRecords: expect.any(Number) as number } });
  });

  it("takes as many calls for fifty items as for one", async () => {
    const made = await library.storage.instance();
    await fewAtOnce(Array.from({ length: 50 }), 4, async () => {
      const { id } = await library.storage.holdings(made.id);
      await library.storage.item(id, { permanentLocationId: library.storage.main });
    });
    const countOf = async (query: string): Promise<readonly string[]> => {
      library.calls.length = 0;
      expect(await library.ask(`GET /inventory/items?${query}`)).toMatchObject({ status: 200 });
      return library.calls.toSorted();
    };
    const fifty = await countOf(`query=instance.id==${made.id}&limit=50`);
    expect(fifty).toEqual([
      "GET /holdings-storage/holdings",
      "GET /instance-storage/instances",
      "GET /inventory-storage/bound-with-parts",
      "GET /item-storage/items",
      "GET /loan-types",
      "GET /locations",
      "GET /material-types",
    ]);
    expect(await countOf(`query=instance.id==${made.id}&limit=1`)).toEqual(fifty);
    expect(await countOf(`query=barcode==${NOBODY}`)).toEqual(["GET /item-storage/items"]);
  });

  it.each(["barcode==(", "nosuchindex==1", "hrid==it sortby nosuchindex"])(
    "%s: as storage answers",
    async (query) => {
      const straight = await library.storage.ask(`GET /item-storage/items?query=${query}`);
      expect((await library.ask(`GET /inventory/items?query=${query}`)).status).toBe(straight.status);
    },
  );

  it("may be all there are, as long as that is no more than a page", async () => {
    const all = await library.ask("GET /inventory/items?limit=2147483647");
    expect(all).toMatchObject({ status: 200 });
    const { items, totalRecords } = all.body as { items: readonly Created[]; totalRecords: number }; // as: it answers so
    expect(items).toHaveLength(totalRecords);
    const many = Array.from({ length: 10_001 }, () => ({
      id: NOBODY,
      holdingsRecordId: NOBODY,
      status: { name: "Available" },
    }));
    library.instead.set("GET /item-storage/items", {
      status: 200,
      body: { items: many, totalRecords: 1_000_000 },
    });
    expect(await library.ask("GET /inventory/items?limit=2147483647")).toMatchObject({
      status: 400,
      body: refused("A page has 10000 records at most; ask for them one after another, with offset"),
    });
  });

  it("is not given in part", async () => {
    library.instead.set("GET /locations", { status: 500, body: "down" });
    expect(await library.ask("GET /inventory/items")).toMatchObject({ status: 503 });
    library.instead.set("GET /locations", { status: 403, body: "no" });
    expect(await library.ask("GET /inventory/items")).toMatchObject({ status: 403 });
  });
});

describe("deleting", () => {
  it("takes one item, or those of a query, and no query is refused", async () => {
    const [one, two] = [await created(), await created()];
    expect(await library.ask(`DELETE /inventory/items/${one.id}`)).toMatchObject({ status: 204 });
    expect(await library.ask("DELETE /inventory/items")).toMatchObject({
      status: 400,
      body: refused("query parameter is required"),
    });
    expect(await library.ask(`DELETE /inventory/items?query=id==${two.id}`)).toMatchObject({ status: 204 });
    for (const { id } of [one, two]) {
      expect(await library.ask(`GET /inventory/items/${id}`)).toMatchObject({ status: 404 });
    }
  });
});

describe("marking", () => {
  const far = [
    "Aged to lost",
    "Checked out",
    "Claimed returned",
    "Declared lost",
    "On order",
    "Order closed",
  ];
  /** What mod-inventory lets nobody mark so; from every other state it goes. */
  const refusedFrom: Readonly<Record<string, readonly string[]>> = {
    "mark-withdrawn": [...far, "Withdrawn"],
    "mark-in-process": ["In process"],
    "mark-in-process-non-requestable": ["In process", "In process (non-requestable)"],
    "mark-intellectual-item": ["In process", "Intellectual item"],
    "mark-long-missing": ["In process", "Long missing"],
    "mark-missing": [...far, "Lost and paid", "Missing"],
    "mark-restricted": ["In process", "Restricted"],
    "mark-unavailable": ["In process", "Unavailable"],
    "mark-unknown": ["In process", "Unknown"],
  };

  it.each(markings)("$name: from the states that it is done from", ({ name, from }) => {
    const refusing = [...itemStatuses].filter((status) => !from.has(status));
    expect(refusing.toSorted()).toEqual(refusedFrom[name]?.toSorted());
  });

  const cases = markings.flatMap(({ name, target, from }) => [
    ...(refusedFrom[name] ?? []).map((status) => ({ name, target, status, isAllowed: false })),
    ...[...from].slice(0, 2).map((status) => ({ name, target, status, isAllowed: true })),
  ]);
  it.each(cases)("$name: $status, $isAllowed", async ({ name, target, status, isAllowed }) => {
    const { id } = await library.storage.item(holding.id, { status: { name: status } });
    const answer = await library.ask(`POST /inventory/items/${id}/${name}`);
    const marked = { name: target, date: expect.any(String) as string };
    expect(answer).toMatchObject(
      isAllowed
        ? { status: 200, body: { id, status: marked, title: instance["title"] } }
        : {
            status: 422,
            body: refused(`Item is not allowed to be marked as ${target}`, "status.name", status),
          },
    );
    const stored = await library.storage.get(`/item-storage/items/${id}`);
    expect(stored["status"]).toMatchObject({ name: isAllowed ? target : status });
  });

  const hour = 3_600_000;
  it.each([
    ["a request that is on its way", 1, "Open - Not yet filled"],
    ["a request whose time on the shelf is over", -1, null],
    ["a request without an end", null, "Open - Not yet filled"],
  ])("%s", async (_what, hours, status) => {
    const { id } = await created({ status: { name: "Awaiting pickup" } });
    const request = {
      id: crypto.randomUUID(),
      itemId: id,
      status: "Open - Awaiting pickup",
      requestType: "Hold",
      ...(hours !== null && { holdShelfExpirationDate: new Date(Date.now() + hours * hour).toISOString() }),
    };
    library.instead.set("GET /request-storage/requests", { status: 200, body: { requests: [request] } });
    library.instead.set(`PUT /request-storage/requests/${request.id}`, { status: 204, body: null });
    expect(await library.ask(`POST /inventory/items/${id}/mark-withdrawn`)).toMatchObject({ status: 200 });
    const put = `PUT /request-storage/requests/${request.id}`;
    expect(library.calls.includes(put)).toBe(status !== null);
  });

  it("is done once where many do it at the same time", async () => {
    const { id } = await created();
    const mark = () => library.ask(`POST /inventory/items/${id}/mark-missing`);
    const statuses = (await Promise.all(Array.from({ length: 5 }, mark))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    // Too late by a version, or by the state.
    expect(statuses.every((status) => [200, 409, 422].includes(status))).toBe(true);
    expect(await read(id)).toMatchObject({ status: { name: "Missing" }, _version: 2 });
  });

  it("is not done where requests cannot be asked", async () => {
    const { id } = await created({ status: { name: "Awaiting pickup" } });
    library.instead.set("GET /request-storage/requests", { status: 500, body: "down" });
    expect(await library.ask(`POST /inventory/items/${id}/mark-missing`)).toMatchObject({ status: 503 });
    expect(await read(id)).toMatchObject({ status: { name: "Awaiting pickup" } });
  });
});

describe("bound-withs", () => {
  const bind = (itemId: string, holdingsRecordId: string) =>
    library.storage.created("/inventory-storage/bound-with-parts", { itemId, holdingsRecordId });
  const byHoldings = async (query: string) => {
    const answer = await library.ask(`GET /inventory/items-by-holdings-id?query=holdingsRecordId==${query}`);
    expect(answer).toMatchObject({ status: 200 });
    return answer.body as { items: { id: string; isBoundWith: boolean }[]; totalRecords: number }; // as: it answers so
  };

  it("an item has the titles that are bound into it", async () => {
    const { storage } = library;
    const titles = await Promise.all(["One", "Two", "Three"].map((title) => storage.instance({ title })));
    const records = await Promise.all(titles.map(({ id }) => storage.holdings(id)));
    const { id } = await storage.item(records[0]?.id ?? "");
    for (const record of records) await bind(id, record.id);
    const item = await read(id);
    expect(item).toMatchObject({ isBoundWith: true });
    const expected = records.map((record, n) => ({
      briefHoldingsRecord: { id: record.id, hrid: record["hrid"] },
      briefInstance: { id: titles[n]?.id, title: titles[n]?.["title"], hrid: titles[n]?.["hrid"] },
    }));
    expect(item["boundWithTitles"]).toEqual(expect.arrayContaining(expected));
    expect(item["boundWithTitles"]).toHaveLength(3);
    const { body } = await library.ask(`GET /inventory/items?query=id==${id}`);
    expect(body).toMatchObject({ items: [{ id, isBoundWith: true }] });
  });

  it("a holdings record has its own items and those into which it is bound", async () => {
    const { storage } = library;
    const [first, second] = [await storage.holdings(instance.id), await storage.holdings(instance.id)];
    const [bound, plain] = [await storage.item(first.id), await storage.item(second.id)];
    await bind(bound.id, first.id);
    await bind(bound.id, second.id);
    const both = await byHoldings(second.id);
    expect(both.totalRecords).toBe(2);
    expect(both.items.map(({ id, isBoundWith }) => [id, isBoundWith])).toEqual([
      [plain.id, false],
      [bound.id, true],
    ]);
    const pages = [
      await byHoldings(`${second.id}&limit=1`),
      await byHoldings(`${second.id}&limit=1&offset=1`),
    ];
    expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).toEqual([plain.id, bound.id]);
    const only = "&relations=onlyBoundWiths";
    const counts = await Promise.all(
      [
        `${first.id}&offset=0&limit=20000`,
        `${first.id}${only}SkipDirectlyLinkedItem`,
        `${first.id}${only}`,
        `${second.id}${only}SkipDirectlyLinkedItem`,
        `${first.id}&offset=string&limit=string`,
        NOBODY,
      ].map(async (query) => (await byHoldings(query)).totalRecords),
    );
    expect(counts).toEqual([1, 0, 1, 1, 1, 0]);
  });

  it("are read in as many calls, however many there are", async () => {
    const { storage } = library;
    const [own, other] = [await storage.holdings(instance.id), await storage.holdings(instance.id)];
    const countOf = async (page: string): Promise<number> => {
      library.calls.length = 0;
      const { items } = await byHoldings(`${own.id}${page}`);
      expect(items.length).toBeGreaterThan(0);
      return library.calls.length;
    };
    await storage.item(own.id);
    await bind((await storage.item(other.id)).id, own.id);
    const few = await countOf("");
    for (let n = 0; n < 20; n++) await storage.item(own.id);
    for (let n = 0; n < 20; n++) await bind((await storage.item(other.id)).id, own.id);
    expect(await countOf("")).toBe(few);
    expect(await countOf("&limit=5&offset=19")).toBe(few);
  });

  it.each(["", "?query=holdingsRecordId", "?query=barcode==1", "?query=holdingsRecordId==a==b"])(
    "are asked for by a holdings record: %s",
    async (query) => {
      expect(await library.ask(`GET /inventory/items-by-holdings-id${query}`)).toMatchObject({ status: 400 });
    },
  );

  it("know two relations", async () => {
    const query = `query=holdingsRecordId==${NOBODY}&relations=RANDOM`;
    const message =
      "The only valid values of the request parameter 'relations' are: 'onlyBoundWiths' and 'onlyBoundWithsSkipDirectlyLinkedItem'";
    expect(await library.ask(`GET /inventory/items-by-holdings-id?${query}`)).toMatchObject({
      status: 400,
      body: refused(message),
    });
  });
});
