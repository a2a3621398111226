import { sortableText } from "./sortable-text.ts";

const AUTHOR = "(?<author>[A-Za-z]+\\s*)";
const SERIES = "(?<series>\\.(?:[A-Za-z]+\\d*|\\d+))";
const SUBSERIES = "(?<subseries>/(?:[A-Za-z]+(?:\\d+(?:-\\d+)?)?|\\d+(?:-\\d+)?))?";
const STEM = new RegExp(`^(?:${AUTHOR}(?<office>\\d+)${SERIES}${SUBSERIES})?:?(?<suffix>.*)$`, "u");

/** The order on the shelf of a number of the Superintendent of Documents: letters come before numbers, years of three digits behind
 * shorter numbers: "T22.19/2:V88/989" is "T 222 219 12  !V 288 !3989". As mod-inventory-storage 27.1.5 has it. */
export function suDocShelfKey(number: string): string {
  const { author = "", office, series, subseries, suffix = number } = STEM.exec(number)?.groups ?? {};
  let key = author.trim();
  for (const part of [office, series, subseries, suffix]) key = withPart(key, part ?? "");
  return key;
}

function withPart(key: string, part: string): string {
  if (part.trim() === "") return key;
  let all = key;
  for (const piece of part
    .replace(/^[./:-]/u, "")
    .replace(/[./ -]+$/u, "")
    .split(/[./ -]/u)) {
    if (all !== "") all += " ";
    if (piece.trim() !== "") all += markOf(piece.trim()) + sortableText(piece.trim());
  }
  return all;
}

function markOf(piece: string): string {
  if (/^\p{Alphabetic}/u.test(piece)) return " !";
  return piece.length >= 3 ? "!" : "";
}
