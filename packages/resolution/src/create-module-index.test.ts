import type { ModuleDescriptor } from "@octavo/descriptor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyModuleIndex, indexModules } from "./create-module-index.ts";
import type { ModuleIndex } from "./module-index.ts";
import { byId } from "./module-order.ts";
import { anyModules, describeModule } from "./module-universe.arbitraries.ts";

const interfaceIds = ["i", "j", "k", "l", "none"];

/** What an index answers, each question once. */
function answersOf(index: ModuleIndex, modules: readonly ModuleDescriptor[]) {
  return {
    size: index.size,
    all: index.all(),
    found: modules.map(({ id }) => [index.get(id), index.has(id)]),
    products: modules.map(({ product }) => index.ofProduct(product)),
    providers: interfaceIds.map((id) => index.providersOf(id)),
    providersOfAnyType: interfaceIds.map((id) => index.providersOfAnyType(id)),
    requirers: interfaceIds.map((id) => index.requirersOf(id)),
  };
}

/** The same answers, searched one by one. */
function plainAnswersOf(present: readonly ModuleDescriptor[], modules: readonly ModuleDescriptor[]) {
  const all = [...present].sort(byId);
  const provides = (id: string, isRegular: boolean) =>
    all.filter((module) =>
      module.provides.some((own) => own.id === id && (!isRegular || own.type === "proxy")),
    );
  return {
    size: all.length,
    all,
    found: modules.map((module) => [
      all.find(({ id }) => id === module.id),
      all.some(({ id }) => id === module.id),
    ]),
    products: modules.map(({ product }) => all.filter((module) => module.product === product)),
    providers: interfaceIds.map((id) => provides(id, true)),
    providersOfAnyType: interfaceIds.map((id) => provides(id, false)),
    requirers: interfaceIds.map((id) =>
      all.filter(({ requires, optional }) => [...requires, ...optional].some((need) => need.id === id)),
    ),
  };
}

describe("a module index", () => {
  it("answers as a search one by one, whatever was added and removed on the way", () => {
    const history = anyModules().chain((modules) =>
      fc.tuple(
        fc.constant(modules),
        fc.array(fc.record({ added: fc.subarray(modules), removed: fc.subarray(modules) }), { maxLength: 5 }),
      ),
    );
    fc.assert(
      fc.property(history, ([modules, changes]) => {
        let index = emptyModuleIndex;
        let present: readonly ModuleDescriptor[] = [];
        for (const { added, removed } of changes) {
          index = index.with(
            added,
            removed.map(({ id }) => id),
          );
          present = [
            ...present.filter((module) => !removed.includes(module) && !added.includes(module)),
            ...added,
          ];
        }
        expect(answersOf(index, modules)).toEqual(plainAnswersOf(present, modules));
      }),
      { numRuns: 500 },
    );
  });

  it("orders ids that Okapi holds equal by their text", () => {
    const ids = ["m-1.5", "m-1.05", "m-1.4", "m-1.50"];
    const sketches = ids.map((id) => describeModule({ id }));
    for (const modules of [sketches, sketches.toReversed()]) {
      expect(
        indexModules(modules)
          .all()
          .map(({ id }) => id),
      ).toEqual(["m-1.4", "m-1.05", "m-1.5", "m-1.50"]);
    }
  });

  it("leaves the index it came from as it was, and shares with it the lists that did not change", () => {
    const a = describeModule({ id: "a-1.0.0", provides: ["i 1.0"] });
    const b = describeModule({ id: "b-1.0.0", provides: ["j 1.0"] });
    const before = indexModules([a]);
    const after = before.with([b]);
    expect(before.all()).toEqual([a]);
    expect(after.all()).toEqual([a, b]);
    expect(after.providersOf("i")).toBe(before.providersOf("i"));
    expect(after.ofProduct("a")).toBe(before.ofProduct("a"));
  });

  it("does not count system and multiple interfaces as regular ones", () => {
    const module = describeModule({
      id: "a-1.0.0",
      provides: ["_tenant 2.0", { id: "codex", version: "3.0", interfaceType: "multiple" }],
    });
    const index = indexModules([module]);
    expect([index.providersOf("_tenant"), index.providersOf("codex")]).toEqual([[], []]);
    expect(index.providersOfAnyType("codex")).toEqual([module]);
  });

  it("takes the last of two modules with one id", () => {
    const [first, second] = ["i 1.0", "j 1.0"].map((own) =>
      describeModule({ id: "a-1.0.0", provides: [own] }),
    );
    const index = indexModules([first, second].filter((module) => module !== undefined));
    expect(index.all()).toEqual([second]);
    expect(index.providersOf("i")).toEqual([]);
  });
});
