import { describe, expect, it } from "vitest";
import { filterModules } from "./filter-modules.ts";
import type { ModuleListParameters } from "./filter-modules.ts";
import { describeModule } from "./module-universe.arbitraries.ts";

const modules = ["b-1.0.0", "a-1.10.0", "a-1.9.0", "a-2.0.0-SNAPSHOT.1"].map((id) => describeModule({ id }));

function idsOf(parameters: ModuleListParameters): readonly string[] | string {
  const list = filterModules(modules, parameters);
  return list.ok ? list.value.map(({ id }) => id) : list.error;
}

describe("a list of modules", () => {
  it("is in the order of ids, numbers by value, snapshots below their release", () => {
    expect(idsOf({})).toEqual(["a-1.9.0", "a-1.10.0", "a-2.0.0-SNAPSHOT.1", "b-1.0.0"]);
  });

  it("is turned around by orderBy=id, unless order=asc", () => {
    const ascending = ["a-1.9.0", "a-1.10.0", "a-2.0.0-SNAPSHOT.1", "b-1.0.0"];
    expect(idsOf({ orderBy: "id" })).toEqual(ascending.toReversed());
    expect(idsOf({ orderBy: "id", order: "desc" })).toEqual(ascending.toReversed());
    expect(idsOf({ orderBy: "id", order: "asc" })).toEqual(ascending);
    expect(idsOf({ order: "nonsense" })).toEqual(ascending); // Okapi does not look at it without orderBy
  });

  it.each(["1", "0", "-3", "+1"])("has one version of each product with latest=%s", (latest) => {
    expect(idsOf({ latest })).toEqual(["a-2.0.0-SNAPSHOT.1", "b-1.0.0"]);
  });

  it("takes the latest of what the other parameters leave", () => {
    expect(idsOf({ latest: "1", preRelease: "false" })).toEqual(["a-1.10.0", "b-1.0.0"]);
  });

  it("takes a product or the beginning of a version as filter", () => {
    expect(idsOf({ filter: "a-1" })).toEqual(["a-1.9.0", "a-1.10.0"]);
    expect(idsOf({ filter: "b" })).toEqual(["b-1.0.0"]);
  });

  it("compares ids only, where an interface is written with a bare or a doubled equals sign", () => {
    const [module] = [describeModule({ id: "m-1.0.0", provides: ["int 1.0"] })];
    for (const provide of ["int=", "int=2.0=3.0"]) {
      expect(filterModules([module], { provide })).toEqual({ ok: true, value: [module] });
    }
    expect(filterModules([module], { provide: "=" })).toEqual({ ok: true, value: [] });
  });
});
