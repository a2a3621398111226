import { expect, it } from "vitest";
import { CALL_NUMBER_TYPES } from "../call-numbers/shelf-key.ts";
import { effectiveFields, type HoldingsSource, type ItemSource } from "./effective-fields.ts";

const lc = CALL_NUMBER_TYPES.libraryOfCongress;

it.each<[says: string, item: ItemSource, holdings: HoldingsSource, location: string | undefined]>([
  ["holdings, permanent", {}, { permanentLocationId: "hp" }, "hp"],
  ["holdings, temporary", {}, { permanentLocationId: "hp", temporaryLocationId: "ht" }, "ht"],
  ["item, permanent", { permanentLocationId: "ip" }, { temporaryLocationId: "ht" }, "ip"],
  ["item, temporary", { permanentLocationId: "ip", temporaryLocationId: "it" }, {}, "it"],
  ["none", {}, {}, undefined],
])("an item stands where its %s location says", (_, item, holdings, location) => {
  expect(effectiveFields(item, holdings).effectiveLocationId).toBe(location);
});

it.each<[itemLevel: string | undefined, ofHoldings: string | undefined, effective: string | undefined]>([
  ["item", "holdings", "item"],
  [undefined, "holdings", "holdings"],
  ["  ", "holdings", "holdings"],
  ["", "", undefined],
  [undefined, undefined, undefined],
])(
  "of %j at the item and %j at the holdings, %j counts, in each part by itself",
  (own, theirs, effective) => {
    const item: ItemSource = {
      itemLevelCallNumber: own,
      itemLevelCallNumberPrefix: own,
      itemLevelCallNumberSuffix: own,
      itemLevelCallNumberTypeId: own,
    };
    const holdings: HoldingsSource = {
      callNumber: theirs,
      callNumberPrefix: theirs,
      callNumberSuffix: theirs,
      callNumberTypeId: theirs,
    };
    const each = { callNumber: effective, prefix: effective, suffix: effective, typeId: effective };
    expect(effectiveFields(item, holdings).effectiveCallNumberComponents).toEqual(
      effective === undefined ? {} : each,
    );
  },
);

it("an item's shelving order has its volume, enumeration, chronology and copy, then the suffix", () => {
  const item: ItemSource = { volume: "v.1", enumeration: " no. 1", chronology: "1999", copyNumber: "c.2" };
  const holdings: HoldingsSource = { callNumber: "PN2 .A69", callNumberSuffix: "+ ", callNumberTypeId: lc };
  expect(effectiveFields(item, holdings).effectiveShelvingOrder).toBe("PN 12 A69 V 11 NO 11 41999 C 12 +");
});

it("an item without a call number has no shelving order, even with a suffix", () => {
  expect(effectiveFields({ copyNumber: "1" }, { callNumberSuffix: "CD" })).toEqual({
    effectiveCallNumberComponents: { suffix: "CD" },
  });
});
