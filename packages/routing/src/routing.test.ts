import { readFileSync } from "node:fs";
import fc from "fast-check";
import { parseModuleDescriptor } from "@octavo/descriptor";
import type { ModuleDescriptor } from "@octavo/descriptor";
import { parseJson } from "@octavo/json";
import { hasFolioData, readDescriptors } from "@octavo/testing/folio-data";
import { describe, expect, it } from "vitest";
import { compileLegacyPath, compilePattern } from "./pattern.ts";
import { compileRoutes, compileRouteTables, matchHandler, pathEnd, pipelineOf } from "./index.ts";
import type { Stage } from "./index.ts";
import { matchesPattern } from "./match-pattern.ts";
import { matchesPlainly, searchOneByOne } from "./search-one-by-one.arbitraries.ts";

describe("a path pattern", () => {
  const cases = readTable("patterns.json") as {
    from: string;
    pathPattern?: string;
    path?: string;
    target: string;
    matches: boolean;
  }[];
  for (const { from, pathPattern, path, target, matches } of cases) {
    it(`${pathPattern ?? `path ${path}`} ${matches ? "takes" : "refuses"} "${target}" (${from})`, () => {
      expect(takes(pathPattern ?? null, path ?? null, target)).toBe(matches);
    });
  }

  for (const { from, pathPattern, prefix } of readTable("prefixes.json") as {
    from: string;
    pathPattern: string;
    prefix: string;
  }[]) {
    it(`${pathPattern} is filed under "${prefix}" (${from})`, () => {
      expect(compilePattern(pathPattern).prefix).toBe(prefix);
    });
  }

  it("means what its regular expression means", () => {
    fc.assert(
      fc.property(anyPattern, anyPath, (pathPattern, path) => {
        expect(takes(pathPattern, null, path)).toBe(
          matchesPlainly({ pathPattern, path: null }, path.slice(0, pathEnd(path))),
        );
      }),
      { numRuns: 3000 },
    );
  });

  it("with many stars costs no more than its length times the path's", () => {
    const pattern = compilePattern(`/${"*a".repeat(30)}b`);
    const path = `/${"a".repeat(4000)}`;
    // Okapi's recursion would need more steps than there are atoms here; a hang is what this test would see.
    expect(matchesPattern(pattern, path, path.length)).toBe(false);
  });
});

describe("the pipeline of a request", () => {
  const { modules, cases } = readTable("pipelines.json") as {
    modules: Record<string, unknown[]>;
    cases: {
      from: string;
      modules: string;
      method: string;
      target: string;
      moduleId?: string;
      stages: string[][] | null;
      error?: string;
    }[];
  };
  for (const each of cases) {
    it(`${each.method} ${each.target} over "${each.modules}"${each.moduleId === undefined ? "" : ` for ${each.moduleId}`} (${each.from})`, () => {
      const table = compileRoutes((modules[each.modules] ?? []).map(descriptorOf));
      const found = pipelineOf(table, each.method, each.target, each.moduleId ?? null);
      const answer = found.ok ? found.value.map(named) : found.error.message;
      expect(answer).toEqual(each.error ?? each.stages);
    });
  }
});

describe("a compiled route table", () => {
  it("answers as a search one by one does", () => {
    fc.assert(
      fc.property(
        fc.array(anyModule, { maxLength: 5 }),
        fc.constantFrom("GET", "POST", "PUT"),
        anyPath,
        (modules, method, path) => {
          const found = matchHandler(compileRoutes(modules), method, path, pathEnd(path));
          expect(found?.entry ?? null).toBe(searchOneByOne(modules, method, path));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("is one object for all tenants with the same set, and survives a change elsewhere", () => {
    const known = new Map(
      [module("a-1.0.0", "/a"), module("b-1.0.0", "/b"), module("c-1.0.0", "/c")].map((each) => [
        each.id,
        each,
      ]),
    );
    const sets = [["a-1.0.0", "b-1.0.0"], ["a-1.0.0", "b-1.0.0"], ["c-1.0.0"]];
    const before = compileRouteTables(sets, (id) => known.get(id), null);
    expect(before.size).toBe(2);
    const after = compileRouteTables([...sets, ["a-1.0.0"]], (id) => known.get(id), before);
    expect(after.size).toBe(3);
    expect(after.tableOf(["a-1.0.0", "b-1.0.0"])).toBe(before.tableOf(["a-1.0.0", "b-1.0.0"]));
  });

  it("is compiled anew when an id of its set has got another descriptor", () => {
    const first = compileRouteTables([["a-1.0.0"]], () => module("a-1.0.0", "/a"), null);
    const second = compileRouteTables([["a-1.0.0"]], () => module("a-1.0.0", "/other"), first);
    expect(matchHandler(second.tableOf(["a-1.0.0"]) ?? compileRoutes([]), "GET", "/other", 6)).not.toBeNull();
  });
});

describe.runIf(hasFolioData)("the real routes of a release", () => {
  const modules = hasFolioData ? readReal() : [];
  const table = compileRoutes(modules);
  const patterns = modules.flatMap((each) =>
    each.provides.flatMap((provided) => provided.handlers.flatMap((entry) => entry.pathPattern ?? [])),
  );
  const anyRealPath = fc
    .tuple(
      fc.constantFrom("/", ...patterns),
      fc.constantFrom("x", "1-2", "a.b"),
      fc.constantFrom("", "y", "y/z"),
      fc.constantFrom("", "/", "/more", "?q=1"),
    )
    .map(
      ([pattern, name, rest, tail]) => pattern.replaceAll(/\{[^}]*\}/g, name).replaceAll("*", rest) + tail,
    );

  it("are matched as a search one by one matches them", () => {
    fc.assert(
      fc.property(fc.constantFrom("GET", "POST", "PUT", "DELETE"), anyRealPath, (method, path) => {
        expect(matchHandler(table, method, path, pathEnd(path))?.entry ?? null).toBe(
          searchOneByOne(modules, method, path),
        );
      }),
      { numRuns: 1500 },
    );
  });
});

const anyPattern = fc
  .array(fc.constantFrom("/", "a", "b", "{id}", "*", "/a", "/b/"), { minLength: 1, maxLength: 7 })
  .map((parts) => `/${parts.join("")}`);
const anyPath = fc
  .array(fc.constantFrom("/", "a", "b", "ab", "?x=/a"), { maxLength: 8 })
  .map((parts) => `/${parts.join("")}`);
const anyModule = fc
  .record({
    product: fc.constantFrom("a", "b", "c"),
    entries: fc.array(fc.record({ pathPattern: anyPattern, method: fc.constantFrom("GET", "POST", "*") }), {
      maxLength: 6,
    }),
  })
  .map(({ product, entries }) =>
    descriptorOf({
      id: `${product}-1.0.0`,
      provides: [
        {
          id: "i",
          version: "1.0",
          handlers: entries.map(({ pathPattern, method }) => ({
            methods: [method],
            pathPattern,
            permissionsRequired: [],
          })),
        },
      ],
    }),
  );

function named({ route, target }: Stage): (string | null)[] {
  return [route.module.id, route.entry.pathPattern ?? route.entry.path, target];
}

function takes(pathPattern: string | null, path: string | null, target: string): boolean {
  const pattern = pathPattern === null ? compileLegacyPath(path ?? "") : compilePattern(pathPattern);
  const end = pathEnd(target);
  return target.slice(0, end).startsWith(pattern.prefix) && matchesPattern(pattern, target, end);
}

function readReal(): ModuleDescriptor[] {
  return readDescriptors("release-a")
    .map(({ text }) => descriptorOf(JSON.parse(text)))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function module(id: string, pathPattern: string): ModuleDescriptor {
  return descriptorOf({
    id,
    provides: [
      { id: "i", version: "1.0", handlers: [{ methods: ["GET"], pathPattern, permissionsRequired: [] }] },
    ],
  });
}

function descriptorOf(plain: unknown): ModuleDescriptor {
  const value = parseJson(JSON.stringify(plain));
  if (!value.ok) throw new Error(value.error.message);
  const parsed = parseModuleDescriptor(value.value);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function readTable(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../testdata/${name}`, import.meta.url), "utf8"));
}
