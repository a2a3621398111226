import { norm, sqlFunctions, wordsOf } from "@octavo/cql";
import { type Connection, connect } from "@octavo/testing/connection";
import { freshDatabase } from "@octavo/testing/fresh-database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let client: Connection;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await freshDatabase();
  client = await connect(database.url);
  await client.query(`CREATE SCHEMA "a ""schema"`);
  for (const statement of sqlFunctions('a "schema')) await client.query(statement);
  await client.query(`SET search_path = "a ""schema"`);
  drop = () => database.drop();
});

afterAll(async () => {
  await client.end();
  await drop();
});

/** Decomposed by Unicode 16 and later only, so that PostgreSQL 15 to 17 leave them whole. */
const decomposedLater: readonly (readonly [number, number])[] = [
  [0x1_05_c9, 0x1_05_e4],
  [0x1_13_80, 0x1_13_c8],
  [0x1_61_21, 0x1_61_28],
  [0x1_6d_68, 0x1_6d_6a],
];

/** Of the scripts with thousands of like signs one in a hundred. */
const MANY =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Tangut}\p{Script=Nushu}\p{Script=Egyptian_Hieroglyphs}\p{Co}\p{Cn}]/u;

/** Every other character, but halves. */
const characters = Array.from({ length: 0x10_ff_ff }, (_, n) => n + 1)
  .filter((code) => code < 0xd8_00 || code > 0xdf_ff)
  .filter((code) => !decomposedLater.some(([from, to]) => from <= code && code <= to))
  .map((code) => String.fromCodePoint(code))
  .filter((character, n) => n % 100 === 0 || !MANY.test(character));

describe("the functions in SQL", () => {
  it.each([
    ["case and accents", "octavo_norm_v1"],
    ["case", "octavo_lower_v1"],
    ["accents", "octavo_plain_v1"],
  ] as const)("ignore %s as the evaluator does, for the characters of Unicode", async (ignored, name) => {
    const { rows } = await client.query<{ from: string; to: string }>(
      `SELECT c AS from, ${name}(c) AS to FROM unnest($1::text[]) AS r(c) WHERE ${name}(c) <> c`,
      [characters],
    );
    const expected = characters
      .map((character) => ({ from: character, to: norm(character, ignored) }))
      .filter(({ from, to }) => from !== to);
    expect(rows.length).toBeGreaterThan(1000);
    // Compared as one text: a difference is seen at its place.
    expect(rows.map(({ from, to }) => `${from}→${to}`)).toEqual(
      expected.map(({ from, to }) => `${from}→${to}`),
    );
  });

  it("part words where the evaluator does, at the characters of Unicode", async () => {
    const { rows } = await client.query<{ c: string }>(
      "SELECT c FROM unnest($1::text[]) AS r(c) WHERE length(octavo_words_v1('a' || c || 'b')) = 2",
      [characters],
    );
    expect(rows.map(({ c }) => c)).toEqual(characters.filter((each) => wordsOf(`a${each}b`).length === 2));
  });

  it("hold what does not fit into a tsvector: long words, many words, a megabyte", async () => {
    const texts = [
      "x".repeat(3000),
      "w ".repeat(20_000),
      Array.from({ length: 120_000 }, (_, n) => `w${n}`).join(" "),
    ];
    for (const text of texts) {
      const { rows } = await client.query<{ n: number }>("SELECT length(octavo_words_v1($1)) AS n", [text]);
      expect(rows[0]?.n).toBe(new Set(wordsOf(text)).size);
    }
  });

  it("give words and keys of short values and of long ones, of few elements and of many, alike", async () => {
    const texts = [1999, 2000, 2001].map((length) => "1e5x Ünter d'été-ab ".repeat(200).slice(0, length));
    for (const text of [...texts, "", "--", "'\\"]) {
      const { rows } = await client.query("SELECT octavo_words_v1($1) = $2::tsvector AS agrees", [
        text,
        tsvector(wordsOf(text)),
      ]);
      expect({ text, rows }).toEqual({ text, rows: [{ agrees: true }] });
    }
    for (const count of [0, 1, 29, 30, 31, 32]) {
      for (const name of ["Ab-c", "Ünter"]) {
        const all = Array.from({ length: count }, (_, n) => ({ name: n % 7 === 3 ? null : `${name} ${n}` }));
        const found = all.flatMap((each) => each.name ?? []);
        const { rows } = await client.query(
          `SELECT octavo_element_words_v1($1, 'name') IS NOT DISTINCT FROM $2::tsvector AS words,
            array_remove(octavo_element_keys_v1($1, 'name', 'case and accents'), NULL) IS NOT DISTINCT FROM $3::text[] AS keys`,
          [
            JSON.stringify(all),
            count === 0 ? null : tsvector(wordsOf(found.join(" "))),
            count === 0 ? null : found.map((each) => norm(each)),
          ],
        );
        expect({ count, name, rows }).toEqual({ count, name, rows: [{ words: true, keys: true }] });
      }
    }
  });

  it("are immutable, safe in parallel, and need no search path", async () => {
    const { rows } = await client.query(
      "SELECT DISTINCT provolatile, proparallel FROM pg_proc WHERE proname LIKE 'octavo_%'",
    );
    expect(rows).toEqual([{ provolatile: "i", proparallel: "s" }]);
    await client.query("SET search_path = pg_catalog");
    const { rows: found } = await client.query(`SELECT "a ""schema".octavo_words_v1('Ünter war') AS words`);
    await client.query(`SET search_path = "a ""schema"`);
    expect(found).toEqual([{ words: "'unter':1 'war':2" }]);
  });
});

/** As it is written: 'one':1 'two':2 */
function tsvector(words: readonly string[]): string {
  return words.map((word, at) => `'${word}':${at + 1}`).join(" ");
}
