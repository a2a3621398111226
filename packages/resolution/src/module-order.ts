import { compareModuleIds } from "@octavo/descriptor";
import type { ModuleRef } from "@octavo/descriptor";

/** Okapi's order of module ids. Ids that Okapi holds equal ("m-1.5" and "m-1.05") follow each other by their text, so
 * that no order ever depends on which of them came first. */
export function byId(a: ModuleRef, b: ModuleRef): number {
  return compareModuleIds(a, b) || compareTexts(a.id, b.id);
}

/** By UTF-16 code unit, as Java compares strings. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Where an item belongs in a list that is ordered by id: after all items that are not above it.
 * @param moduleOf the module by which an item of the list is ordered */
export function placeById<T>(
  list: readonly T[],
  module: ModuleRef,
  moduleOf: (item: T) => ModuleRef,
): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = list[middle];
    if (item !== undefined && byId(moduleOf(item), module) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
