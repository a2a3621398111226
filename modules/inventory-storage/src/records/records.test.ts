import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Created, library, type Library } from "../testing/library.ts";

let at: Library;
beforeAll(async () => {
  at = await library();
});
afterAll(() => at.close());

const instances = "/instance-storage/instances";
const holdings = "/holdings-storage/holdings";
const items = "/item-storage/items";
const saying = (message: string) => ({ errors: [{ message: expect.stringContaining(message) as string }] });
const copyOf = async (): Promise<{ instance: Created; holding: Created; item: Created }> => {
  const instance = await at.instance();
  const holding = await at.holdings(instance.id, { callNumber: "PN2 .A6" });
  return { instance, holding, item: await at.item(holding.id) };
};

describe("a record", () => {
  it("gets a human readable id that nobody may change", async () => {
    const { instance, holding, item } = await copyOf();
    expect([instance["hrid"], holding["hrid"], item["hrid"]]).toEqual([
      expect.stringMatching(/^in\d{11}$/u),
      expect.stringMatching(/^ho\d{11}$/u),
      expect.stringMatching(/^it\d{11}$/u),
    ]);
    for (const [path, record] of [
      [instances, instance],
      [holdings, holding],
      [items, item],
    ] as const) {
      const changed = await at.ask(`PUT ${path}/${record.id}`, { ...record, hrid: "other" });
      expect(changed).toMatchObject({
        status: 400,
        body: saying("The hrid field cannot be changed: new=other"),
      });
    }
  });

  it("keeps the human readable id that it brings, once", async () => {
    await at.instance({ hrid: "in-mine" });
    const instance = await at.instance();
    const again = await at.ask(`POST ${instances}`, { ...instance, id: randomUUID(), hrid: "in-mine" });
    expect(again).toMatchObject({
      status: 422,
      body: saying("hrid value already exists in table instance: in-mine"),
    });
  });

  it("that somebody else has changed is not overwritten", async () => {
    const { instance, holding, item } = await copyOf();
    for (const [path, record] of [
      [instances, instance],
      [holdings, holding],
      [items, item],
    ] as const) {
      expect((await at.ask(`PUT ${path}/${record.id}`, record)).status).toBe(204);
      expect(await at.ask(`PUT ${path}/${record.id}`, record)).toMatchObject({
        status: 409,
        body: saying("it has been changed (optimistic locking)"),
      });
    }
  });

  it("that is in use is not deleted", async () => {
    const { instance, holding } = await copyOf();
    expect(await at.ask(`DELETE ${instances}/${instance.id}`)).toMatchObject({
      status: 400,
      body: saying("is still referenced from table holdings_record"),
    });
    expect(await at.ask(`DELETE ${holdings}/${holding.id}`)).toMatchObject({
      status: 400,
      body: saying("is still referenced from table item"),
    });
  });

  it.each([
    ["GET", 404],
    ["PUT", 404],
    ["DELETE", 404],
  ])("that is not there: %s is %s", async (method, status) => {
    const body = method === "PUT" ? { ...(await at.instance()), id: randomUUID() } : undefined;
    expect((await at.ask(`${method} ${instances}/${randomUUID()}`, body)).status).toBe(status);
  });

  it.each([
    ["administrativeNotes", { administrativeNotes: ["x".repeat(32_001)] }],
    ["notes", { notes: [{ note: "x".repeat(32_001), staffOnly: false }] }],
  ])("with too long %s is refused", async (field, fields) => {
    const { instance } = await copyOf();
    const answer = await at.ask(`PUT ${instances}/${instance.id}`, { ...instance, ...fields });
    expect(answer).toMatchObject({
      status: 422,
      body: {
        errors: [
          { message: "A note has exceeded the 32,000 character limit.", parameters: [{ key: field }] },
        ],
      },
    });
  });

  it("with a statistical code that is not there is refused", async () => {
    const code = randomUUID();
    const { item } = await copyOf();
    const answer = await at.ask(`PUT ${items}/${item.id}`, { ...item, statisticalCodeIds: [code] });
    expect(answer).toMatchObject({ status: 422, body: saying(`statistical code doesn't exist: ${code}`) });
  });
});

describe("an instance", () => {
  it("has a publication period and the date of its status", async () => {
    const instance = await at.instance({ publication: [{ dateOfPublication: "2001- 2003" }] });
    expect(instance).toMatchObject({
      publicationPeriod: { start: 2001, end: 2003 },
      statusUpdatedDate: expect.stringMatching(/^\d{4}-.*\+00:00$/u) as string,
      discoverySuppress: false,
    });
    const publication = [{ dateOfPublication: "1984" }];
    await at.ask(`PUT ${instances}/${instance.id}`, { ...instance, publication });
    expect((await at.get(`${instances}/${instance.id}`))["publicationPeriod"]).toEqual({ start: 1984 });
  });

  it("keeps nothing of what its clients were shown besides", async () => {
    const instance = await at.instance({ holdingsRecords2: [{ id: "x" }], instanceFormats: [{}] });
    expect(instance).not.toHaveProperty("holdingsRecords2");
    expect(instance).not.toHaveProperty("instanceFormats");
  });

  it("takes its source record with it", async () => {
    const { id } = await at.instance();
    const marc = { leader: "01016cam a22002657", fields: [{ "001": "1" }, { "245": {} }] };
    const path = `${instances}/${id}/source-record`;
    expect((await at.ask(`PUT ${path}/marc-json`, marc)).status).toBe(204);
    expect((await at.ask(`GET ${path}/marc-json`)).body).toEqual({ ...marc, id });
    expect((await at.ask(`DELETE ${path}`)).status).toBe(204);
    expect((await at.ask(`DELETE ${path}/marc-json`)).status).toBe(404);
    expect((await at.ask(`PUT ${path}/marc-json`, marc)).status).toBe(204);
    expect((await at.ask(`DELETE ${instances}/${id}`)).status).toBe(204);
    expect((await at.ask(`GET ${path}/marc-json`)).status).toBe(404);
    expect((await at.ask(`PUT ${path}/marc-json`, marc)).status).toBe(404);
  });
});

describe("an item", () => {
  it("stands where its holdings record stands, and moves with it", async () => {
    const { holding, item } = await copyOf();
    expect(item).toMatchObject({
      effectiveLocationId: at.main,
      effectiveCallNumberComponents: { callNumber: "PN2 .A6" },
      effectiveShelvingOrder: "PN2 .A6",
    });
    const changed = { ...holding, temporaryLocationId: at.annex, callNumber: "X 1", callNumberPrefix: "Q" };
    expect((await at.ask(`PUT ${holdings}/${holding.id}`, changed)).status).toBe(204);
    expect((await at.get(`${holdings}/${holding.id}`))["effectiveLocationId"]).toBe(at.annex);
    expect(await at.get(`${items}/${item.id}`)).toMatchObject({
      effectiveLocationId: at.annex,
      effectiveCallNumberComponents: { callNumber: "X 1", prefix: "Q" },
      effectiveShelvingOrder: "X 1",
      _version: 2,
    });
  });

  it("that moves to another holdings record takes over what that one says", async () => {
    const { instance, item } = await copyOf();
    const other = await at.holdings(instance.id, { permanentLocationId: at.annex });
    const moved = { ...item, holdingsRecordId: other.id };
    expect((await at.ask(`PUT ${items}/${item.id}`, moved)).status).toBe(204);
    const now = await at.get(`${items}/${item.id}`);
    expect(now).toMatchObject({ effectiveLocationId: at.annex, effectiveCallNumberComponents: {} });
    expect(now).not.toHaveProperty("effectiveShelvingOrder");
  });

  it("of a holdings record that is not there is refused", async () => {
    const { item } = await copyOf();
    const answer = await at.ask(`POST ${items}`, {
      ...item,
      id: randomUUID(),
      holdingsRecordId: randomUUID(),
    });
    expect(answer).toMatchObject({ status: 422, body: saying("Holdings record does not exist") });
  });

  it("has the date of its last change of status, whatever a client says", async () => {
    const { item } = await copyOf();
    const { date } = item["status"] as { date: string };
    const said = { name: "Available", date: "1999-01-01T00:00:00.000+00:00" };
    await at.ask(`PUT ${items}/${item.id}`, { ...item, status: said });
    const same = await at.get(`${items}/${item.id}`);
    expect(same["status"]).toEqual({ name: "Available", date });
    await at.ask(`PUT ${items}/${item.id}`, { ...same, status: { ...said, name: "Missing" } });
    const missing = (await at.get(`${items}/${item.id}`))["status"] as { date: string };
    expect(missing.date > date).toBe(true);
  });

  it("in a state that circulation does not know is refused", async () => {
    const { item } = await copyOf();
    const answer = await at.ask(`PUT ${items}/${item.id}`, { ...item, status: { name: "Lent" } });
    expect(answer).toMatchObject({
      status: 422,
      body: { errors: [{ parameters: [{ key: "status.name" }] }] },
    });
  });

  it("with a barcode that another one has is refused", async () => {
    const { holding } = await copyOf();
    await at.item(holding.id, { barcode: "B-1" });
    const item = await at.item(holding.id);
    const answer = await at.ask(`PUT ${items}/${item.id}`, { ...item, barcode: "b-1" });
    expect(answer).toMatchObject({ status: 422, body: saying("barcode value already exists in table item") });
  });
});

describe("search", () => {
  it("goes from each kind of record to the others", async () => {
    const title = `Searched ${randomUUID()}`;
    const instance = await at.instance({ title });
    const holding = await at.holdings(instance.id, { callNumber: "S 1" });
    const item = await at.item(holding.id, { barcode: `S-${randomUUID()}` });
    for (const [path, list, query, id] of [
      [instances, "instances", `item.barcode=="${String(item["barcode"])}"`, instance.id],
      [instances, "instances", `title=="${title}" and holdingsRecords.callNumber=="S 1"`, instance.id],
      [holdings, "holdingsRecords", `instance.title=="${title}"`, holding.id],
      [holdings, "holdingsRecords", `item.barcode=="${String(item["barcode"])}"`, holding.id],
      [items, "items", `instance.title=="${title}"`, item.id],
      [items, "items", `holdingsRecords.callNumber=="S 1" and instance.title=="${title}"`, item.id],
    ] as const) {
      const found = await at.get(`${path}?query=${encodeURIComponent(query)}`);
      expect([query, found[list]]).toEqual([query, [expect.objectContaining({ id })]]);
    }
  });

  it.each([
    [`isbn="978-92-8011-565-9"`, true],
    ["isbn=978928011565*", true],
    ["isbn=12345", false],
    ["invalidIsbn=12345", true],
    [
      `identifiers =/@value/@identifierTypeId="8261054f-be78-422d-bd51-4ed9f33c3422" "978 92 8011 565 9"`,
      true,
    ],
    [`identifiers =/@identifierTypeId="fcca2643-406a-482a-b760-7a7f8aec640e" 978`, false],
    [`contributors =/@name "Dewey"`, true],
    ['title all "decimal found"', true],
    ["title==found*", true],
    ["languages==lat", false],
  ])("finds an instance by %s: %s", async (query, isFound) => {
    const identifiers = [
      { identifierTypeId: "8261054f-be78-422d-bd51-4ed9f33c3422", value: "978 92 8011 565 9(Vol. 1)" },
      { identifierTypeId: "fcca2643-406a-482a-b760-7a7f8aec640e", value: "12-345" },
    ];
    const contributors = [{ name: "Dewey, Melvil", contributorNameTypeId: randomUUID() }];
    const { id } = await at.instance({
      title: "Found by decimal",
      identifiers,
      contributors,
      languages: ["eng"],
    });
    const asked = `${instances}?query=${encodeURIComponent(`id==${id} and (${query})`)}`;
    expect((await at.get(asked))["instances"]).toHaveLength(isFound ? 1 : 0);
  });

  it("finds items and holdings records by all parts of a call number", async () => {
    const parts = { callNumberPrefix: "Q", callNumber: "PN9 .Z", callNumberSuffix: "+" };
    const { id } = await at.holdings((await at.instance()).id, parts);
    const item = await at.item(id);
    for (const [path, list, found] of [
      [holdings, "holdingsRecords", id],
      [items, "items", item.id],
    ] as const) {
      for (const query of [`fullCallNumber=="Q PN9 .Z +"`, `callNumberAndSuffix=="PN9 .Z*"`]) {
        const answer = await at.get(`${path}?query=${encodeURIComponent(query)}`);
        expect(answer[list]).toEqual([expect.objectContaining({ id: found })]);
      }
    }
  });
});
