import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limits, parseQuery } from "./parse-query.ts";
import { printQuery } from "./print-query.ts";
import { anyQuery } from "./query.arbitraries.ts";
import type { Query } from "./query.ts";

/** What was read, printed in one way. */
function read(text: string): string {
  const query = parseQuery(text);
  return query.ok
    ? printQuery(query.value)
    : `${query.error.kind} at ${query.error.position}: ${query.error.message}`;
}

describe("a query", () => {
  it.each([
    ["title==Water", "title == Water"],
    ['title = "war and peace"', 'title = "war and peace"'],
    ["war", "war"],
    // Several words are one term, as in cql-java.
    ["title = war peace", 'title = "war peace"'],
    ["title = war peace any", 'title = "war peace any"'],
    ["title all war", "title all war"],
    ["TITLE ALL war", "TITLE all war"],
    ["a=1 AND b=2", "a = 1 and b = 2"],
    // One precedence, from the left.
    ["a=1 or b=2 and c=3", "a = 1 or b = 2 and c = 3"],
    ["a=1 or (b=2 and c=3)", "a = 1 or (b = 2 and c = 3)"],
    ["((a=1))", "a = 1"],
    ["id==(a or b or c)", "id == a or id == b or id == c"],
    ["id==(a or (b and x=1))", "id == a or (id == b and x = 1)"],
    ["id==(x=(a or b) or c)", "x = a or x = b or id == c"],
    ["cql.allRecords=1 sortby title", "cql.allRecords = 1 sortby title"],
    ["a=1 sortby b/sort.descending c", "a = 1 sortby b/sort.descending c"],
    // A second index, no direction: mod-circulation's clients write it (module-kit.md 2.3).
    ["a=1 sortby requestDate desc", "a = 1 sortby requestDate desc"],
    ['ids =/@type=doi/@x "10"', "ids =/@type=doi/@x 10"],
    ["n >=/number 5", "n >=/number 5"],
    ['a=""', 'a = ""'],
    ["a=*", "a = *"],
    [String.raw`a=="x\"y\*z"`, String.raw`a == "x\"y\*z"`],
    [String.raw`a==x\ `, String.raw`a == "x\\"`],
    ["a<>b", "a <> b"],
    ["a=and", 'a = "and"'],
    ["and=1", '"and" = 1'],
    ["a prox/distance<3 b", "a prox/distance<3 b"],
  ])("%s is read as %s", (text, printed) => {
    expect(read(text)).toBe(printed);
  });

  it.each([
    ["", "syntax at 0: Expected an index or a term, but the query ends"],
    ["a=", "syntax at 2: Expected an index or a term, but the query ends"],
    ["a=1 and", "syntax at 7: Expected an index or a term, but the query ends"],
    ["(a=1", "syntax at 4: Expected a boolean operator (and, or, not) or ), but the query ends"],
    ["a=1)", 'syntax at 3: Expected a boolean operator (and, or, not), sortby or the end, but there is ")"'],
    ['a="x', 'syntax at 2: A string has no closing "'],
    [String.raw`a="x\"`, 'syntax at 2: A string has no closing "'],
    ["a b c = 1", 'syntax at 6: Before = there must be one index, not the words "a b c"'],
    ["a=1 sortby", "syntax at 10: Expected an index to sort by, but the query ends"],
    ["a=/", "syntax at 3: Expected a modifier, but the query ends"],
    ["a=/x=", "syntax at 5: Expected the value of a modifier, but the query ends"],
    ['a==("x" "y" or)', 'syntax at 14: Expected an index or a term, but there is ")"'],
    ["> dc = uri a=1", "unsupported at 0: Prefix assignments (> name = uri) are not supported"],
    ["a zeerex.exact 1", 'unsupported at 2: The relation "zeerex.exact" is not supported'],
  ])("%j is refused: %s", (text, sentence) => {
    expect(read(text)).toBe(sentence);
  });

  it.each([
    ["characters", `a=${"x".repeat(limits.characters)}`],
    ["depth", `${"(".repeat(limits.depth + 1)}a`],
    ["terms", `id==(${"a or ".repeat(limits.terms)}a)`],
  ])("is bounded in its %s", (_what, text) => {
    expect(read(text)).toMatch(/^too-large at \d+:/u);
  });

  it("of a thousand ids is read", () => {
    const ids = Array.from(
      { length: 1000 },
      (_, n) => `"00000000-0000-4000-8000-${String(n).padStart(12, "0")}"`,
    );
    expect(read(`id==(${ids.join(" or ")})`)).toMatch(/^id == /u);
  });
});

describe("printing", () => {
  it("and parsing again gives the same query", () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        const again = parseQuery(printQuery(query));
        expect(again.ok ? withoutPositions(again.value) : again.error).toEqual(query);
      }),
      { numRuns: 2000 },
    );
  });

  it("reads any text or refuses it with a place inside it", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab ()"\\=<>/*.]{0,30}$/u), (text) => {
        expect(isReadOrRefused(text)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});

function isReadOrRefused(text: string): boolean {
  const query = parseQuery(text);
  if (!query.ok) return query.error.position >= 0 && query.error.position <= text.length;
  const again = parseQuery(printQuery(query.value));
  return isDeepStrictEqual(again.ok && withoutPositions(again.value), withoutPositions(query.value));
}

function withoutPositions(query: Query): unknown {
  const text = JSON.stringify(query, (key, value: unknown) => (key === "position" ? 0 : value));
  return JSON.parse(text);
}
