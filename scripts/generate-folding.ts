// Writes packages/cql/src/folding-table.ts: what the function norm does to single characters. By hand only, and only together with
// a new version in its name: databases hold indexes that were made by the old one.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Letters and signs that canonical decomposition leaves whole, and what a reader takes them for. */
const likenesses: Readonly<Record<string, string>> = {
  ß: "ss",
  ẞ: "SS",
  Æ: "AE",
  æ: "ae",
  Œ: "OE",
  œ: "oe",
  Þ: "TH",
  þ: "th",
  Ĳ: "IJ",
  ĳ: "ij",
  ŉ: "'n",
  Ǆ: "DZ",
  ǅ: "Dz",
  ǆ: "dz",
  Ǉ: "LJ",
  ǈ: "Lj",
  ǉ: "lj",
  Ǌ: "NJ",
  ǋ: "Nj",
  ǌ: "nj",
  ﬀ: "ff",
  ﬁ: "fi",
  ﬂ: "fl",
  ﬃ: "ffi",
  ﬄ: "ffl",
  ﬅ: "st",
  ﬆ: "st",
  "…": "...",
  Ø: "O",
  ø: "o",
  Ð: "D",
  ð: "d",
  Đ: "D",
  đ: "d",
  Ħ: "H",
  ħ: "h",
  Ł: "L",
  ł: "l",
  Ŧ: "T",
  ŧ: "t",
  ı: "i",
  ĸ: "q",
  Ŀ: "L",
  ŀ: "l",
  Ŋ: "N",
  ŋ: "n",
  ſ: "s",
  ƒ: "f",
  Ƶ: "Z",
  ƶ: "z",
  ȷ: "j",
  ς: "σ",
  "‘": "'",
  "’": "'",
  "‚": "'",
  "‛": "'",
  "′": "'",
  ʼ: "'",
  ʻ: "'",
  ʹ: "'",
  "`": "'",
  "´": "'",
  "“": '"',
  "”": '"',
  "„": '"',
  "‟": '"',
  "″": '"',
  "«": '"',
  "»": '"',
  ʺ: '"',
  "‐": "-",
  "‑": "-",
  "‒": "-",
  "–": "-",
  "—": "-",
  "―": "-",
  "−": "-",
  ...Object.fromEntries(spaces().map((space) => [space, " "])),
  ...Object.fromEntries(wide()),
};

function spaces(): string[] {
  const codes = [0xa0, ...Array.from({ length: 11 }, (_, n) => 0x2000 + n), 0x202f, 0x205f, 0x3000];
  return codes.map((code) => String.fromCodePoint(code));
}

/** The full-width forms of ASCII's printable characters. */
function wide(): [string, string][] {
  return Array.from({ length: 0x5e }, (_, n) => [
    String.fromCodePoint(0xff01 + n),
    String.fromCodePoint(0x21 + n),
  ]);
}

/** Capitals beyond ASCII with a small letter of one code point. */
function capitals(): [string, string][] {
  const pairs: [string, string][] = [];
  for (let code = 0x80; code <= 0x10ffff; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const letter = String.fromCodePoint(code);
    const small = letter.toLowerCase();
    if (small !== letter && Array.from(small).length === 1) pairs.push([letter, small]);
  }
  return pairs;
}

function escaped(text: string): string {
  return JSON.stringify(text).replaceAll(/[^\n -~]/gu, (each) => `\\u{${each.codePointAt(0)?.toString(16)}}`);
}

function lines(pairs: readonly (readonly [string, string])[], side: 0 | 1): string {
  const rows: string[] = [];
  for (let at = 0; at < pairs.length; at += 12) {
    rows.push(
      `  ${escaped(
        pairs
          .slice(at, at + 12)
          .map((pair) => pair[side])
          .join(""),
      )},`,
    );
  }
  return rows.join("\n");
}

// An accent of its own decomposes to nothing that is a letter: "`" is ASCII and stays.
const alike = Object.entries(likenesses).filter(
  ([from]) => from > "\u007f" && from.normalize("NFD") === from,
);
const singles = alike.filter(([, to]) => to.length === 1);
const several = alike.filter(([, to]) => to.length > 1);

const text = `// Written by scripts/generate-folding.ts with Unicode ${process.versions["unicode"]}. Frozen: a change is a new version of norm.

/** Each character of the first has its small letter at the same place of the second. */
export const capitals = [
${lines(capitals(), 0)}
].join("");
export const smallLetters = [
${lines(capitals(), 1)}
].join("");

/** Each character of the first reads as the one at the same place of the second. */
export const unusual = [
${lines(singles, 0)}
].join("");
export const usual = [
${lines(singles, 1)}
].join("");

/** Characters that read as several. */
export const spelledOut: readonly (readonly [string, string])[] = [
${several.map(([from, to]) => `  [${escaped(from)}, ${escaped(to)}],`).join("\n")}
];
`;
writeFileSync(join(import.meta.dirname, "../packages/cql/src/folding-table.ts"), text);
