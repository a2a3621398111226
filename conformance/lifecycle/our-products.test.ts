import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ModuleDescriptor } from "@octavo/descriptor";
import { parseModuleDescriptor } from "@octavo/descriptor";
import { parseJson } from "@octavo/json";
import { descriptorOf, type ModuleDefinition } from "@octavo/module-kit";
import { indexModules, planInstall, type PlanOptions, type PlanResult } from "@octavo/resolution";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { hasFolioData, readDescriptors } from "@octavo/testing/folio-data";
import { describe, expect, it } from "vitest";

/** Our products beside a whole FOLIO release: which of them a plan takes, and which of FOLIO's. */

/** Those that are whole: a product says `replaces` no earlier. */
const ours = (await ourDescriptors()).filter(({ replaces }) => replaces.length > 0);
const releaseA = hasFolioData ? readDescriptors("release-a").map(({ text }) => described(text)) : [];
const known = indexModules([...releaseA, ...ours]);
const ids = ours.map(({ id }) => id);
const GATEWAY = [
  { id: "authtoken", version: "2.1", scope: [] },
  { id: "authtoken2", version: "1.0", scope: [] },
];

/** Each folder of modules/ with an index exports one definition or more. */
async function ourDescriptors(): Promise<readonly ModuleDescriptor[]> {
  const folder = new URL("../../modules/", import.meta.url).pathname;
  const found: ModuleDescriptor[] = [];
  for (const name of readdirSync(folder)) {
    const files = readdirSync(join(folder, name, "src"));
    if (!files.includes("index.ts")) continue;
    const file = pathToFileURL(join(folder, name, "src", "index.ts")).href;
    const exported = (await import(file)) as Record<string, object>; // as: definitions, and tables that benches fill
    const definitions = Object.values(exported).filter(isDefinition);
    found.push(...definitions.map((each) => described(JSON.stringify(descriptorOf(each)))));
  }
  return found;
}

function isDefinition(exported: object): exported is ModuleDefinition {
  return "interfaces" in exported && "parts" in exported;
}

function described(text: string): ModuleDescriptor {
  const json = parseJson(text);
  const read = json.ok ? parseModuleDescriptor(json.value) : json;
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

function modulesAfter(plan: PlanResult, before: readonly string[]): readonly ModuleDescriptor[] {
  if (!plan.ok) throw new Error(plan.error.because);
  const after = new Set(before);
  for (const { id, from, action } of plan.value.steps) {
    if (from !== null) after.delete(from);
    if (action === "disable") after.delete(id);
    else after.add(id);
  }
  return [...after].flatMap((id) => known.get(id) ?? []);
}

/** Of interfaces that only one module of a tenant may provide. */
function providedBy(modules: readonly ModuleDescriptor[]): ReadonlyMap<string, string> {
  return new Map(
    modules.flatMap(({ id, provides }) =>
      provides.filter(({ type }) => type === "proxy").map((each) => [each.id, id] as const),
    ),
  );
}

interface Way {
  readonly name: string;
  readonly enabled: readonly string[];
  readonly asked: readonly string[];
  readonly options: PlanOptions;
}

const ways: readonly Way[] = [
  { name: "asked for", enabled: [], asked: ids, options: {} },
  { name: "enabled before", enabled: ids, asked: [], options: {} },
  { name: "the default family", enabled: [], asked: [], options: { family: "octavo" } },
];

describeWithFolio("release A with our products", () => {
  it("has them: each replaces products of the release", () => {
    const products = new Set(releaseA.map(({ product }) => product));
    expect(ours.length).toBeGreaterThan(7);
    for (const { id, replaces } of ours)
      expect([id, replaces.every((each) => products.has(each))]).toEqual([id, true]);
  });

  describe.each(["folio_users", "folio_inventory"])("for %s", (application) => {
    it.each(ways)("takes ours for what they provide and FOLIO's for the rest: $name", (way) => {
      const wanted = [...way.asked, application].map((id) => ({ id, action: "enable" as const }));
      const options = { gatewayProvides: GATEWAY, ...way.options };
      const modules = modulesAfter(planInstall(known, way.enabled, wanted, options), way.enabled);
      const provider = providedBy(modules);
      const whose = providedBy(ours);
      const app = modules.find(({ product }) => product === application);
      const required = app?.requires.map(({ id }) => id).filter((id) => provider.has(id)) ?? [];
      expect(required.length, "what it requires is there").toBeGreaterThan(4);
      const fromFolio = (id: string) =>
        provider.get(id)?.startsWith("mod-") === true ? provider.get(id) : "FOLIO";
      const expected = required.map((id) => [id, whose.get(id) ?? fromFolio(id)]);
      expect(required.map((id) => [id, provider.get(id)])).toEqual(expected);
      expect(required.filter((id) => whose.has(id)).length, "some are ours").toBeGreaterThan(0);

      // Nor does anything else in the plan bring what ours stand for.
      const replaced = new Set(ours.flatMap(({ replaces }) => replaces));
      expect(modules.filter(({ product }) => replaced.has(product)).map(({ id }) => id)).toEqual([]);
    });
  });

  it("takes FOLIO's where none of ours is asked for, enabled or the default", () => {
    const wanted = [{ id: "folio_users", action: "enable" as const }];
    const modules = modulesAfter(planInstall(known, [], wanted, { gatewayProvides: GATEWAY }), []);
    expect(modules.filter(({ product }) => product.startsWith("octavo-"))).toEqual([]);
    expect(modules.length).toBeGreaterThan(5);
  });
});
