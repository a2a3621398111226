import { characterClass, charactersOf } from "./characters.ts";
import { capitals, smallLetters, spelledOut, unusual, usual } from "./folding-table.ts";

/** What a comparison does not distinguish: all letters of a kind, with or without accents. */
export type Ignored = "case and accents" | "case" | "accents" | "nothing";

/** The version of `norm`, part of the names of its SQL functions and of the indexes made with them. */
export const NORM_VERSION = 1;

/** Accents, as Unicode has them in blocks of their own. Signs of scripts that write their vowels as marks stay. */
export const accentRanges: readonly (readonly [number, number])[] = [
  [0x03_00, 0x03_6f],
  [0x1a_b0, 0x1a_ff],
  [0x1d_c0, 0x1d_ff],
  [0x20_d0, 0x20_ff],
  [0xfe_20, 0xfe_2f],
];

const ACCENTS = new RegExp(`[${characterClass(accentRanges)}]+`, "gu");
const ASCII = /^[\0-\u007f]*$/u;

const small = pairs(capitals, smallLetters);
const plain = new Map([...pairs(unusual, usual), ...spelledOut]);

/** A text as it is compared. The same table gives the SQL functions, which agree with it for every character that
 * PostgreSQL 15 knows (Unicode 14).
 * @see docs/decisions/0020-cql-text.md */
export function norm(text: string, ignored: Ignored = "case and accents"): string {
  switch (ignored) {
    case "case and accents":
      return lowerCase(withoutAccents(text));
    case "case":
      return lowerCase(text);
    case "accents":
      return withoutAccents(text);
    case "nothing":
      return text;
  }
}

function withoutAccents(text: string): string {
  if (ASCII.test(text)) return text;
  return mapped(text.normalize("NFD").replaceAll(ACCENTS, ""), plain);
}

function lowerCase(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return mapped(text.normalize("NFC"), small).replaceAll(/[A-Z]+/gu, (letters) => letters.toLowerCase());
}

function mapped(text: string, map: ReadonlyMap<string, string>): string {
  let result = "";
  for (const character of text) result += map.get(character) ?? character;
  return result;
}

function pairs(from: string, to: string): Map<string, string> {
  const images = charactersOf(to);
  return new Map(charactersOf(from).map((character, at) => [character, images[at] ?? ""]));
}
