import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bindQuery } from "./bind-query.ts";
import {
  and,
  cql,
  descending,
  equal,
  minus,
  not,
  oneOf,
  or,
  ordered,
  startsWith,
  words,
} from "./build-query.ts";
import { compileWhere } from "./compile-sql.ts";
import { evaluate } from "./evaluate.ts";
import { indexStatements } from "./index-statements.ts";
import { norm } from "./norm.ts";
import { limits, parseQuery } from "./parse-query.ts";
import { defineTables, type TableSpec } from "./table-spec.ts";

const book: TableSpec = {
  name: "book",
  dynamic: ["note"],
  indexes: [
    { kind: "uuid", name: "id", path: ["id"], column: "id" },
    { kind: "text", name: "title", path: ["title"], match: ["exact", "words"] },
    { kind: "text", name: "summary", path: ["summary"], match: ["words"] },
    { kind: "text", name: "part", path: ["part"], match: ["substring"] },
    { kind: "number", name: "pages", path: ["pages"] },
    { kind: "boolean", name: "lent", path: ["lent"] },
    { kind: "texts", name: "languages", path: ["languages"], match: ["exact"] },
    { kind: "uuid", name: "seriesId", path: ["seriesId"], column: "seriesid" },
  ],
  foreign: [{ alias: "series", steps: [{ to: "parent", table: "book", key: "seriesId" }] }],
};
const tables = defineTables([book]);

function bind(text: string): ReturnType<typeof bindQuery> {
  const query = parseQuery(text);
  return query.ok ? bindQuery(query.value, tables, "book") : query;
}

/** The condition in SQL with its parameters, or what is wrong and where. */
function sql(text: string): string {
  const bound = bind(text);
  const where = bound.ok ? compileWhere(bound.value, "t") : bound;
  if (!where.ok) return `${where.error.kind} at ${where.error.position}: ${where.error.message}`;
  return `${where.value.text} | ${JSON.stringify(where.value.values)}`;
}

describe("a query is refused", () => {
  it.each([
    ["author=x", 'unknown-index at 6: There is no index "author"'],
    ["series.author=x", 'unknown-index at 13: There is no index "series.author"'],
    ["war", "unknown-index at 0: A term must name an index here: none is searched without"],
    ["summary==x", "unknown-index at 7: summary has no index for =="],
    ["part=x", "unknown-index at 4: part has no index for ="],
    ["title==*war*", "unsupported at 7: title allows a * at the end of a term only"],
    [
      "languages==e*",
      "unsupported at 11: The elements of languages are compared as a whole: no * and no ? there",
    ],
    ["languages>e", "unsupported at 9: languages is a list and has no order: it knows no >"],
    ["title=a prox pages=1", "unsupported at 8: prox is not supported"],
    ["title=a and/x=1 title=b", "unsupported at 11: The modifier x of and is not supported"],
    ["title within x", "unsupported at 6: The relation within is not supported"],
    ["title encloses x", "unsupported at 6: The relation encloses is not supported"],
    ["title=/regexp x", "unsupported at 6: The modifier regexp is not supported for title"],
    ["title=/number 1", "unsupported at 5: title has no index of numbers"],
    ["id all x", "unsupported at 3: id is a UUID and knows ==, =, <>, <, <=, > and >=, not all"],
    ["lent>true", "unsupported at 4: lent is true or false and knows ==, = and <>, not >"],
    ["title=wa*r", "bad-term at 6: Among words a * can only stand at the end of a word"],
    [
      "title=wa?",
      "bad-term at 6: Among words a ? stands for nothing: mask it with a backslash or leave it out",
    ],
    ["pages>ten", "bad-term at 6: pages is compared with a number"],
    ["pages==1e400", "bad-term at 7: pages is compared with a number"],
    ["lent==yes", "bad-term at 6: lent is compared with true or false"],
    ["title==\ud800", "bad-term at 7: A term holds no U+0000 and no half of a character"],
    [
      "title=a sortby title/sort.random",
      "unsupported at 20: The modifier sort.random is not supported for sorting",
    ],
  ])("%s: %s", (query, sentence) => {
    expect(sql(query)).toBe(sentence);
  });
});

const KEY = (name: string): string => `(left(octavo_norm_v1(("t".jsonb ->> '${name}')), 600) COLLATE "C")`;

describe("a query in SQL", () => {
  it.each([
    ["title==War", `${KEY("title")} = $1 | ["war"]`],
    ["title==(War or Peace)", `${KEY("title")} = ANY($1::text[]) | [["war","peace"]]`],
    ["title==War*", `${KEY("title")} >= $1 AND ${KEY("title")} < $2 | ["war","was"]`],
    ["title=War*", `octavo_words_v1(("t".jsonb ->> 'title')) @@ $1::tsquery | ["('war':*)"]`],
    [
      "title=(War or Peace)",
      `octavo_words_v1(("t".jsonb ->> 'title')) @@ $1::tsquery | ["('war') | ('peace')"]`,
    ],
    ["title all 'a-b'", `octavo_words_v1(("t".jsonb ->> 'title')) @@ $1::tsquery | ["('a' & 'b')"]`],
    ["part==*50%*", `(octavo_norm_v1(("t".jsonb ->> 'part')) COLLATE "C") LIKE $1 | ["%50\\\\%%"]`],
    ["pages>5", `octavo_number_v1(("t".jsonb -> 'pages')) > $1::numeric | ["5"]`],
    ["title=* or pages=5", "TRUE | []"],
    ["pages=5 or title=*", "TRUE | []"],
    ["id==x", "FALSE | []"],
    [
      "pages=5 not lent=true",
      `(octavo_number_v1(("t".jsonb -> 'pages')) = $1::numeric) AND ((octavo_boolean_v1(("t".jsonb -> 'lent')) = TRUE) IS NOT TRUE) | ["5"]`,
    ],
    ["series.id=*", `"t"."seriesid" IN (SELECT f1."id" FROM "book" AS f1 WHERE TRUE) | []`],
  ])("%s is %s", (query, text) => {
    expect(sql(query)).toBe(text);
  });

  it("has one text for all terms of a shape, so that it can be prepared", () => {
    const shape = (query: string): string => sql(query).split(" | ")[0] ?? "";
    expect(shape(`title==("${"a".repeat(20)}" or b or c) not summary="x y z"`)).toBe(
      shape('title==(d or e) not summary="q"'),
    );
  });

  it("reports sort keys that mean nothing", () => {
    expect(bind("title=a sortby title desc series.title")).toMatchObject({
      value: { ignoredSortKeys: ["desc", "series.title"], sortBy: [{ field: { name: "title" } }] },
    });
  });
});

describe("a hostile query", () => {
  const nested = (depth: number): string =>
    `${"(".repeat(depth)}title=a${" or title=b) and title=c".repeat(depth)}`;

  it.each([
    ["nests its operators", nested(150)],
    ["alternates its operators", `title=a${" or title=b and title=c".repeat(300)}`],
    ["has many parameters", Array.from({ length: 1001 }, (_, n) => `title==a${n}*`).join(" or ")],
    ["has many stars", `part==${"*a".repeat(20)}`],
    ["has many words", `title="${"a ".repeat(501)}"`],
    ["has many sort keys", `title=a sortby${" title".repeat(9)}`],
  ])("%s: it is too large", (_what, query) => {
    expect(sql(query)).toMatch(/^too-large at \d+: /u);
  });

  it("of ten thousand terms is a few parameters", () => {
    const bound = bind(`title=(${Array.from({ length: limits.terms }, (_, n) => `a${n}`).join(" or ")})`);
    expect(bound.ok && compileWhere(bound.value, "t")).toMatchObject({ value: { values: { length: 20 } } });
  });
});

describe("any text", () => {
  it("is refused with a place in it, or understood and printed as SQL", () => {
    const piece = fc.constantFrom(
      "title",
      "note",
      "id",
      "pages",
      "languages",
      "==",
      "=",
      "<>",
      "<",
      "(",
      ")",
      "or",
      "not",
      "/number",
      "/@a=b",
      '"',
      "\\",
      "*",
      "?",
      "\0",
      "é",
      "sortby",
      " ",
      "1",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 12 }).map((all) => all.join(" ")),
          fc.string({ unit: "binary" }),
        ),
        (query) => {
          const bound = bind(query);
          const where = bound.ok ? compileWhere(bound.value, "t") : bound;
          const position = where.ok ? 0 : where.error.position;
          expect(position >= 0 && position <= query.length).toBe(true);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe("building a query", () => {
  it.each([
    [cql(equal("title", 'a"b*c')), String.raw`title == "a\"b\*c"`],
    [
      cql(and(equal("title", "a"), or(equal("pages", 5), not(equal("lent", true))))),
      "title == a and (pages == 5 or (cql.allRecords = 1 not lent == true))",
    ],
    [
      cql(minus(words("title", "war and peace"), startsWith("title", "x^")), "title", descending("pages")),
      String.raw`title = "war and peace" not title == "x\^*" sortby title pages/sort.descending`,
    ],
    [cql(oneOf("title", [])), "cql.allRecords = 1 not cql.allRecords = 1"],
    [cql(ordered("note", ">=", "2024-01-01")), "note >= 2024-01-01"],
  ])("prints %s", (text, expected) => {
    expect(text).toBe(expected);
  });

  it("finds exactly the value that was given, whatever is in it", () => {
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom("*", "?", '"', "\\", "\\*", "a\\", "[]", "and", '*"x"*'),
    );
    fc.assert(
      fc.property(value, value, (wanted, other) => {
        const query = bind(cql(equal("note", wanted)));
        const finds = (note: string): boolean => query.ok && evaluate(query.value.where, { note }, () => []);
        const isAlike = norm(other) === norm(wanted);
        expect(query.ok ? finds(wanted) && finds(other) === isAlike : wanted.includes("\0")).toBe(true);
      }),
    );
  });
});

describe("declared indexes", () => {
  it("have stable names within PostgreSQL's bound", () => {
    const long: TableSpec = {
      name: "a_table",
      indexes: [
        { kind: "text", name: "x".repeat(80), path: ["x"], match: ["exact"] },
        { kind: "number", name: "a.b", path: ["a", "b"] },
        { kind: "number", name: "a_b", path: ["a_b"] },
      ],
    };
    expect(indexStatements(long).map(({ name }) => name)).toMatchInlineSnapshot(`
      [
        "a_table_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_27444a28",
        "a_table_a_b_number_88a8da25",
        "a_table_a_b_number",
      ]
    `);
    expect(indexStatements(book).map(({ name }) => name)).toMatchInlineSnapshot(`
      [
        "book_title_key_v1",
        "book_title_words_v1",
        "book_summary_words_v1",
        "book_part_parts_v1",
        "book_pages_number",
        "book_lent_boolean",
        "book_languages_elements_v1",
        "book_seriesid_key_0e668d8d",
      ]
    `);
  });

  it("are refused where they name what is not there", () => {
    expect(() => defineTables([{ ...book, serverChoice: ["author"] }])).toThrow(
      "the server choice index author of book is declared",
    );
    expect(() =>
      defineTables([
        { ...book, foreign: [{ alias: "x", steps: [{ to: "parent", table: "y", key: "seriesId" }] }] },
      ]),
    ).toThrow("the table y of x is declared");
  });
});
