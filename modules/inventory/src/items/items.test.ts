import type { Created } from "@octavo/inventory-storage/testing/library";
import { askingUserId } from "@octavo/testing/module-of-tenant";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fewAtOnce } from "../storage/few-at-once.ts";
import { type ItemShelf, itemShelf, nobodyProvides, refused } from "../testing/item-shelf.ts";
import { itemStatuses, markings } from "./item-status.ts";

// Cases from mod-inventory's ItemApiExamples and ItemApiTitleExamples.

const NOBODY = "00000000-0000-4000-8000-00000000dead";
let shelf: ItemShelf;
let mainLocation: object;
let annexLocation: object;
beforeAll(async () => {
  shelf = await itemShelf();
  const { storage } = shelf.library;
  mainLocation = { id: storage.main, name: "Main" };
  annexLocation = { id: storage.annex, name: "Annex" };
}, 60_000);
afterAll(() => shelf.library.close());
beforeEach(() => shelf.begin());

let barcodes = 0;
const barcode = (): string => `bc-${barcodes++}`;

describe("an item", () => {
  it("is composed of what it refers to", async () => {
    const code = barcode();
    const lastCheckIn = {
      servicePointId: "7c5abc9f-f3d7-4856-b8d7-6712462ca007",
      staffMemberId: "12115707-d7c8-54e7-8287-22e97f7250a4",
      dateTime: "2020-01-02T13:02:46.000Z",
    };
    const { id } = await shelf.created({
      barcode: code,
      permanentLocation: { id: shelf.library.storage.main },
      temporaryLocation: { id: shelf.library.storage.annex },
      temporaryLoanType: shelf.needed["permanentLoanType"],
      itemLevelCallNumber: "R11.A38",
      itemLevelCallNumberPrefix: "PREFIX",
      itemLevelCallNumberSuffix: "SUFFIX",
      tags: { tagList: ["test-tag"] },
      administrativeNotes: ["this is a note"],
      copyNumber: "cp",
      lastCheckIn,
    });
    expect(await shelf.read(id)).toMatchObject({
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
    const composed = await shelf.read((await shelf.created()).id);
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
    const { storage } = shelf.library;
    const upper = { permanentLocationId: storage.main.toUpperCase() };
    const { id } = await storage.item(shelf.holding.id.toUpperCase(), upper);
    expect(await shelf.read(id)).toMatchObject({
      title: shelf.instance["title"],
      permanentLocation: { name: "Main" },
    });
    const shouted = { ...shelf.needed, holdingsRecordId: shelf.holding.id.toUpperCase() };
    const answer = await shelf.library.ask("POST /inventory/items", shouted);
    expect(answer).toMatchObject({ status: 201, body: { title: shelf.instance["title"] } });
    const other = (await storage.holdings(shelf.instance.id.toUpperCase())).id.toUpperCase();
    const part = { itemId: id.toUpperCase(), holdingsRecordId: other };
    await storage.created("/inventory-storage/bound-with-parts", part);
    const item = await shelf.read(id);
    expect(item).toMatchObject({ isBoundWith: true });
    expect(item["boundWithTitles"]).toMatchObject([{ briefInstance: { title: shelf.instance["title"] } }]);
  });

  it("keeps the id and hrid that it came with", async () => {
    const id = crypto.randomUUID();
    expect(await shelf.created({ id, hrid: `it-${id}` })).toMatchObject({ id, hrid: `it-${id}` });
  });

  it("keeps no title of its own", async () => {
    const { id } = await shelf.created({ title: "Another title", contributorNames: [{ name: "Nobody" }] });
    expect(await shelf.library.storage.get(`/item-storage/items/${id}`)).not.toHaveProperty("title");
    expect(await shelf.read(id)).toMatchObject({ title: "Long Way to a Small Angry Planet" });
  });

  it("has no title where there is no instance or no holdings record any more", async () => {
    const { id } = await shelf.created();
    shelf.library.instead.set("GET /instance-storage/instances", {
      status: 200,
      body: { instances: [], totalRecords: 0 },
    });
    expect(await shelf.read(id)).toMatchObject({ id, callNumber: "R1.H1", contributorNames: [] });
    shelf.library.instead.set("GET /holdings-storage/holdings", {
      status: 200,
      body: { holdingsRecords: [], totalRecords: 0 },
    });
    expect(await shelf.read(id)).not.toHaveProperty("title");
    expect(await shelf.read(id)).not.toHaveProperty("callNumber");
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
    const answer = await shelf.library.ask("POST /inventory/items", { ...shelf.needed, ...fields });
    expect(answer).toMatchObject({ status: 422, body: refused(message, key, value) });
    const { id } = await shelf.created();
    const replaced = await shelf.library.ask(`PUT /inventory/items/${id}`, {
      ...(await shelf.read(id)),
      ...fields,
    });
    expect(replaced).toMatchObject({ status: 422, body: refused(message, key, value) });
  });

  it.each(["materialType", "permanentLoanType", "holdingsRecordId"])(
    "is refused without %s",
    async (field) => {
      expect(
        await shelf.library.ask("POST /inventory/items", { ...shelf.needed, [field]: undefined }),
      ).toMatchObject({
        status: 422,
      });
    },
  );

  it.each([...itemStatuses])("may be %s", async (name) => {
    expect(await shelf.created({ status: { name } })).toMatchObject({ status: { name } });
  });

  it("is not there: 404", async () => {
    for (const request of [
      `GET /inventory/items/${NOBODY}`,
      `PUT /inventory/items/${NOBODY}`,
      `DELETE /inventory/items/${NOBODY}`,
      ...markings.map(({ name }) => `POST /inventory/items/${NOBODY}/${name}`),
    ]) {
      const body = request.startsWith("PUT") ? shelf.needed : undefined;
      const { status } = await shelf.library.ask(request, body);
      expect({ request, status }).toEqual({ request, status: 404 });
    }
  });
});

describe("an item that is replaced", () => {
  it("keeps what its client sent, as it saw it", async () => {
    const before = await shelf.created({ barcode: barcode(), copyNumber: "cp" });
    const changed = {
      ...before,
      status: { name: "Checked out" },
      copyNumber: "updatedCp",
      tags: { tagList: [""] },
      temporaryLocation: { id: shelf.library.storage.annex },
    };
    expect(await shelf.library.ask(`PUT /inventory/items/${before.id}`, changed)).toMatchObject({
      status: 204,
    });
    expect(await shelf.read(before.id)).toMatchObject({
      status: { name: "Checked out", date: expect.any(String) as string },
      copyNumber: "updatedCp",
      tags: { tagList: [""] },
      effectiveLocation: annexLocation,
      barcode: before["barcode"],
      _version: Number(before["_version"]) + 1,
    });
  });

  it("takes the version as a text, as mod-inventory gives it", async () => {
    const before = await shelf.created();
    const sent = { ...before, _version: String(before["_version"]) };
    expect(await shelf.library.ask(`PUT /inventory/items/${before.id}`, sent)).toMatchObject({ status: 204 });
  });

  it("is refused where somebody else was faster", async () => {
    const before = await shelf.created();
    expect(await shelf.library.ask(`PUT /inventory/items/${before.id}`, before)).toMatchObject({
      status: 204,
    });
    expect(await shelf.library.ask(`PUT /inventory/items/${before.id}`, before)).toMatchObject({
      status: 409,
    });
  });

  it.each([
    ["another hrid", { hrid: "updatedHrid" }, "HRID can not be updated", "hrid", "updatedHrid"],
    ["no hrid", { hrid: undefined }, "HRID can not be updated", "hrid", "null"],
  ])("is refused with %s, and stays as it was", async (_what, fields, message, key, value) => {
    const before = await shelf.created({ barcode: barcode() });
    const sent = { ...before, barcode: barcode(), ...fields };
    expect(await shelf.library.ask(`PUT /inventory/items/${before.id}`, sent)).toMatchObject({
      status: 422,
      body: refused(message, key, value),
    });
    expect(await shelf.read(before.id)).toEqual(before);
  });

  it("goes from claimed returned to available, not to missing", async () => {
    const before = await shelf.created({ status: { name: "Claimed returned" } });
    const put = (name: string) =>
      shelf.library.ask(`PUT /inventory/items/${before.id}`, { ...before, status: { name } });
    expect(await put("Missing")).toMatchObject({
      status: 422,
      body: refused("Claimed returned item cannot be marked as missing", "status.name", "Missing"),
    });
    expect(await put("Available")).toMatchObject({ status: 204 });
  });

  it("keeps barcodes apart", async () => {
    const [taken, other] = [
      await shelf.created({ barcode: barcode() }),
      await shelf.created({ barcode: barcode() }),
    ];
    const message = `Barcode must be unique, ${String(taken["barcode"])} is already assigned to another item`;
    const again = { ...shelf.needed, barcode: taken["barcode"] };
    expect(await shelf.library.ask("POST /inventory/items", again)).toMatchObject({
      status: 400,
      body: refused(message),
    });
    const put = (sent: object) => shelf.library.ask(`PUT /inventory/items/${other.id}`, sent);
    expect(await put({ ...other, barcode: taken["barcode"] })).toMatchObject({
      status: 400,
      body: refused(message),
    });
    const renamed = { ...other, barcode: barcode() };
    expect(await put(renamed)).toMatchObject({ status: 204 });
    const { barcode: _removed, ...without } = await shelf.read(other.id);
    expect(await put(without)).toMatchObject({ status: 204 });
    expect(await shelf.read(other.id)).not.toHaveProperty("barcode");
  });

  it("keeps barcodes apart where two come at once", async () => {
    const sent = { ...shelf.needed, barcode: barcode() };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => shelf.library.ask("POST /inventory/items", sent)),
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
    shelf.library.instead.set(asked, { status: 200, body: user });
    const { id } = await shelf.created({ circulationNotes: [note] });
    const signed = {
      ...note,
      id: expect.any(String) as string,
      source: { id: askingUserId, personal: { lastName: "Smith", firstName: "John" } },
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/u) as string,
    };
    expect((await shelf.read(id))["circulationNotes"]).toEqual([signed]);
  });

  it("are not signed where nobody provides users", async () => {
    shelf.library.instead.set(asked, nobodyProvides);
    const { circulationNotes } = (await shelf.created({ circulationNotes: [note] })) as unknown as {
      circulationNotes: object[]; // as: it has them
    };
    expect(circulationNotes).toEqual([
      { ...note, id: expect.any(String) as string, date: expect.any(String) as string },
    ]);
  });

  it("are signed anew when they are changed, and only then", async () => {
    shelf.library.instead.set(asked, nobodyProvides);
    const before = await shelf.created({ circulationNotes: [note, { ...note, noteType: "Check out" }] });
    const [kept, changed] = before["circulationNotes"] as [{ date: string }, { date: string }]; // as: it has two
    shelf.library.instead.set(asked, { status: 200, body: user });
    const put = (circulationNotes: object[], version: unknown) =>
      shelf.library.ask(`PUT /inventory/items/${before.id}`, {
        ...before,
        _version: version,
        circulationNotes,
      });
    shelf.library.calls.length = 0;
    expect(await put([kept, changed], before["_version"])).toMatchObject({ status: 204 });
    expect(shelf.library.calls).not.toContain(asked);
    const version = (await shelf.read(before.id))["_version"];
    expect(await put([kept, { ...changed, note: "Look inside" }], version)).toMatchObject({ status: 204 });
    expect((await shelf.read(before.id))["circulationNotes"]).toEqual([
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
      expect(await shelf.library.ask(`GET /inventory/items?${query}`)).toMatchObject({
        status: 400,
        body: refused("limit and offset must be numeric when supplied"),
      });
    },
  );

  it("has a page, by any query that storage takes", async () => {
    const other = await shelf.library.storage.holdings(shelf.instance.id, {
      permanentLocationId: shelf.library.storage.annex,
    });
    for (let n = 0; n < 5; n++) await shelf.library.storage.item(other.id, { barcode: barcode() });
    const query = `query=holdingsRecordId==${other.id} sortby barcode`;
    const page = async (more: string) =>
      (await shelf.library.ask(`GET /inventory/items?${query}&${more}`)).body as {
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
    const located = await shelf.library.ask(
      `GET /inventory/items?query=effectiveLocationId==${shelf.library.storage.annex}`,
    );
    expect(located).toMatchObject({ status: 200, body: { totalRecords: expect.any(Number) as number } });
  });

  it("takes as many calls for fifty items as for one", async () => {
    const made = await shelf.library.storage.instance();
    await fewAtOnce(Array.from({ length: 50 }), 4, async () => {
      const { id } = await shelf.library.storage.holdings(made.id);
      await shelf.library.storage.item(id, { permanentLocationId: shelf.library.storage.main });
    });
    const countOf = async (query: string): Promise<readonly string[]> => {
      shelf.library.calls.length = 0;
      expect(await shelf.library.ask(`GET /inventory/items?${query}`)).toMatchObject({ status: 200 });
      return shelf.library.calls.toSorted();
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
      const straight = await shelf.library.storage.ask(`GET /item-storage/items?query=${query}`);
      expect((await shelf.library.ask(`GET /inventory/items?query=${query}`)).status).toBe(straight.status);
    },
  );

  it("may be all there are, as long as that is no more than a page", async () => {
    const all = await shelf.library.ask("GET /inventory/items?limit=2147483647");
    expect(all).toMatchObject({ status: 200 });
    const { items, totalRecords } = all.body as { items: readonly Created[]; totalRecords: number }; // as: it answers so
    expect(items).toHaveLength(totalRecords);
    const many = Array.from({ length: 10_001 }, () => ({
      id: NOBODY,
      holdingsRecordId: NOBODY,
      status: { name: "Available" },
    }));
    shelf.library.instead.set("GET /item-storage/items", {
      status: 200,
      body: { items: many, totalRecords: 1_000_000 },
    });
    expect(await shelf.library.ask("GET /inventory/items?limit=2147483647")).toMatchObject({
      status: 400,
      body: refused("A page has 10000 records at most; ask for them one after another, with offset"),
    });
  });

  it("is not given in part", async () => {
    shelf.library.instead.set("GET /locations", { status: 500, body: "down" });
    expect(await shelf.library.ask("GET /inventory/items")).toMatchObject({ status: 503 });
    shelf.library.instead.set("GET /locations", { status: 403, body: "no" });
    expect(await shelf.library.ask("GET /inventory/items")).toMatchObject({ status: 403 });
  });
});

describe("deleting", () => {
  it("takes one item, or those of a query, and no query is refused", async () => {
    const [one, two] = [await shelf.created(), await shelf.created()];
    expect(await shelf.library.ask(`DELETE /inventory/items/${one.id}`)).toMatchObject({ status: 204 });
    expect(await shelf.library.ask("DELETE /inventory/items")).toMatchObject({
      status: 400,
      body: refused("query parameter is required"),
    });
    expect(await shelf.library.ask(`DELETE /inventory/items?query=id==${two.id}`)).toMatchObject({
      status: 204,
    });
    for (const { id } of [one, two]) {
      expect(await shelf.library.ask(`GET /inventory/items/${id}`)).toMatchObject({ status: 404 });
    }
  });
});
