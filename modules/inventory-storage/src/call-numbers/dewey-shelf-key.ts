import { sortableNumber, sortableText, spaced } from "./sortable-text.ts";

const CLASS = /^(?<digits>\d+)(?<decimal>\.\d+)?(?<rest>.*)$/u;
const CUTTER = /^ *\.?(?<cutter>[A-Z]\d{1,3}[A-Z]*) *(?<suffix>.*)$/u;

/** The order on the shelf of a Dewey call number: "394.1 O41b" is "3394.1 O41 B". */
export function deweyShelfKey(callNumber: string): string {
  const { digits, decimal = "", rest = "" } = CLASS.exec(callNumber)?.groups ?? {};
  if (digits === undefined) return sortableText(callNumber);
  const { cutter, suffix = "" } = CUTTER.exec(rest)?.groups ?? {};
  const key = sortableNumber(digits) + decimal;
  if (cutter === undefined) return rest === "" ? key : spaced(key) + sortableText(rest);
  const withCutter = spaced(key) + cutter;
  return suffix === "" ? withCutter : spaced(withCutter) + sortableText(suffix);
}
