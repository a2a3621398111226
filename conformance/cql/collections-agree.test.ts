import { comparePlaces, type Json, sortPlace, type TableSpec } from "@octavo/cql";
import { sql } from "@octavo/database";
import { openMigrator } from "@octavo/migrations";
import {
  collection,
  collections,
  type DocumentCollection,
  type Document,
  Refusal,
  Type,
} from "@octavo/module-kit";
import { assert } from "@octavo/result";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { anyBookQuery, anyLibrary } from "./library.arbitraries.ts";
import { bind, bookTable, copyTable, evaluated, type Library, shelfTable, textOf } from "./library.ts";

/** The same library as collections of a module: written by batches, found by searches and by pages. */

const related = (): readonly DocumentCollection<Document>[] => [shelves, copies, books];

function collectionOf(spec: TableSpec, references: readonly { field: string; to: string }[] = []) {
  const indexes = spec.indexes.filter(({ kind }) => kind !== "uuid");
  return collection(spec.name, {
    ...spec,
    indexes,
    references,
    related,
    schema: Type.Object({}),
    isVersioned: false,
    hasMetadata: false,
  });
}

const shelves: DocumentCollection<Document> = collectionOf(shelfTable);
const books: DocumentCollection<Document> = collectionOf(bookTable);
const copies: DocumentCollection<Document> = collectionOf(copyTable, [
  { field: "bookId", to: "book" },
  { field: "shelfId", to: "shelf" },
]);

let made: ModuleDatabases;
const context = { tenantId: "north", work: "foreground" as const };
const nobody = { userId: null };

beforeAll(async () => {
  made = await moduleDatabases({ modules: ["octavo-library"], tenants: ["north"] });
  const place = made.databases.place("north", "octavo-library");
  const { provisioner } = made;
  const release = { version: "octavo-library-1.0.0", steps: collections(shelves, books, copies).steps ?? [] };
  const migrated = await openMigrator({ provisioner, instanceId: "one" }).migrate(place, release, {
    from: null,
  });
  assert(migrated.ok, `the tables are made: ${JSON.stringify(migrated)}`);
}, 120_000);
afterAll(() => made.close());

/** A copy names a book and a shelf that are there: a key of the database holds it to that. */
function storable({ books, shelves, copies }: Library): Library {
  const isThere = (copy: Json, key: string, documents: readonly Json[]): boolean => {
    const wanted = textOf(copy, key);
    return wanted === null || documents.some((document) => textOf(document, "id") === wanted);
  };
  const kept = copies.filter((copy) => isThere(copy, "bookId", books) && isThere(copy, "shelfId", shelves));
  return { books, shelves, copies: kept };
}

it("what is found is what the evaluator finds, whole, as texts and page by page", async () => {
  const db = made.databases.of("octavo-library");
  let carriedOut = 0;
  await fc.assert(
    fc.asyncProperty(
      anyLibrary,
      fc.array(anyBookQuery, { minLength: 6, maxLength: 8 }),
      async (any, queries) => {
        const library = storable(any);
        await db.tx(context, async (tx) => {
          await tx.run(sql`delete from copy`);
          await tx.run(sql`delete from book`);
          await tx.run(sql`delete from shelf`);
          await shelves.upsert(tx, library.shelves as readonly Document[], nobody, "all"); // as: with ids
          await books.upsert(tx, library.books as readonly Document[], nobody, "all"); // as: likewise
          await copies.upsert(tx, library.copies as readonly Document[], nobody, "all"); // as: likewise
        });
        for (const query of queries) {
          const bound = bind(query);
          const search = { query, offset: 0, limit: 1000, totalRecords: "auto" as const };
          const found = db.read(context, async (tx) => {
            const { documents, total } = await books.search(tx, search);
            const texts: string[] = [];
            for await (const text of books.searchTexts(tx, search).documents) texts.push(text);
            const paged: string[] = [];
            for (let page = await books.page(tx, query, null, 3); ;) {
              paged.push(...page.documents.map(({ id }) => id));
              if (page.next === null) break;
              page = await books.page(tx, query, page.next, 3);
            }
            return { ids: documents.map(({ id }) => id), total: total?.count, texts, paged };
          });
          if (!bound.ok) {
            const refused: unknown = await found.catch((cause: unknown) => cause);
            assert(refused instanceof Refusal, `${query} is refused`);
            continue;
          }
          carriedOut += 1;
          const places = evaluated(bound.value, library).map((document) => {
            const place = sortPlace(bound.value, document);
            assert(place !== null, "each has an id");
            return place;
          });
          const ids = places.sort((one, other) => comparePlaces(bound.value, one, other)).map(({ id }) => id);
          const { texts, ...others } = await found;
          expect({ query, ...others }).toEqual({ query, ids, total: ids.length, paged: ids });
          expect(texts.map((text) => textOf(JSON.parse(text) as Json, "id"))).toEqual(ids); // as: JSON
        }
      },
    ),
    { numRuns: 25, endOnFailure: true },
  );
  expect(carriedOut).toBeGreaterThan(60);
}, 150_000);
