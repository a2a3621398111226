import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitStatements } from "./split-statements.ts";
import { tokenise } from "./tokenise.ts";

const seed = Number(process.env["OCTAVO_TEST_SEED"] ?? 1);

/** As PostgreSQL reads them: pieces, each of one kind. */
const cases: readonly (readonly [string, readonly string[]])[] = [
  ["SELECT Ünï", ["word select", "word Ünï"]],
  [`"A""b"."c"`, [`name A"b`, "symbol .", "name c"]],
  ["'it''s' E'\\'x' b'01' X'ff'", ["string 'it''s'", "string E'\\'x'", "string b'01'", "string X'ff'"]],
  ["'\\' || 'x'", ["string '\\'", "symbol |", "symbol |", "string 'x'"]],
  ["$$a;b$$ $t$ $$ $t$", ["string a;b", "string  $$ "]],
  ["a$b$c $1", ["word a$b$c", "parameter $1"]],
  ["1.5e-3 .5 1. 0x1F 1_000", ["number 1.5e-3", "number .5", "number 1.", "number 0x1F", "number 1_000"]],
  ["a--b\nc/*/**/*/d", ["word a", "word c", "word d"]],
  ["x::int[1]", ["word x", "symbol ::", "word int", "symbol [", "number 1", "symbol ]"]],
  ["a->>'b'", ["word a", "symbol -", "symbol >", "symbol >", "string 'b'"]],
];

describe("a text", () => {
  it.each(cases)("%s", (text, expected) => {
    const tokens = tokenise(text);
    expect(tokens.ok && tokens.value.map(({ kind, value }) => `${kind} ${value}`)).toEqual(expected);
  });

  it("is cut between statements and nowhere else", () => {
    expect(splitStatements("a ';' ; /* ; */ b $$;$$;;\n c --;\n")).toEqual(["a ';'", "b $$;$$", "c"]);
  });

  it("is read to its end or refused, whatever it is, and no character belongs to two pieces", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "'",
        '"',
        "$$",
        "$a$",
        "--",
        "/*",
        "*/",
        "\n",
        ";",
        "e'",
        "\\",
        "u&'",
        "a",
        "1",
        ".",
        "$1",
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const tokens = tokenise(pieces.join(""));
        let end = 0;
        for (const token of tokens.ok ? tokens.value : []) {
          expect(token.start).toBeGreaterThanOrEqual(end);
          expect(token.end).toBeGreaterThan(token.start);
          ({ end } = token);
        }
      }),
      { seed, numRuns: 2000 },
    );
  });
});
