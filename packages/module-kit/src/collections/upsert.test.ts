import { randomUUID } from "node:crypto";
import { sql } from "@octavo/database";
import { Type } from "typebox";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CollectionDatabase, collectionDatabase } from "../testing/collection-databases.ts";
import { collection, collections, searchable } from "./index.ts";

const shelves = collection("shelf", { schema: Type.Object({ name: Type.String() }) });
const books = collection("book", {
  schema: Type.Object({ title: Type.String(), shelfId: Type.Optional(Type.String()) }),
  indexes: [searchable.text("title", ["exact"])],
  unique: [{ fields: ["title"] }],
  references: [{ field: "shelfId", to: "shelf" }],
});

let made: CollectionDatabase;
const anna = { userId: "4f1c0d3e-0000-4000-8000-00000000000a" };
const bert = { userId: "4f1c0d3e-0000-4000-8000-00000000000b" };
const count = async (): Promise<number> => {
  const row = await made.read((tx) => tx.row<{ n: number }>(sql`select count(*)::int as n from book`));
  return row?.n ?? 0;
};

beforeAll(async () => {
  made = await collectionDatabase(collections(shelves, books).steps ?? []);
});
afterAll(() => made.opened.close());
beforeEach(() => made.tx((tx) => tx.run(sql`delete from book`)));

const [id1, id2, id3, id4, id5, id6] = Array.from({ length: 6 }, () => randomUUID()) as [
  string,
  string,
  string,
  string,
  string,
  string,
];

describe("a batch", () => {
  it("tells what became of each document, in their order, and writes the others", async () => {
    const old = await made.tx((tx) => books.create(tx, { id: id1, title: "Old" }, anna));
    await made.tx((tx) => books.create(tx, { id: id2, title: "Other" }, anna));
    const outcomes = await made.tx((tx) =>
      books.upsert(
        tx,
        [
          { id: id3, title: "New" },
          { ...old, title: "Changed" },
          { id: id2, title: "Late", _version: 9 },
          { id: id4, title: "new" },
          { id: id5, title: "Lost", shelfId: id6 },
          { id: "7", title: "Nameless" },
          { id: id3, title: "Twice" },
          { title: "Made" },
        ],
        bert,
        "each",
      ),
    );
    const kinds = outcomes.map((each) => (each.kind === "refused" ? each.refusal.status : each.kind));
    // Of two that want the same title the one with the smaller id has it: rows are written in that order.
    const [third, fourth] = id3 < id4 ? ["created", 422] : [422, "created"];
    expect(kinds).toEqual([third, "updated", 409, fourth, 422, 400, 422, "created"]);
    expect(await count()).toBe(4);
    expect(await made.read((tx) => books.get(tx, id1))).toMatchObject({
      title: "Changed",
      _version: 2,
      metadata: { createdByUserId: anna.userId, updatedByUserId: bert.userId },
    });
  });

  it("writes nothing where one is refused, if that is wanted", async () => {
    const batch = Array.from({ length: 1200 }, (_, n) => ({ title: `T${n === 1100 ? 7 : n}` }));
    await expect(made.tx((tx) => books.upsert(tx, batch, anna, "all"))).rejects.toMatchObject({
      status: 422,
      message: "title value already exists in table book: T7",
    });
    expect(await count()).toBe(0);
    const outcomes = await made.tx((tx) => books.upsert(tx, batch, anna, "each"));
    expect(outcomes.filter(({ kind }) => kind === "refused")).toHaveLength(1);
    expect(await count()).toBe(1199);
  });

  it("never waits in a circle for another one", async () => {
    const documents = Array.from({ length: 1500 }, (_, n) => ({ id: randomUUID(), title: `T${n}` }));
    await made.tx((tx) => books.upsert(tx, documents, anna, "all"));
    const batches = [documents, documents.toReversed(), documents, documents.toReversed()];
    const outcomes = await Promise.all(
      batches.map((batch) =>
        made.tx((tx) =>
          books.upsert(
            tx,
            batch.map((each) => ({ ...each, _version: 1 })),
            anna,
            "each",
          ),
        ),
      ),
    );
    const updated = outcomes.map((each) => each.filter(({ kind }) => kind === "updated").length);
    expect(updated.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 1500]);
  });

  it("that is created by two at once is created once", async () => {
    const documents = Array.from({ length: 300 }, (_, n) => ({ id: randomUUID(), title: `T${n}` }));
    const outcomes = await Promise.all(
      [documents, documents.toReversed()].map((batch) =>
        made.tx((tx) => books.upsert(tx, batch, anna, "each")),
      ),
    );
    const created = outcomes.flat().filter(({ kind }) => kind === "created");
    expect(created).toHaveLength(300);
    expect(await count()).toBe(300);
  });
});
