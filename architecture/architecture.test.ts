import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { layers } from "./allowed-imports.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folders = ["apps", "packages", "modules", "drivers"].flatMap((area) =>
  readdirSync(join(root, area)).map((name) => `${area}/${name}`),
);

describe("the layers of the code", () => {
  it("are declared for every folder of apps, packages, modules and drivers, and for nothing else", () => {
    expect(Object.keys(layers).sort()).toEqual([...folders].sort());
  });

  it("have no cycle", () => {
    for (const folder of folders) expect(pathBackTo(nameOf(folder), nameOf(folder))).toEqual([]);
  });

  for (const folder of folders) {
    const layer = layers[folder] ?? { imports: [], isPure: false };
    describe(`of ${folder}`, () => {
      it("declares in its manifest just what it may import", () => {
        const manifest = readJson(`${folder}/package.json`) as { dependencies?: Record<string, string> };
        const ours = Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith("@octavo/"));
        expect(ours.sort()).toEqual(layer.imports.map((name) => `@octavo/${name}`).sort());
      });

      it("has project references that mirror its manifest", () => {
        const { references } = readJson(`${folder}/tsconfig.json`) as { references: { path: string }[] };
        const named = references.map(({ path }) => path.split("/").at(-1) ?? "");
        expect(named.sort()).toEqual([...layer.imports].sort());
      });

      it("imports nothing else, and reaches into no other package's files", () => {
        const wrong = sourcesOf(folder)
          .flatMap((file) => importsOf(file).map((specifier) => ({ file: relative(root, file), specifier })))
          .filter(({ file, specifier }) => !isAllowed(folder, file, specifier));
        expect(wrong).toEqual([]);
      });

      it("keeps its files to one idea: no utils, common, helpers or types", () => {
        const vague = sourcesOf(folder).filter((file) =>
          /\/(utils?|common|helpers?|types|misc)\.ts$/.test(file),
        );
        expect(vague.map((file) => relative(root, file))).toEqual([]);
      });
    });
  }
});

describe("pure packages", () => {
  for (const folder of folders.filter((each) => layers[each]?.isPure === true)) {
    it(`${folder} compiles without Node: no types, no DOM, no clock`, () => {
      const { compilerOptions } = readJson(`${folder}/tsconfig.json`) as {
        compilerOptions: Record<string, unknown>;
      };
      expect(compilerOptions).toMatchObject({ lib: ["es2023"], types: [] });
    });
  }
});

describe("the seam of the wire", () => {
  it("is the only place that knows node:http, node:https or node:http2", () => {
    const knowing = folders
      .filter((folder) => folder !== "packages/http-wire" && folder !== "packages/module-testing") // its gateway stands for ours in tests
      .flatMap(sourcesOf)
      .filter((file) => importsOf(file).some((specifier) => /^(node:)?https?2?$/.test(specifier)));
    expect(knowing.map((file) => relative(root, file))).toEqual([]);
  });
});

function isAllowed(folder: string, file: string, specifier: string): boolean {
  if (specifier.startsWith(".")) {
    const target = join(dirname(join(root, file)), specifier);
    return !relative(join(root, folder), target).startsWith("..");
  }
  if (specifier.startsWith("@octavo/")) {
    const named = specifier.split("/")[1] ?? "";
    return (layers[folder]?.imports ?? []).includes(named);
  }
  return true; // Node's modules: the compiler and oxlint hold the pure packages; other packages: knip compares manifests.
}

function pathBackTo(start: string, at: string, seen: readonly string[] = []): readonly string[] {
  const layer = Object.entries(layers).find(([folder]) => nameOf(folder) === at)?.[1];
  for (const next of layer?.imports ?? []) {
    if (next === start) return [...seen, at, next];
    if (seen.includes(next)) continue;
    const found = pathBackTo(start, next, [...seen, at]);
    if (found.length > 0) return found;
  }
  return [];
}

function sourcesOf(folder: string): string[] {
  const found: string[] = [];
  const walk = (place: string): void => {
    for (const name of readdirSync(place)) {
      if (["node_modules", "generated", "testing"].includes(name)) continue; // testing: what the tests of a package share
      const path = join(place, name);
      if (statSync(path).isDirectory()) walk(path);
      else if (path.endsWith(".ts") && !/\.(test|arbitraries)\.ts$/.test(path)) found.push(path);
    }
  };
  const source = join(root, folder, "src");
  walk(source);
  return found;
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^;'"]*?["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)/g,
    ),
  ].map((match) => match[1] ?? match[2] ?? "");
}

function nameOf(folder: string): string {
  return folder.split("/").at(-1) ?? folder;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}
