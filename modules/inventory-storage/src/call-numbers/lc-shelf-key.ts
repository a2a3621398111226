import { sortableText, spaced } from "./sortable-text.ts";

const CLASS = /^(?<letters>[A-Za-z]+) *(?:(?<digits>\d+)(?<decimal>\.\d+)?)?(?<rest>.*)$/u;
const FIRST_CUTTER = /\.?[A-Za-z]\d+|^\.[A-Za-z]| \.[A-Za-z]/u;
const CUTTER = /[A-Z]\d+/gu;

/** The order on the shelf of a Library of Congress call number, or of one of the National Library of Medicine, which is built alike:
 * "PR9199.3 1920 .L33" is "PR 49199.3 41920 L33". What is none is put where a reader would look for it. Cutters are decimals, so they
 * stay as they are. */
export function lcShelfKey(callNumber: string): string {
  const { letters = "", digits = "", decimal = "", rest } = CLASS.exec(callNumber)?.groups ?? {};
  const behindClass = (rest ?? callNumber).trim();
  const cutterAt = FIRST_CUTTER.exec(behindClass)?.index ?? behindClass.length;
  const suffix = behindClass.slice(0, cutterAt).trim().toUpperCase();

  let key = letters.toUpperCase();
  if (digits !== "") key = `${spaced(key)}${digits.length}${digits}`;
  key += decimal;
  if (suffix !== "") {
    const behindCutters = key !== "" && /^\p{Alphabetic}/u.test(suffix) ? "_" : "";
    key = spaced(key) + behindCutters + sortableText(suffix);
  }
  return withCutters(key, behindClass.slice(cutterAt).trim().toUpperCase()).replace(/ $/u, "");
}

function withCutters(key: string, cutters: string): string {
  let all = key;
  let end = 0;
  for (const { 0: cutter, index } of cutters.matchAll(CUTTER)) {
    all = spaced(spaced(all) + sortableText(cutters.slice(end, index))) + cutter;
    end = index + cutter.length;
  }
  return end < cutters.length ? spaced(all) + sortableText(cutters.slice(end)) : all;
}
