import type { ModuleRef } from "@octavo/descriptor";
import { byId } from "./module-order.ts";

/** The newest versions of each product, at least one, newest first and products from the end of the alphabet. */
export function latestOfProducts<T extends ModuleRef>(modules: readonly T[], limit: number): readonly T[] {
  const taken = new Map<string, number>();
  return [...modules]
    .sort((a, b) => byId(b, a))
    .filter(({ product }) => {
      const before = taken.get(product) ?? 0;
      taken.set(product, before + 1);
      return before === 0 || before < limit;
    });
}
