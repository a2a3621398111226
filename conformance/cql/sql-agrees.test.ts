import {
  comparePlaces,
  compileAfter,
  compileOrderBy,
  compileWhere,
  type Json,
  sortPlace,
  type SortPlace,
} from "@octavo/cql";
import { assert } from "@octavo/result";
import { type Connection, connect } from "@octavo/testing/connection";
import { freshDatabase } from "@octavo/testing/fresh-database";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anyBookQuery, anyLibrary } from "./library.arbitraries.ts";
import { bind, evaluated, fillLibrary, makeIndexes, makeTables, select, textOf } from "./library.ts";

let client: Connection;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await freshDatabase();
  client = await connect(database.url);
  await makeTables(client);
  await makeIndexes(client);
  drop = () => database.drop();
});

afterAll(async () => {
  await client.end();
  await drop();
});

/** Ids in their order: of the evaluator. */
function expectedIds(bound: Parameters<typeof sortPlace>[0], documents: readonly Json[]): readonly string[] {
  return documents
    .map((document) => placeOf(bound, document))
    .sort((one, other) => comparePlaces(bound, one, other))
    .map(({ id }) => id);
}

function placeOf(bound: Parameters<typeof sortPlace>[0], document: Json): SortPlace {
  const place = sortPlace(bound, document);
  assert(place !== null, "every document of a library has an id");
  return place;
}

/** Counted, so that a generator is seen that makes only refused queries, or only ones that find nothing or everything. */
let carriedOut = 0;
let foundSome = 0;

describe.each(["auto", "force_generic_plan"])("with plan_cache_mode = %s", (mode) => {
  it("SQL finds, in its order, what the evaluator finds", async () => {
    await client.query(`SET plan_cache_mode = ${mode}`);
    carriedOut = 0;
    foundSome = 0;
    await fc.assert(
      fc.asyncProperty(
        anyLibrary,
        fc.array(anyBookQuery, { minLength: 8, maxLength: 12 }),
        async (library, queries) => {
          await fillLibrary(client, library);
          for (const query of queries) {
            const bound = bind(query);
            if (!bound.ok) {
              assert(bound.error.kind !== "syntax", `${query} is CQL: ${bound.error.message}`);
              continue;
            }
            const statement = select(bound.value);
            assert(statement.ok, "small queries are not too large");
            carriedOut += 1;
            // A named statement is planned with parameters; a nameless one would show the planner their values.
            const name = `q${carriedOut}${mode}`;
            const { rows } = await client.query<{ id: string }>({
              name,
              text: statement.value.text,
              values: [...statement.value.values],
            });
            await client.query(`DEALLOCATE "${name}"`);
            foundSome += rows.length > 0 && rows.length < library.books.length ? 1 : 0;
            const ids = rows.map(({ id }) => id);
            expect({ query, ids }).toEqual({
              query,
              ids: expectedIds(bound.value, evaluated(bound.value, library)),
            });
          }
        },
      ),
      { numRuns: 60 },
    );
    expect(carriedOut).toBeGreaterThan(200);
    expect(foundSome).toBeGreaterThan(50);
  }, 150_000);
});

describe("pages by place", () => {
  it("give every row once, in order, whatever is missing and however keys are mixed", async () => {
    const sorts = fc.array(
      fc.tuple(
        fc.constantFrom("title", "pages", "lent", "key", "metadata.createdDate"),
        fc.constantFrom("", "/sort.descending"),
      ),
      { maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(anyLibrary, sorts, fc.integer({ min: 1, max: 3 }), async (library, keys, size) => {
        await fillLibrary(client, library);
        const sortBy = keys.map((each) => each.join("")).join(" ");
        const bound = bind(keys.length === 0 ? "cql.allRecords=1" : `cql.allRecords=1 sortby ${sortBy}`);
        assert(bound.ok, "the query is right");
        const byId = new Map(library.books.map((book) => [textOf(book, "id"), book]));
        const found: string[] = [];
        const read = async (text: string, values: readonly unknown[]): Promise<void> => {
          const where = `SELECT t.id FROM book AS t WHERE ${text} ORDER BY ${compileOrderBy(bound.value, "t")} LIMIT ${size - (found.length % size)}`;
          const { rows } = await client.query<{ id: string }>(where, [...values]);
          found.push(...rows.map(({ id }) => id));
        };
        await read("TRUE", []);
        for (let before = 0; before < found.length && found.length % size === 0;) {
          before = found.length;
          const last = byId.get(found.at(-1) ?? "") ?? null;
          for (const range of compileAfter(bound.value, "t", placeOf(bound.value, last))) {
            await read(range.text, range.values);
            if (found.length - before === size) break;
          }
        }
        expect(found).toEqual(expectedIds(bound.value, library.books));
      }),
      { numRuns: 60 },
    );
  }, 150_000);
});

describe("the largest query that is taken", () => {
  const many = (count: number, each: (n: number) => string): string =>
    Array.from({ length: count }, (_, n) => each(n)).join(" or ");
  it.each([
    ["words", `title=(${many(10_000, (n) => `a${n}`)})`],
    ["words of one term", `title="${"a ".repeat(500)}"`],
    ["values", `title==(${many(10_000, (n) => `a${n}`)})`],
    ["parameters", many(500, (n) => `title==a${n}*`)],
    ["nested operators", `title=a${" or title=b and title=c".repeat(99)}`],
    ["nested brackets", `${"(".repeat(90)}title=a${" or title=b) and title=c".repeat(90)}`],
    ["patterns", `part=="${"*a".repeat(8)}"`],
  ])("is one that PostgreSQL takes: %s", async (_what, query) => {
    const bound = bind(query);
    assert(bound.ok, `the query is within its bounds: ${bound.ok ? "" : bound.error.message}`);
    const statement = select(bound.value, "count(*) OVER () AS n, t.id");
    assert(statement.ok, "so are its parameters");
    await fillLibrary(client, {
      books: [{ id: "00000000-0000-4000-8000-000000000000", title: "z" }],
      copies: [],
      shelves: [],
    });
    const { rows } = await client.query(statement.value.text, [...statement.value.values]);
    expect(rows).toEqual([]);
  });
});

describe("what a user writes", () => {
  it.each([
    `title == "'; DROP TABLE book; --"`,
    `title = "a' <-> 'b' | !c"`,
    String.raw`title == "\\' OR TRUE --*"`,
    `contributors =/@role="x') OR (TRUE" "y' | z"`,
    `note == "$1 %s \${x}"`,
  ])("is a parameter in %s", (query) => {
    const bound = bind(query);
    assert(bound.ok, "the query is right");
    const sql = compileWhere(bound.value, "t");
    assert(sql.ok, "the query is small");
    // The text of the statement is that of a harmless term of the same shape.
    const harmless = bind(
      query.replaceAll(/"[^"]*"/gu, (term) => (term.endsWith('*"') ? '"abc*"' : '"abc"')),
    );
    assert(harmless.ok, "the query is right");
    expect(compileWhere(harmless.value, "t")).toMatchObject({ value: { text: sql.value.text } });
  });
});
