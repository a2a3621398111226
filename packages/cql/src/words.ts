import { characterClass, firstCharacters } from "./characters.ts";
import { norm } from "./norm.ts";

/** Bounds of what is searched by words; positions of a tsvector end there, too. */
export const wordLimits = { characters: 100_000, words: 16_383, wordCharacters: 255 } as const;

/** Everything that parts words: ASCII but letters and digits, spaces, punctuation, symbols. All else is a letter. */
export const separatorRanges: readonly (readonly [number, number])[] = [
  [0x01, 0x2f],
  [0x3a, 0x40],
  [0x5b, 0x60],
  [0x7b, 0xa9],
  [0xab, 0xb1],
  [0xb4, 0xb4],
  [0xb6, 0xb8],
  [0xbb, 0xbb],
  [0xbf, 0xbf],
  [0xd7, 0xd7],
  [0xf7, 0xf7],
  [0x03_7e, 0x03_7e],
  [0x03_87, 0x03_87],
  [0x05_5a, 0x05_5f],
  [0x05_89, 0x05_8a],
  [0x05_be, 0x05_be],
  [0x05_c0, 0x05_c0],
  [0x05_c3, 0x05_c3],
  [0x05_f3, 0x05_f4],
  [0x06_0c, 0x06_0d],
  [0x06_1b, 0x06_1f],
  [0x06_6a, 0x06_6d],
  [0x06_d4, 0x06_d4],
  [0x09_64, 0x09_65],
  [0x16_80, 0x16_80],
  [0x20_00, 0x20_6f],
  [0x20_a0, 0x20_cf],
  [0x21_90, 0x2b_ff],
  [0x2e_00, 0x2e_7f],
  [0x30_00, 0x30_04],
  [0x30_08, 0x30_20],
  [0x30_30, 0x30_30],
  [0x30_3d, 0x30_3f],
  [0x30_fb, 0x30_fb],
  [0xfe_10, 0xfe_1f],
  [0xfe_30, 0xfe_6f],
  [0xff_00, 0xff_0f],
  [0xff_1a, 0xff_20],
  [0xff_3b, 0xff_40],
  [0xff_5b, 0xff_65],
];

const SEPARATORS = new RegExp(`[\0${characterClass(separatorRanges)}]+`, "u");

/** A text's words as they are searched: normalised, in order, each at most 255 characters long. */
export function wordsOf(text: string): readonly string[] {
  return firstCharacters(norm(text), wordLimits.characters)
    .split(SEPARATORS)
    .filter((word) => word !== "")
    .slice(0, wordLimits.words)
    .map((word) => firstCharacters(word, wordLimits.wordCharacters));
}
