import { descriptorOf } from "@octavo/module-kit";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import {
  type ComparedDescriptor,
  modulePermissionsOf,
  permissionsOf,
  realDescriptor,
  routesOf,
} from "@octavo/testing/real-descriptor";
import { expect, it } from "vitest";
import { inventory } from "./index.ts";

describeWithFolio("the real descriptor", () => {
  const real = realDescriptor("mod-inventory");
  const ours = descriptorOf(inventory) as ComparedDescriptor;

  it("has the same interfaces and routes with the same permissions", () => {
    expect(routesOf(ours)).toEqual(routesOf(real));
  });

  it("has the same permissions, in the same sets", () => {
    expect(permissionsOf(ours)).toEqual(permissionsOf(real));
  });

  it("lets its routes do what mod-inventory's may, and what its marks and relations need besides", () => {
    const permissions = (of: ComparedDescriptor): ReadonlyMap<string, readonly string[]> =>
      new Map(
        modulePermissionsOf(of)
          .map((line) => line.split(": "))
          .map(([at = "", names = ""]) => [at, names.split(" ")]),
      );
    const [theirs, own] = [permissions(real), permissions(ours)];
    expect([...own.keys()]).toEqual([...theirs.keys()]);
    const missing = [...theirs].flatMap(([at, names]) =>
      names.filter((name) => !own.get(at)?.includes(name)),
    );
    expect(missing).toEqual([]);
    const besides = [...own].flatMap(([at, names]) =>
      names.filter((name) => !theirs.get(at)?.includes(name)).map((name) => `${at}: ${name}`),
    );
    const storage = "inventory-storage";
    const marks = [
      "in-process",
      "in-process-non-requestable",
      "intellectual-item",
      "long-missing",
      "missing",
      "restricted",
      "unavailable",
      "unknown",
      "withdrawn",
    ].map((name) => `POST /inventory/items/{id}/mark-${name}: ${storage}.items.item.get`);
    expect(besides.toSorted()).toEqual(
      [
        ...marks,
        `GET /inventory/instances/{id}: ${storage}.instances.collection.get`,
        `POST /inventory/instances: ${storage}.instances.collection.get`,
        `POST /inventory/instances: ${storage}.instances.item.delete`,
        `PUT /inventory/instances/{id}: ${storage}.instances.collection.get`,
      ].toSorted(),
    );
  });
});
