/** Years of a publication, as mod-inventory-storage reads them out of free text. */
export interface PublicationPeriod {
  readonly start?: number;
  readonly end?: number;
}

interface Publication {
  readonly dateOfPublication?: string | undefined;
}

const START = /(?<year>\d{4})\w{0,2}(?:\s?-|\sand|\s?,)/u;
const END = /(?:-\s?|and\s|,\s?)\w{0,2}(?<year>\d{4})/u;
const ANY = /(?<year>\d{4})/u;

/** @returns undefined where no year can be read in the first or the last publication */
export function publicationPeriod(
  publications: readonly Publication[] | undefined,
): PublicationPeriod | undefined {
  const [first] = publications ?? [];
  if (first === undefined) return undefined;
  const start = yearOf(first, START);
  const last = publications?.at(-1);
  const end = (last === undefined ? undefined : yearOf(last, END)) ?? yearOf(first, END);
  if (start === undefined) return end === undefined ? undefined : { end };
  return end !== undefined && start < end ? { start, end } : { start };
}

function yearOf({ dateOfPublication: text = "" }: Publication, pattern: RegExp): number | undefined {
  const year = (pattern.exec(text) ?? ANY.exec(text))?.groups?.["year"];
  return year === undefined ? undefined : Number(year);
}
