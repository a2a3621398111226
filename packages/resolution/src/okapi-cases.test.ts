import type { ModuleDescriptor } from "@octavo/descriptor";
import { describe, expect, it } from "vitest";
import availableTable from "../testdata/available.json" with { type: "json" };
import candidatesTable from "../testdata/candidates.json" with { type: "json" };
import graphTable from "../testdata/graph.json" with { type: "json" };
import installTable from "../testdata/install.json" with { type: "json" };
import listsTable from "../testdata/lists.json" with { type: "json" };
import moduleList from "../testdata/module-list.json" with { type: "json" };
import { checkAvailable, keepAvailable } from "./check-available.ts";
import { checkEnableDisable } from "./check-enable-disable.ts";
import { indexModules } from "./create-module-index.ts";
import { filterModules } from "./filter-modules.ts";
import type { ModuleListParameters } from "./filter-modules.ts";
import { findFittingVersion, findProviders } from "./find-candidates.ts";
import { graphDot } from "./graph-dot.ts";
import { latestOfProducts } from "./latest-of-products.ts";
import { describeModule } from "./module-universe.arbitraries.ts";
import type { ModuleSketch } from "./module-universe.arbitraries.ts";
import { obsoleteModules } from "./obsolete-modules.ts";
import { PlanDraft } from "./plan-draft.ts";
import { planInstall } from "./plan-install.ts";
import { rulesOf } from "./plan-options.ts";
import type { PlanOptions } from "./plan-options.ts";
import type { PlanStep, WantedModule } from "./plan.ts";

/** Facts from Okapi's own unit tests, each row naming the test that states it. Where Okapi's answer comes in the order of
 * a hash map and ours in the order of ids, a row says so and only the names are compared. */
interface InstallCase {
  readonly okapiTest: string;
  readonly known: readonly string[];
  readonly enabled: readonly string[];
  readonly wanted: readonly string[];
  readonly options?: PlanOptions;
  readonly steps?: readonly string[];
  readonly error?: { readonly kind: string; readonly message: string };
  readonly namesInAnyOrder?: boolean;
}

// The tables are ours; their rows have the shapes below, which the type of a JSON module is too wide to say.
const install = installTable as { modules: Record<string, ModuleSketch>; cases: InstallCase[] };

describe("planInstall answers as Okapi's DepResolution", () => {
  it.each(install.cases.map((row) => [nameOf(row), row] as const))("%s", (_, row) => {
    const plan = planInstall(
      indexModules(pick(install.modules, row.known)),
      row.enabled,
      row.wanted.map(parseWanted),
      row.options,
    );
    const compared = (text: string) => (row.namesInAnyOrder === true ? words(text) : text);
    expect(
      plan.ok
        ? { steps: plan.value.steps.map(printStep) }
        : { kind: plan.error.kind, message: compared(plan.error.message) },
    ).toEqual(
      row.error === undefined
        ? { steps: row.steps }
        : { kind: row.error.kind, message: compared(row.error.message) },
    );
  });
});

describe("posted modules are checked as Okapi's checkAvailable does", () => {
  const { modules, checked, kept } = availableTable as {
    modules: Record<string, ModuleSketch>;
    checked: { okapiTest: string; known: string[]; tested: string[]; message: string }[];
    kept: { okapiTest: string; known: string[]; tested: string[]; kept: string[] }[];
  };
  it.each(checked)("$okapiTest: $tested among $known", ({ known, tested, message }) => {
    expect(checkAvailable(indexModules(pick(modules, known)), pick(modules, tested))).toBe(message);
  });
  it.each(kept)("$okapiTest: of $tested among $known it keeps $kept", (row) => {
    const { kept } = keepAvailable(indexModules(pick(modules, row.known)), pick(modules, row.tested));
    expect(kept.map(idOf)).toEqual(pick(modules, row.kept).map(idOf));
  });
});

describe("candidates for a repair are those of Okapi", () => {
  const table = candidatesTable as {
    modules: Record<string, ModuleSketch>;
    enabled: { okapiTest: string; modules: string[]; message?: string }[];
    providers: { okapiTest: string; known: string[]; required: string; expected: string[] }[];
    fitting: { okapiTest: string; known: string[]; provided: string; product: string; expected: string[] }[];
  };
  it.each(table.enabled)("$okapiTest: $modules together", ({ modules, message }) => {
    const enabled = pick(table.modules, modules);
    const [first, ...others] = enabled.map(idOf);
    const check = checkEnableDisable(indexModules(enabled), others, null, first ?? null);
    expect(check.ok ? [] : words(check.error.message)).toEqual(message === undefined ? [] : words(message));
  });

  const draftOf = (known: readonly string[]) =>
    new PlanDraft(indexModules(pick(table.modules, known)), [], rulesOf({}));
  it.each(table.providers)(
    "$okapiTest: providers of $required among $known",
    ({ known, required, expected }) => {
      expect(findProviders(draftOf(known), reference(required)).map(idOf)).toEqual(expected);
    },
  );
  it.each(table.fitting)(
    "$okapiTest: $product for $provided among $known",
    ({ known, provided, product, expected }) => {
      const fitting = findFittingVersion(draftOf(known), product, reference(provided));
      expect(fitting === undefined ? [] : [fitting.id]).toEqual(expected);
    },
  );
});

describe("lists of modules are those of Okapi's ModuleUtil", () => {
  const table = listsTable as {
    counts: { okapiTest: string; parameters: ModuleListParameters; count: number }[];
    interfaces: {
      okapiTest: string;
      provides: { id: string; version: string }[];
      parameters: ModuleListParameters;
      isFound: boolean;
    }[];
    versions: { okapiTest: string; id: string; parameters: ModuleListParameters; isFound: boolean }[];
    refused: { source: string; parameters: ModuleListParameters; message: string }[];
    obsolete: {
      okapiTest: string;
      ids: string[];
      saveReleases: number;
      saveSnapshots: number;
      obsolete: string[];
    }[];
    latest: { okapiTest: string; ids: string[]; limit: number; latest: string[] }[];
  };
  const all = moduleList.map((sketch) => describeModule(sketch));

  it.each(table.counts)("$okapiTest: $parameters finds $count", ({ parameters, count }) => {
    const found = filterModules(all, parameters);
    expect(found.ok && found.value).toHaveLength(count);
  });
  it.each(table.interfaces)("$okapiTest: $parameters in $provides is $isFound", (row) => {
    const found = filterModules([describeModule({ id: "m-1.0.0", provides: row.provides })], row.parameters);
    expect(found.ok && found.value.length === 1).toBe(row.isFound);
  });
  it.each(table.versions)("$okapiTest: $id by $parameters is $isFound", ({ id, parameters, isFound }) => {
    const found = filterModules([describeModule({ id })], parameters);
    expect(found.ok && found.value.length === 1).toBe(isFound);
  });
  it.each(table.refused)("$source: $parameters is refused", ({ parameters, message }) => {
    expect(filterModules(all, parameters)).toEqual({ ok: false, error: message });
  });
  it.each(table.obsolete)("$okapiTest: keeping $saveReleases and $saveSnapshots", (row) => {
    const modules = row.ids.map((id) => describeModule({ id }));
    expect(obsoleteModules(modules, row.saveReleases, row.saveSnapshots).map(idOf)).toEqual(row.obsolete);
  });
  it.each(table.latest)("$okapiTest: the latest $limit of each product", ({ ids, limit, latest }) => {
    expect(
      latestOfProducts(
        ids.map((id) => describeModule({ id })),
        limit,
      ).map(idOf),
    ).toEqual(latest);
  });
});

describe("graphDot draws as Okapi's GraphDot", () => {
  const { cases } = graphTable as {
    cases: { okapiTest: string; modules: ModuleSketch[]; lines: string[] }[];
  };
  it.each(cases)("$okapiTest", ({ modules, lines }) => {
    expect(graphDot(modules.map(describeModule))).toBe(`${lines.join("\n")}\n`);
  });
});

function nameOf({ okapiTest, wanted, enabled }: InstallCase): string {
  return `${okapiTest}: ${wanted.join(", ")} where ${enabled.length === 0 ? "nothing" : enabled.join(", ")} is enabled`;
}

function pick(sketches: Record<string, ModuleSketch>, names: readonly string[]): readonly ModuleDescriptor[] {
  return names.map((name) => {
    const sketch = sketches[name];
    if (sketch === undefined) throw new Error(`the table has no module ${name}`);
    return describeModule(sketch);
  });
}

function parseWanted(text: string): WantedModule {
  const [action = "", id = ""] = text.split(" ");
  if (action !== "enable" && action !== "disable" && action !== "uptodate")
    throw new Error(`no action: ${text}`);
  return { id, action };
}

function printStep({ action, id, from }: PlanStep): string {
  return from === null ? `${action} ${id}` : `${action} ${id} from ${from}`;
}

function reference(text: string) {
  const [id = "", version = ""] = text.split(" ");
  return { id, version, scope: [] };
}

function words(text: string): readonly string[] {
  return text.split(/[ ,]+|\. /).sort();
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}
