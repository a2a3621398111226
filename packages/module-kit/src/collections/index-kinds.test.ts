import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CollectionDatabase, collectionDatabase } from "../testing/collection-databases.ts";
import { collection, collections, searchable } from "./index.ts";

/** Each kind of index that RAML Module Builder has, as a collection declares it; the queries are those of its clients. */

const text = Type.Optional(Type.String());
const digitsOf = (value: string): string => value.replaceAll(/[^0-9xX*]+/gu, "");

const titles = collection("title", {
  schema: Type.Object({
    name: text,
    hrid: text,
    barcode: text,
    prefix: text,
    number: text,
    personal: Type.Optional(Type.Object({ lastName: text })),
    codes: Type.Optional(Type.Array(Type.String())),
    identifiers: Type.Optional(Type.Array(Type.Object({ value: Type.String(), typeId: Type.String() }))),
  }),
  indexes: [
    searchable.text("name", ["exact", "words", "substring"]),
    searchable.text("barcode", ["exact"], "accents"),
    searchable.joined("keywords", ["name", "personal.lastName", "barcode", "codes"], ["words"]),
    searchable.joined("callNumber", ["prefix", "number"], ["exact", "substring"]),
    searchable.texts("codes", ["exact"]),
    searchable.objects("identifiers", {
      property: "value",
      modifiers: ["typeId"],
      match: ["words", "exact"],
    }),
    searchable.computed("isbn", {
      from: "identifiers",
      functionName: "isbns_v1",
      functionBody: `(select string_agg(regexp_replace(each ->> 'value', '[^0-9xX]+', '', 'g'), ' ')
        from jsonb_array_elements(case when jsonb_typeof(value) = 'array' then value end) as all_of(each) where each ->> 'typeId' = 'isbn')`,
      of: (value) =>
        (value as readonly { value: string; typeId: string }[] | undefined) // as: the schema's identifiers
          ?.filter(({ typeId }) => typeId === "isbn")
          .map((each) => digitsOf(each.value))
          .join(" ") ?? null,
      term: digitsOf,
      match: ["words"],
    }),
  ],
  unique: [
    { fields: ["hrid"] },
    { fields: ["callNumber"] },
    { fields: ["prefix", "isbn"], ignores: "nothing" },
  ],
  hasMetadata: false,
});

let made: CollectionDatabase;
beforeAll(async () => {
  made = await collectionDatabase(collections(titles).steps ?? []);
  const documents = [
    {
      name: "Été à Rome",
      barcode: "A-1",
      codes: ["x1"],
      identifiers: [
        { value: "978-3-16-148410-0", typeId: "isbn" },
        { value: "123", typeId: "oclc" },
      ],
    },
    { name: "Winter", personal: { lastName: "Sommer" }, prefix: "QA", number: "76.9 C6" },
    { name: "Rome at night", number: "76.9", identifiers: [{ value: "123 456", typeId: "isbn" }] },
    { hrid: "empty" },
  ];
  await made.tx((tx) => titles.upsert(tx, documents, { userId: null }, "all"));
}, 60_000);
afterAll(() => made.opened.close());

const namesOf = async (query: string): Promise<readonly (string | undefined)[]> => {
  const wanted = { query: `${query} sortby name`, offset: 0, limit: 10, totalRecords: "none" } as const;
  const { documents } = await made.read((tx) => titles.search(tx, wanted));
  return documents.map(({ name, hrid }) => name ?? hrid);
};

describe("an index of RAML Module Builder as a collection has it", () => {
  it.each([
    ["index: equality, order", 'name == "ete a rome"', ["Été à Rome"]],
    ["index: respects case where it is told", "barcode == a-1", []],
    ["likeIndex: a prefix", "name == rome*", ["Rome at night"]],
    ["ginIndex: any part", "name == *rome*", ["Été à Rome", "Rome at night"]],
    ["fullTextIndex: words", 'name all "night rome"', ["Rome at night"]],
    ["multiFieldNames: words of several fields", 'keywords all "sommer win*"', ["Winter"]],
    ["multiFieldNames: one after another across fields", 'keywords = "rome a"', ["Été à Rome"]],
    ["multiFieldNames: of an array too", "keywords = x1", ["Été à Rome"]],
    ["multiFieldNames: what is absent leaves no gap", "callNumber == 76.9", ["Rome at night"]],
    ["multiFieldNames: as a whole", 'callNumber == "qa 76.9 c6"', ["Winter"]],
    ["multiFieldNames: any part", 'callNumber == "qa*c6"', ["Winter"]],
    ["multiFieldNames: nothing at all", 'cql.allRecords=1 not callNumber=""', ["Été à Rome", "empty"]],
    ["arraySubfield", "identifiers = 123", ["Été à Rome", "Rome at night"]],
    ["arrayModifiers", "identifiers =/@value/@typeId=oclc 123", ["Été à Rome"]],
    [
      "arrayModifiers: another order, and the whole",
      "identifiers ==/@typeId=oclc/@value 123",
      ["Été à Rome"],
    ],
    ["arrayModifiers: where the term stands", "identifiers =/@typeId oclc", ["Été à Rome"]],
    ["an array's element", String.raw`codes == "*\"x1\"*"`, ["Été à Rome"]],
    ["sqlExpression, sqlExpressionQuery", "isbn = 9783161484100", ["Été à Rome"]],
    ["sqlExpressionQuery: as a person writes it", 'isbn = "978-3-16*"', ["Été à Rome"]],
  ])("%s: %s", async (_kind, query, names) => {
    expect(await namesOf(query)).toEqual(names);
  });

  it("uniqueIndex: the value is there once", async () => {
    const again = made.tx((tx) => titles.create(tx, { hrid: "EMPTY" }, { userId: null }));
    await expect(again).rejects.toMatchObject({ status: 422 });
  });

  it("a page ends where the text that was made says", async () => {
    const seen: (string | undefined)[] = [];
    let after: Parameters<typeof titles.page>[2] = null;
    do {
      const query = "cql.allRecords=1 sortby callNumber/sort.descending isbn";
      const page = await made.read((tx) => titles.page(tx, query, after, 1));
      seen.push(...page.documents.map(({ name, hrid }) => name ?? hrid));
      after = page.next;
    } while (after !== null);
    expect(new Set(seen.slice(0, 2))).toEqual(new Set(["empty", "Été à Rome"]));
    expect(seen.slice(2)).toEqual(["Winter", "Rome at night"]);
  });

  it.each([
    [
      "multiFieldNames",
      { prefix: "qa", number: "76.9 c6" },
      { prefix: "QA", number: "76.9 C7" },
      "qa 76.9 c6",
    ],
    [
      "sqlExpression, beside a field",
      { prefix: "Z", number: "2", identifiers: [{ value: "99 9", typeId: "isbn" }] },
      { prefix: "z", number: "3", identifiers: [{ value: "99 9", typeId: "isbn" }] },
      "Z, 999",
    ],
  ])("uniqueIndex with %s: the text that is made is there once", async (_kind, document, other, value) => {
    const [by, first] = [
      { userId: null },
      { prefix: "Z", number: "1", identifiers: [{ value: "9-99", typeId: "isbn" }] },
    ];
    if (value.startsWith("Z")) await made.tx((tx) => titles.create(tx, first, by));
    const again = made.tx((tx) => titles.create(tx, document, by));
    await expect(again).rejects.toMatchObject({
      status: 422,
      errors: [{ parameters: [{ value }] }],
    });
    await made.tx((tx) => titles.create(tx, other, by));
  });
});
