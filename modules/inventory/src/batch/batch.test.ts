import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type InventoryOfLibrary, inventoryOfLibrary } from "../testing/inventory-of-library.ts";
import { inventory as module } from "../inventory.ts";

// Cases from mod-inventory's InstancesApiExamples and PrecedingSucceedingTitlesApiExamples, and those of batches of which only a part can be stored.

const NOBODY = "00000000-0000-4000-8000-00000000dead";
let inventory: InventoryOfLibrary;
let instanceTypeId: string;
let relationshipTypeId: string;

beforeAll(async () => {
  inventory = await inventoryOfLibrary(module);
  instanceTypeId = String((await inventory.storage.instance())["instanceTypeId"]);
  const type = await inventory.storage.created("/instance-relationship-types", { name: "multipart" });
  relationshipTypeId = type.id;
}, 60_000);
afterAll(() => inventory.close());
beforeEach(() => {
  inventory.calls.length = 0;
  inventory.instead.clear();
});

interface Outcome {
  readonly status: number;
  readonly instances: readonly { readonly id: string; readonly title: string }[];
  readonly errorMessages: readonly string[];
  readonly totalRecords: number;
}

async function batch(...instances: readonly object[]): Promise<Outcome> {
  const body = { instances, totalRecords: instances.length };
  const answer = await inventory.ask("POST /inventory/instances/batch", body);
  return { status: answer.status, ...(answer.body as Omit<Outcome, "status">) }; // as: the answer is checked by its schema
}

const instance = (title: string, fields: object = {}) => ({
  id: crypto.randomUUID() as string,
  title,
  source: "Local",
  instanceTypeId,
  ...fields,
});
const untitled = { source: "Local" };
const stored = (id: string) => inventory.storage.get(`/instance-storage/instances/${id}`);
const titlesOf = async (id: string) =>
  (await inventory.storage.ask(`GET /preceding-succeeding-titles?query=succeedingInstanceId==${id}`)).body;

describe("a batch", () => {
  it("is created with one call, with ids for those that have none", async () => {
    const planet = instance("Long Way to a Small Angry Planet", { tags: { tagList: ["one", "two"] } });
    const { id: _, ...island } = instance("Treasure Island", { source: "MARC", isBoundWith: false });
    const created = await batch(planet, island);
    expect(created).toMatchObject({
      status: 201,
      instances: [
        { id: planet.id, title: "Long Way to a Small Angry Planet", tags: { tagList: ["one", "two"] } },
        {
          title: "Treasure Island",
          source: "MARC",
          isBoundWith: false,
          parentInstances: [],
          precedingTitles: [],
        },
      ],
      errorMessages: [],
      totalRecords: 2,
    });
    expect(await stored(created.instances[1]?.id ?? "")).toMatchObject({
      title: "Treasure Island",
      _version: 1,
    });
    expect(inventory.calls).toEqual(["POST /instance-storage/batch/instances"]);
  });

  it("of which nothing can be created is a 500 that says why, and no call where that is seen here", async () => {
    expect(await batch(untitled)).toEqual({
      status: 500,
      instances: [],
      errorMessages: [
        "Instance is not valid for further processing: [Title must be provided for an instance: null]",
      ],
      totalRecords: 0,
    });
    expect(inventory.calls).toEqual([]);
  });

  it("of nothing is a 500 without messages", async () => {
    expect(await batch()).toEqual({ status: 500, instances: [], errorMessages: [], totalRecords: 0 });
  });

  it("of which one has no title creates the others", async () => {
    const [island, breaker] = [instance("Treasure Island"), instance("Deal Breaker")];
    const created = await batch({ ...untitled, id: NOBODY }, island, breaker);
    expect(created).toMatchObject({ status: 201, totalRecords: 2 });
    expect(created.instances.map(({ id }) => id)).toEqual([island.id, breaker.id]);
    expect(created.errorMessages).toEqual([
      `Instance is not valid for further processing: [Title must be provided for an instance: ${NOBODY}]`,
    ]);
  });

  it.each([
    ["a blank title", { title: " " }, /Title must be provided for an instance/u],
    [
      "a preceding title without title",
      { precedingTitles: [{ hrid: "in1" }] },
      /unconnected preceding title/u,
    ],
    ["a succeeding title without title", { succeedingTitles: [{}] }, /unconnected succeeding title/u],
    ["a list that is none", { editions: {} }, /instances\[1\]\.editions/u],
    ["a field of another type", { languages: "eng" }, /instances\[1\]\.languages/u],
    ["an instance type that nobody has", { instanceTypeId: NOBODY }, new RegExp(NOBODY, "u")],
    ["an id that is none", { id: "seven" }, /instances\[1\]\.id/u],
    ["no source", { source: undefined }, /instances\[1\]\.source/u],
  ])("with one that has %s creates the others, and tells of it", async (_, fields, message) => {
    const [first, last] = [instance("first"), instance("last")];
    const created = await batch(first, instance("between", fields), last);
    expect(created).toMatchObject({
      status: 201,
      totalRecords: 2,
      errorMessages: [expect.stringMatching(message)],
    });
    expect(created.instances.map(({ id }) => id)).toEqual([first.id, last.id]);
  });

  it("with the same id twice creates the first, with its own relations", async () => {
    const first = instance("first", { precedingTitles: [{ title: "its own" }] });
    const created = await batch(first, {
      ...first,
      title: "second",
      precedingTitles: [{ title: "another's" }],
    });
    expect(created).toMatchObject({ status: 201, instances: [{ title: "first" }], totalRecords: 1 });
    expect(created.errorMessages).toHaveLength(1);
    expect(await titlesOf(first.id)).toMatchObject({ precedingSucceedingTitles: [{ title: "its own" }] });
  });

  it("of which all are there already is a 500 with a message for each", async () => {
    const [one, two] = [instance("one"), instance("two")];
    await batch(one, two);
    const again = await batch(one, two);
    expect(again).toMatchObject({ status: 500, instances: [], totalRecords: 0 });
    expect(again.errorMessages).toHaveLength(2);
  });

  it("with many that are malformed creates the others, or says how many it has given up", async () => {
    const good = instance("good");
    const bad = (count: number) =>
      Array.from({ length: count }, (_, n) => instance(`bad ${n}`, { languages: "eng" }));
    expect(await batch(...bad(30), good)).toMatchObject({ status: 201, instances: [{ id: good.id }] });
    inventory.calls.length = 0;
    const given = await batch(...bad(500), good);
    expect(given).toMatchObject({ status: 500, totalRecords: 0 });
    expect(given.errorMessages.at(-1)).toMatch(/^\d+ instances were not created: too many/u);
    expect(inventory.calls).toHaveLength(20);
  });

  it("that mod-inventory-storage has refused whole is a 500 with its messages", async () => {
    inventory.instead.set("POST /instance-storage/batch/instances", {
      status: 500,
      body: { instances: [], errorMessages: ["duplicate key"], totalRecords: 0 },
    });
    expect(await batch(instance("a"))).toMatchObject({ status: 500, errorMessages: ["duplicate key"] });
  });

  it("is to be sent again where storage is away", async () => {
    inventory.instead.set("POST /instance-storage/batch/instances", { status: 503, body: "away" });
    expect((await batch(instance("a"))).status).toBe(503);
  });
});

describe("relations in a batch", () => {
  it("are stored with one call each, and shown with their ids", async () => {
    const old = await inventory.storage.instance();
    const part = instance("a volume");
    const whole = instance("a series", {
      childInstances: [{ subInstanceId: part.id, instanceRelationshipTypeId: relationshipTypeId }],
      parentInstances: [{ superInstanceId: old.id, instanceRelationshipTypeId: relationshipTypeId }],
      precedingTitles: [{ precedingInstanceId: old.id }, { title: "Loose", hrid: "in7", identifiers: [] }],
      succeedingTitles: [{ succeedingInstanceId: part.id, title: "After" }],
    });
    inventory.calls.length = 0;
    const created = await batch(whole, part);
    expect(created).toMatchObject({ status: 201, errorMessages: [], totalRecords: 2 });
    const uuid = expect.stringMatching(/^[\da-f-]{36}$/u) as string;
    expect(created.instances[0]).toMatchObject({
      childInstances: [{ id: uuid, subInstanceId: part.id }],
      parentInstances: [{ id: uuid, superInstanceId: old.id }],
      precedingTitles: [
        { id: uuid, precedingInstanceId: old.id },
        { id: uuid, title: "Loose", hrid: "in7" },
      ],
      succeedingTitles: [{ id: uuid, succeedingInstanceId: part.id, title: "After" }],
    });
    expect(created.instances[1]).toMatchObject({ childInstances: [], parentInstances: [] });
    expect(inventory.calls).toHaveLength(1 + 5);
    const relationships = `GET /instance-storage/instance-relationships?query=superInstanceId==${whole.id}`;
    expect((await inventory.storage.ask(relationships)).body).toMatchObject({
      instanceRelationships: [{ subInstanceId: part.id, instanceRelationshipTypeId: relationshipTypeId }],
    });
    expect(await titlesOf(whole.id)).toMatchObject({ totalRecords: 2 });
    expect(await titlesOf(part.id)).toMatchObject({ precedingSucceedingTitles: [{ title: "After" }] });
  });

  it("keep an id that they have", async () => {
    const id = crypto.randomUUID();
    const created = instance("a", { precedingTitles: [{ id, title: "before" }] });
    await batch(created);
    expect(await titlesOf(created.id)).toMatchObject({
      precedingSucceedingTitles: [{ id, title: "before" }],
    });
  });

  it("that cannot be stored are told of beside instances that are there, and are not shown", async () => {
    const created = await batch(
      instance("a", {
        parentInstances: [{ superInstanceId: NOBODY, instanceRelationshipTypeId: relationshipTypeId }],
      }),
    );
    expect(created).toMatchObject({ status: 201, instances: [{ parentInstances: [] }], totalRecords: 1 });
    expect(created.errorMessages).toEqual([
      expect.stringMatching(/^One of parentInstances of instance [\da-f-]{36} was not stored: /u),
    ]);
  });

  it("of instances that were refused are not stored", async () => {
    await batch(instance("a", { instanceTypeId: NOBODY, precedingTitles: [{ title: "before" }] }));
    expect(inventory.calls).toEqual(["POST /instance-storage/batch/instances"]);
  });
});
