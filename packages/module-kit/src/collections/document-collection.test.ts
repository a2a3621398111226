import { randomUUID } from "node:crypto";
import { sql } from "@octavo/database";
import { Type } from "typebox";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Refusal } from "../http/refusal.ts";
import { type CollectionDatabase, collectionDatabase } from "../testing/collection-databases.ts";
import { collection, collections, searchable } from "./index.ts";

const shelves = collection("shelf", {
  schema: Type.Object({ name: Type.String() }),
  indexes: [searchable.text("name", ["exact", "words"])],
});
const books = collection("book", {
  schema: Type.Object({
    title: Type.String(),
    shelfId: Type.Optional(Type.String()),
    pages: Type.Optional(Type.Number()),
  }),
  indexes: [searchable.text("title", ["exact", "words"]), searchable.number("pages")],
  unique: [{ fields: ["title"] }],
  references: [{ field: "shelfId", to: "shelf" }],
  foreign: [{ alias: "shelf", steps: [{ to: "parent", table: "shelf", key: "shelfId" }] }],
  related: () => [shelves],
});
const notes = collection("note", {
  schema: Type.Object({ label: Type.String() }),
  unique: [{ fields: ["label"], ignores: "nothing" }],
  isVersioned: false,
  hasMetadata: false,
});

let made: CollectionDatabase;
const anna = { userId: "4f1c0d3e-0000-4000-8000-00000000000a" };
const bert = { userId: "4f1c0d3e-0000-4000-8000-00000000000b" };

beforeAll(async () => {
  made = await collectionDatabase(collections(shelves, books, notes).steps ?? []);
});
afterAll(() => made.opened.close());
beforeEach(async () => {
  await made.tx((tx) => tx.run(sql`delete from book`));
  await made.tx((tx) => tx.run(sql`delete from shelf`));
  await made.tx((tx) => tx.run(sql`delete from note`));
});

/** What was refused, as a client sees it. */
async function refused(work: Promise<unknown>): Promise<Pick<Refusal, "status" | "errors">> {
  const cause = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(cause instanceof Refusal)) throw cause ?? new Error("it was not refused");
  return { status: cause.status, errors: cause.errors };
}

describe("a document", () => {
  it("is given back as it was stored, with an id, a version and who made it", async () => {
    const created = await made.tx((tx) => books.create(tx, { title: "War" }, anna));
    expect(created).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/u) as string,
      title: "War",
      _version: 1,
      metadata: {
        createdDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/u) as string,
        createdByUserId: anna.userId,
        updatedDate: created.metadata?.createdDate,
        updatedByUserId: anna.userId,
      },
    });
    expect(await made.read((tx) => books.get(tx, created.id))).toEqual(created);
  });

  it("that came with the module has a date from its first change on", async () => {
    const id = randomUUID();
    const shipped = JSON.stringify({ id, title: "Shipped", _version: 1 });
    await made.tx((tx) => tx.run(sql`insert into book (id, jsonb) values (${id}, ${shipped})`));
    const { metadata } = await made.tx((tx) => books.replace(tx, id, { title: "Edited", _version: 1 }, anna));
    expect(metadata).toEqual({
      createdDate: metadata?.updatedDate,
      updatedDate: expect.stringContaining("T") as string,
      updatedByUserId: anna.userId,
    });
    const after = await made.tx((tx) => books.replace(tx, id, { title: "Again", _version: 2 }, bert));
    expect(after.metadata?.createdDate).toBe(metadata?.createdDate);
  });

  it("keeps who made it when it is replaced, whatever the client says", async () => {
    const created = await made.tx((tx) => books.create(tx, { title: "War" }, anna));
    const metadata = { createdDate: "1999-01-01T00:00:00.000+00:00", createdByUserId: bert.userId };
    const replaced = await made.tx((tx) =>
      books.replace(tx, created.id, { title: "Peace", _version: 1, metadata }, bert),
    );
    expect(replaced).toEqual({
      ...created,
      title: "Peace",
      _version: 2,
      metadata: {
        ...created.metadata,
        updatedByUserId: bert.userId,
        updatedDate: replaced.metadata?.updatedDate,
      },
    });
    expect(await made.read((tx) => books.get(tx, created.id))).toEqual(replaced);
    const byNobody = await made.tx((tx) =>
      books.replace(tx, created.id, { title: "Peace", _version: 2 }, { userId: null }),
    );
    expect(byNobody.metadata).not.toHaveProperty("updatedByUserId");
  });

  it("has nothing added where the collection says so", async () => {
    const id = randomUUID().toUpperCase();
    const created = await made.tx((tx) => notes.create(tx, { id, label: "Été" }, anna));
    expect(created).toEqual({ id: id.toLowerCase(), label: "Été" });
    await made.tx((tx) => notes.replace(tx, id, { id: randomUUID(), label: "été" }, anna));
    expect(await made.read((tx) => notes.find(tx, id))).toEqual({ id: id.toLowerCase(), label: "été" });
    await made.tx((tx) => notes.delete(tx, id));
    expect(await made.read((tx) => notes.find(tx, id))).toBeNull();
  });

  it("is refused in the words of RMB", async () => {
    const [shelfId, bookId, none] = [randomUUID(), randomUUID(), randomUUID()];
    await made.tx((tx) => shelves.create(tx, { id: shelfId, name: "A" }, anna));
    await made.tx((tx) => books.create(tx, { id: bookId, title: "War", shelfId }, anna));
    const other = await made.tx((tx) => books.create(tx, { title: "Peace" }, anna));
    const claims: [() => Promise<unknown>, number, string, object | null][] = [
      [
        () => made.tx((tx) => books.create(tx, { id: bookId, title: "X" }, anna)),
        422,
        `id value already exists in table book: ${bookId}`,
        { key: "id", value: bookId },
      ],
      [
        () => made.tx((tx) => books.create(tx, { title: "wÁR" }, anna)),
        422,
        "title value already exists in table book: wÁR",
        { key: "title", value: "wÁR" },
      ],
      [
        () => made.tx((tx) => books.replace(tx, other.id, { title: "war", _version: 1 }, anna)),
        422,
        "title value already exists in table book: war",
        { key: "title", value: "war" },
      ],
      [
        () => made.tx((tx) => books.create(tx, { title: "X", shelfId: none }, anna)),
        422,
        `Cannot set book.shelfid = ${none} because it does not exist in shelf.id.`,
        { key: "book.shelfid", value: none },
      ],
      [
        () => made.tx((tx) => shelves.delete(tx, shelfId)),
        400,
        `Cannot delete shelf.id = ${shelfId} because id is still referenced from table book.`,
        { key: "shelf.id", value: shelfId },
      ],
      [
        () => made.tx((tx) => books.replace(tx, bookId, { title: "X", _version: 7 }, anna)),
        409,
        `Cannot update record ${bookId} because it has been changed (optimistic locking): Stored _version is 1, _version of request is 7`,
        null,
      ],
      [
        () => made.tx((tx) => books.replace(tx, bookId, { title: "X" }, anna)),
        409,
        `Cannot update record ${bookId} because it has been changed (optimistic locking): Stored _version is 1, _version of request is <NULL>`,
        null,
      ],
      [
        () => made.tx((tx) => books.replace(tx, none, { title: "X" }, anna)),
        404,
        `book ${none} is not found`,
        null,
      ],
      [() => made.read((tx) => books.get(tx, none)), 404, `book ${none} is not found`, null],
      [() => made.tx((tx) => books.delete(tx, none)), 404, `book ${none} is not found`, null],
      [
        () => made.read((tx) => books.get(tx, "x' or true")),
        400,
        "Invalid UUID format of id, should be xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx where x is 0-9, a-f or A-F.",
        { key: "id", value: "x' or true" },
      ],
      [
        () => made.tx((tx) => books.create(tx, { title: "a\0b", id: none }, anna)),
        422,
        `Cannot store book.id = ${none}: it holds a text that PostgreSQL cannot`,
        null,
      ],
      [
        () => made.tx((tx) => books.create(tx, { title: `x\ud800`, id: none }, anna)),
        422,
        `Cannot store book.id = ${none}: it holds a text that PostgreSQL cannot`,
        null,
      ],
      [
        () => made.tx((tx) => books.create(tx, { title: randomTitle(20_000), id: none }, anna)),
        422,
        `Cannot store book.id = ${none}: an indexed field is too long`,
        null,
      ],
      [
        () => made.tx((tx) => books.create(tx, { title: "X", shelfId: "shelf 7", id: none }, anna)),
        422,
        `Cannot store book.id = ${none}: it holds a text that PostgreSQL cannot`,
        null,
      ],
    ];
    for (const [work, status, message, parameter] of claims) {
      expect(await refused(work())).toMatchObject({
        status,
        errors: [{ message, ...(parameter !== null && { parameters: [parameter] }) }],
      });
    }
    expect((await made.read((tx) => books.search(tx, { ...everything, limit: 10 }))).total?.count).toBe(2);
  });

  it("of several is deleted with all of them, or none where one is in use", async () => {
    const [free, used] = await made.tx(async (tx) => [
      await shelves.create(tx, { name: "free" }, anna),
      await shelves.create(tx, { name: "used" }, anna),
    ]);
    await made.tx((tx) => books.create(tx, { title: "War", shelfId: used.id }, anna));
    const message = `Cannot delete shelf.id = ${used.id} because id is still referenced from table book.`;
    for (const attempt of [
      () => made.tx((tx) => shelves.deleteMany(tx, [free.id, used.id])),
      () => made.tx((tx) => shelves.deleteAll(tx)),
    ]) {
      expect(await refused(attempt())).toMatchObject({ status: 400, errors: [{ message }] });
    }
    expect(await made.tx((tx) => shelves.deleteMany(tx, [free.id, randomUUID()]))).toBe(1);
    expect(await made.tx((tx) => books.deleteAll(tx))).toBe(1);
    expect(await made.tx((tx) => shelves.deleteAll(tx))).toBe(1);
  });

  it("that the module wrote by its own statement is refused likewise", async () => {
    const [read] = collections(notes).refusals ?? [];
    await made.tx((tx) => notes.create(tx, { label: "a" }, anna));
    const cause = await made
      .tx((tx) =>
        tx.run(sql`insert into note (id, jsonb) values (${randomUUID()}, ${JSON.stringify({ label: "a" })})`),
      )
      .catch((reason: unknown) => reason);
    expect(read?.(cause)).toMatchObject({
      status: 422,
      message: "label value already exists in table note: a",
    });
    expect(read?.(new Error("other"))).toBeNull();
  });
});

const everything = { query: null, offset: 0, limit: 10, totalRecords: "auto" as const };

/** Not to be compressed. */
function randomTitle(length: number): string {
  return Array.from({ length: length / 36 }, () => randomUUID()).join("");
}

describe("at the same time", () => {
  it("one of many who replace the same version wins", async () => {
    const { id } = await made.tx((tx) => books.create(tx, { title: "0" }, anna));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) =>
        made.tx((tx) => books.replace(tx, id, { title: `${n + 1}`, _version: 1 }, anna)),
      ),
    );
    const won = outcomes.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(won).toHaveLength(1);
    expect(
      outcomes.flatMap((each) => (each.status === "rejected" ? [(each.reason as Refusal).status] : [])),
    ).toEqual(Array.from({ length: 19 }, () => 409));
    expect(await made.read((tx) => books.get(tx, id))).toEqual(won[0]);
  });

  it("nothing is lost where everybody reads again and tries anew", async () => {
    const { id } = await made.tx((tx) => books.create(tx, { title: "count", pages: 0 }, anna));
    const increment = async (): Promise<void> => {
      for (;;) {
        const book = await made.read((tx) => books.get(tx, id));
        const done = await made
          .tx((tx) => books.replace(tx, id, { ...book, pages: (book.pages ?? 0) + 1 }, anna))
          .catch((cause: unknown) => {
            if (cause instanceof Refusal && cause.status === 409) return null;
            throw cause;
          });
        if (done !== null) return;
      }
    };
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let n = 0; n < 5; n += 1) await increment();
      }),
    );
    expect(await made.read((tx) => books.get(tx, id))).toMatchObject({ pages: 40, _version: 41 });
  });

  it("one of many who create the same unique value wins", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => made.tx((tx) => books.create(tx, { title: "Only" }, anna))),
    );
    const reasons = outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason as Refusal] : []));
    expect(reasons.map(({ status }) => status)).toEqual(Array.from({ length: 19 }, () => 422));
  });
});
