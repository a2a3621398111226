import { descriptorOf } from "@octavo/module-kit";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { type ComparedDescriptor, realDescriptor, routesOf } from "@octavo/testing/real-descriptor";
import { expect, it } from "vitest";
import { inventoryStorage } from "./index.ts";

/** Interfaces of mod-inventory-storage that are not here yet. */
const MISSING = ["_jsonSchemas", "inventory-hierarchy", "oaipmhview"];

describeWithFolio("the real descriptor", () => {
  const real = realDescriptor("mod-inventory-storage");
  const ours = descriptorOf(inventoryStorage) as ComparedDescriptor;

  it("has the same routes with the same permissions", () => {
    const provides = real.provides.filter(({ id }) => !MISSING.includes(id));
    expect(routesOf(ours)).toEqual(routesOf({ ...real, provides }));
  });
});
