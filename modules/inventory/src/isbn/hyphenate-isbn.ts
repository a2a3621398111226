import { readFileSync } from "node:fs";
import type { Isbn } from "./isbn.ts";

/** Numbers of publishers, as many digits as the bounds have: "2280" to "2289". */
interface PublisherRange {
  readonly from: string;
  readonly to: string;
}

const LONGEST_GROUP = 7;

/** The range message of the International ISBN Agency, a line for each registration group: "978-0" has "00-19 200-227 ...".
 * The module does not start without it. */
const { publisherRangesByGroup } = JSON.parse(
  readFileSync(new URL("./isbn-ranges.json", import.meta.url), "utf8"),
) as { readonly publisherRangesByGroup: Readonly<Record<string, string>> }; // as: a file of this module, which a test reads

const rangesOf: ReadonlyMap<string, readonly PublisherRange[]> = new Map(
  Object.entries(publisherRangesByGroup).map(([group, ranges]) => [
    group,
    ranges.split(" ").flatMap((range) => {
      const [from = "", to = ""] = range.split("-");
      return from === "" ? [] : [{ from, to }];
    }),
  ]),
);

/** Writes an ISBN with hyphens between prefix, group, publisher, title and check digit. Where no publisher can have its number, group,
 * publisher and title stay together: "999999999-9". */
export function hyphenateIsbn({ digits, length }: Isbn): string {
  const prefix = length === 13 ? digits.slice(0, 3) : "978";
  const body = digits.slice(-10, -1);
  const parts = partsOf(prefix, body);
  return [...(length === 13 ? [prefix] : []), ...parts, digits.slice(-1)].join("-");
}

function partsOf(prefix: string, body: string): readonly string[] {
  for (let end = 1; end <= LONGEST_GROUP; end++) {
    const ranges = rangesOf.get(`${prefix}-${body.slice(0, end)}`);
    if (ranges === undefined) continue;
    const [group, rest] = [body.slice(0, end), body.slice(end)];
    if (ranges.length === 0) return [group, rest];
    const range = ranges.find(({ from, to }) => isWithin(rest.slice(0, from.length), from, to));
    return range === undefined
      ? [body]
      : [group, rest.slice(0, range.from.length), rest.slice(range.from.length)];
  }
  return [body];
}

/** Of texts of one length, digits only: their order is that of the numbers. */
function isWithin(publisher: string, from: string, to: string): boolean {
  return from <= publisher && publisher <= to;
}
