import { descriptorOf } from "@octavo/module-kit";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import {
  type ComparedDescriptor,
  permissionsOf,
  realDescriptor,
  routesOf,
} from "@octavo/testing/real-descriptor";
import { expect, it } from "vitest";
import { inventoryStorage } from "./index.ts";

describeWithFolio("the real descriptor", () => {
  const real = realDescriptor("mod-inventory-storage");
  const ours = descriptorOf(inventoryStorage) as ComparedDescriptor;

  it("has the same routes with the same permissions", () => {
    expect(routesOf(ours)).toEqual(routesOf(real));
  });

  it("has the same permissions, and sets of its own besides", () => {
    // The real set of all names two permissions twice.
    const once = (line: string): string => [...new Set(line.split(" "))].join(" ");
    const all = new Set(permissionsOf(ours).map(once));
    expect(
      permissionsOf(real)
        .map(once)
        .filter((permission) => !all.has(permission)),
    ).toEqual([]);
  });
});
