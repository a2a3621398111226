import { sql } from "@octavo/database";
import { backfill, openMigrator, type Step } from "@octavo/migrations";
import fc from "fast-check";
import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CollectionDatabase, collectionDatabase } from "../testing/collection-databases.ts";
import { collection, collections, searchable } from "./index.ts";
import { Shapes } from "./shapes.ts";

/** Version 1 keeps `borrower`, a text; version 2 `holder.name` besides, and reads what version 1 has written. */

const indexes = [searchable.text("title", ["exact"])];
const older = collection("loan", {
  schema: Type.Object({ title: Type.String(), borrower: Type.String() }, { additionalProperties: false }),
  indexes,
});
const newer = collection("loan", {
  schema: Type.Object({
    title: Type.String(),
    borrower: Type.String(),
    holder: Type.Object({ name: Type.String() }),
  }),
  indexes,
  shapes: [(loan) => ({ ...loan, holder: { name: loan["borrower"] } })],
});
const intoShape2 = backfill("loans have holders", {
  table: "loan",
  remaining: sql`coalesce((jsonb ->> '_shape')::int, 1) < 2`,
  each: (rows) =>
    sql`update loan set jsonb = jsonb || jsonb_build_object('_shape', 2, 'holder', jsonb_build_object('name', jsonb -> 'borrower')) where ${rows}`,
});

const ROWS = 5_000;
const author = { userId: null };
let made: CollectionDatabase;

async function migrate(version: string, steps: readonly Step[], from: string | null) {
  const { provisioner, databases } = made.opened;
  const migrator = openMigrator({
    provisioner,
    instanceId: version,
    leaseMs: 10_000,
    onEvent: () => undefined,
  });
  const place = databases.place("north", made.moduleName);
  const { signal } = new AbortController();
  return await migrator.migrate(place, { version, steps }, { from, signal });
}

beforeAll(async () => {
  made = await collectionDatabase([], { budget: 4 });
  const migrated = await migrate("octavo-x-1.0.0", collections(older).steps ?? [], null);
  if (!migrated.ok) throw new Error(migrated.error.message);
  const loans = Array.from({ length: ROWS }, (_none, n) => ({
    title: `T${String(n).padStart(5, "0")}`,
    borrower: `B${n}`,
  }));
  await made.tx((tx) => older.upsert(tx, loans, author, "all"));
}, 60_000);
afterAll(() => made.opened.close());

/** By page, in the order of titles: what came, each as it was read. */
async function walk<T>(of: { page: typeof newer.page }): Promise<readonly T[]> {
  const all: object[] = [];
  let after: Parameters<typeof newer.page>[2] = null;
  do {
    const page = await made.read((tx) => of.page(tx, "cql.allRecords=1 sortby title", after, 1_000));
    all.push(...page.documents);
    after = page.next;
  } while (after !== null);
  return all as T[]; // as: of the collection that gave them
}

async function listed(): Promise<readonly string[]> {
  return await made.read(async (tx) => {
    const texts: string[] = [];
    const wanted = { query: null, offset: 0, limit: 100_000, totalRecords: "none" } as const;
    for await (const text of newer.searchTexts(tx, wanted).documents) texts.push(text);
    return texts;
  });
}

/** Titles of those that are not as version 2 has them. */
const wrong = (loans: readonly object[]) =>
  loans.filter((loan) => {
    const { holder, borrower, ...rest } = loan as { holder?: { name: string }; borrower: string }; // as: of both versions
    return holder?.name !== borrower || "_shape" in rest;
  });

it("documents of an older shape are read as the newer one while a backfill runs and both versions write", async () => {
  const [first, second] = await walk<{ id: string; title: string; borrower: string }>(newer);
  if (first === undefined || second === undefined) throw new Error("there are loans");
  const upgrade = { isRunning: true };
  const steps = [...(collections(newer).steps ?? []), intoShape2];
  const migration = migrate("octavo-x-2.0.0", steps, "octavo-x-1.0.0").finally(
    () => (upgrade.isRunning = false),
  );
  let rounds = 0;
  const read = async (): Promise<void> => {
    do {
      rounds += 1;
      const loans = await walk<object>(newer);
      expect([loans.length, wrong(loans)]).toEqual([ROWS, []]);
      expect(wrong((await listed()).map((text) => JSON.parse(text) as object))).toEqual([]);
      const wanted = { query: "title==T0*", offset: 0, limit: 50, totalRecords: "none" } as const;
      const { documents } = await made.read((tx) => newer.search(tx, wanted));
      expect([documents.length, wrong(documents)]).toEqual([50, []]);
      expect(await made.read((tx) => older.get(tx, second.id))).not.toHaveProperty("_shape");
    } while (upgrade.isRunning);
  };
  let writes = 0;
  const write = async (): Promise<void> => {
    while (upgrade.isRunning) {
      writes += 1;
      await made.tx(async (tx) => {
        const loan = await older.get(tx, first.id);
        await older.replace(tx, first.id, { ...loan, borrower: `old ${writes}` }, author);
      });
      expect(wrong([await made.read((tx) => newer.get(tx, first.id))])).toEqual([]);
      await made.tx(async (tx) => {
        const loan = await newer.get(tx, second.id);
        const borrower = `new ${writes}`;
        await newer.replace(tx, second.id, { ...loan, borrower, holder: { name: borrower } }, author);
      });
      expect(await made.read((tx) => older.get(tx, second.id))).toMatchObject({ borrower: `new ${writes}` });
    }
  };
  const [migrated] = await Promise.all([migration, read(), write()]);
  expect(migrated).toMatchObject({ ok: true });
  expect(Math.min(rounds, writes), "they were beside each other").toBeGreaterThan(0);
  const left = await made.read((tx) =>
    tx.row<{ shaped: number }>(sql`select count(*)::int as shaped from loan where jsonb ->> '_shape' = '2'`),
  );
  // The older version may have written its one loan behind the backfill's end.
  expect(left?.shaped).toBeGreaterThanOrEqual(ROWS - 1);
});

describe("a shape", () => {
  const shapes = new Shapes([
    (loan) => ({ ...loan, seen: [1] }),
    (loan) => ({ ...loan, seen: [...(loan["seen"] as number[]), 2] }), // as: the one before made it
  ]);

  it.each([
    ["first, which says nothing", { a: 1 }, { a: 1, seen: [1, 2] }],
    ["between", { a: 1, _shape: 2, seen: [0] }, { a: 1, seen: [0, 2] }],
    ["now", { a: 1, _shape: 3 }, { a: 1 }],
    ["of a later version", { a: 1, _shape: 9, b: 2 }, { a: 1, b: 2 }],
  ])("%s is read as the one of now", (_which, stored, document) => {
    expect(shapes.read(stored)).toEqual(document);
    expect(JSON.parse(shapes.readText(JSON.stringify(stored)))).toEqual(document);
  });

  it("that is written is read as it was, and a client's own is not believed", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("a", "b", "_shape"), fc.jsonValue()), (given) => {
        const { _shape: _, ...document } = given;
        for (const each of [shapes, new Shapes([])]) {
          expect(each.read(each.written(given))).toEqual(document);
          const text = JSON.stringify(each.written(given));
          expect(JSON.parse(each.readText(text))).toEqual(JSON.parse(JSON.stringify(document)));
        }
      }),
    );
  });
});
