import { expect, it } from "vitest";
import { publicationPeriod } from "./publication-period.ts";

// Facts of mod-inventory-storage 27.1.5.
it.each<[dates: readonly (string | undefined)[], start: number | undefined, end: number | undefined]>([
  [["1990"], 1990, undefined],
  [["[1990]"], 1990, undefined],
  [["©1990"], 1990, undefined],
  [["[1999?]"], 1999, undefined],
  [["Cop 1990"], 1990, undefined],
  [["[2003], ©2001"], 2003, undefined],
  [["2001, 2003"], 2001, 2003],
  [["2001- 2003"], 2001, 2003],
  [["between 2001 and 2003"], 2001, 2003],
  [["1990", undefined], 1990, undefined],
  [["©2001", "[2003]"], 2001, 2003],
  [["©2001", "[2001]"], 2001, undefined],
  [["2001- 2003", undefined], 2001, 2003],
  [["2003-2001", "2003"], 2003, undefined],
  [["2000-2010", "2012-2020"], 2000, 2020],
  [["2000", "1850", "2020"], 2000, 2020],
  [[undefined, "1999"], undefined, 1999],
])("published %j: from %s to %s", (dates, start, end) => {
  const period = publicationPeriod(dates.map((dateOfPublication) => ({ dateOfPublication })));
  expect([period?.start, period?.end]).toEqual([start, end]);
});

it.each([[["[19uu]"]], [["hafniae MCMLXX", undefined]], [[undefined, undefined]], [[]]])(
  "published %j: when is not known",
  (dates) => {
    expect(publicationPeriod(dates.map((dateOfPublication) => ({ dateOfPublication })))).toBeUndefined();
  },
);

it("a record without publications has no period", () => {
  expect(publicationPeriod(undefined)).toBeUndefined();
});
