import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parseModuleDescriptor } from "@octavo/descriptor";
import type { ModuleDescriptor } from "@octavo/descriptor";
import { parseJson } from "@octavo/json";
import { compileRoutes, compileRouteTables, matchHandler, pathEnd, type RouteTable } from "@octavo/routing";
import { hasFolioData, readDescriptors } from "@octavo/testing/folio-data";
import type { BenchOptions, BenchResult, Figure } from "./bench-result.ts";

/** What finding the handler costs, over the real routes of a release, as a multiple of one Map lookup in the same run. */
export async function run({ isFull }: BenchOptions): Promise<BenchResult> {
  if (!hasFolioData) return { name: "routing", figures: [] };
  const modules = readDescriptors("release-a").map(({ text }) => parsed(text));
  const table = compileRoutes(modules);
  const requests = realRequests(modules);
  const byTarget = new Map(requests.map((each) => [each.target, each]));
  const rounds = isFull ? 400 : 60;

  const matched = perCall(requests, rounds, ({ method, target }) =>
    matchHandler(table, method, target, pathEnd(target)),
  );
  const lookedUp = perCall(requests, rounds, ({ target }) => byTarget.get(target));
  return {
    name: "routing",
    figures: [
      { name: `match, ${requests.length} real requests`, value: matched, unit: "ns" },
      { name: "one Map lookup by the whole target", value: lookedUp, unit: "ns" },
      { name: "match as a multiple of that lookup", value: matched / lookedUp, unit: "x", goal: "<= 20" },
      ...tenantFigures(modules),
      memoryFigure(modules),
      ...flatFigures(modules, requests, rounds),
      { name: "compile the table of a release", value: compileMs(modules), unit: "ms" },
    ],
  };
}

function tenantFigures(modules: readonly ModuleDescriptor[]): Figure[] {
  const byId = new Map(modules.map((each) => [each.id, each]));
  const enabled = [...byId.keys()].sort();
  const sets = Array.from({ length: 1000 }, () => [...enabled]);
  const tables = compileRouteTables(sets, (id) => byId.get(id), null);
  return [{ name: "tables for 1,000 tenants with one set", value: tables.size, unit: "tables", goal: "1" }];
}

/** As the gateway keeps them: by the tenant's id, what routing knows of him. */
type RoutesOfTenants = ReadonlyMap<
  string,
  { readonly table: RouteTable; readonly enabled: readonly string[] }
>;

function routesOf(modules: readonly ModuleDescriptor[], tenants: number): RoutesOfTenants {
  const byId = new Map(modules.map((each) => [each.id, each]));
  const enabled = [...byId.keys()].sort();
  const sets = Array.from({ length: tenants }, () => [...enabled]);
  const tables = compileRouteTables(sets, (id) => byId.get(id), null);
  return new Map(
    sets.flatMap((set, at) => {
      const table = tables.tableOf(set);
      return table === undefined ? [] : [[`tenant-${at}`, { table, enabled: set }] as const];
    }),
  );
}

/** With the list of what the tenant has enabled, which is most of it. */
function memoryFigure(modules: readonly ModuleDescriptor[]): Figure {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void; // as: what the flag adds
  const held = (tenants: number): number => {
    collect();
    const before = process.memoryUsage().heapUsed;
    const routes = routesOf(modules, tenants);
    collect();
    const after = process.memoryUsage().heapUsed;
    if (routes.size !== tenants) throw new Error("a tenant without routes");
    return after - before;
  };
  held(1); // compiles what is compiled once
  const bytes = (held(1000) - held(1)) / 999;
  return {
    name: `memory of a tenant beyond the first, same ${modules.length} modules`,
    value: bytes / 1024,
    unit: "KiB",
    goal: "<= 2 KiB",
  };
}

function flatFigures(
  modules: readonly ModuleDescriptor[],
  requests: readonly Request[],
  rounds: number,
): Figure[] {
  const costOf = (tenants: number): number => {
    const routes = routesOf(modules, tenants);
    let next = 0;
    return perCall(requests, rounds, ({ method, target }) => {
      next = (next + 1) % tenants;
      const found = routes.get(`tenant-${next}`);
      return found === undefined ? null : matchHandler(found.table, method, target, pathEnd(target));
    });
  };
  const [one, thousand] = [costOf(1), costOf(1000)];
  return [
    { name: "tenant and match, 1 tenant", value: one, unit: "ns" },
    { name: "tenant and match, 1,000 tenants", value: thousand, unit: "ns" },
    { name: "1,000 tenants over 1", value: thousand / one, unit: "x", goal: "flat" },
  ];
}

function realRequests(modules: readonly ModuleDescriptor[]): Request[] {
  return modules.flatMap((module) =>
    module.provides
      .filter((provided) => provided.type === "proxy")
      .flatMap((provided) =>
        provided.handlers.map((entry) => ({
          method: entry.methods[0] ?? "GET",
          target: (entry.pathPattern ?? entry.path ?? "/")
            .replaceAll(/\{[^}]*\}/g, "3b1f0c5e-7d7e-4a0f-9b43-0f7a3a1d2c11")
            .replaceAll("*", "part"),
        })),
      ),
  );
}

interface Request {
  readonly method: string;
  readonly target: string;
}

/** Nanoseconds per call: the median of rounds, after a warm-up of as many. Each round gets strings of its own, made outside
 * the time: a request's target comes from the socket and has no hash yet. */
function perCall(requests: readonly Request[], rounds: number, call: (request: Request) => unknown): number {
  const times: number[] = [];
  let found = 0;
  for (let at = 0; at < 2 * rounds; at++) {
    const fresh = requests.map(({ method, target }) => ({
      method,
      target: Buffer.from(target).toString("latin1"),
    }));
    const started = process.hrtime.bigint();
    for (const request of fresh) if (call(request) !== null) found += 1;
    if (at >= rounds) times.push(Number(process.hrtime.bigint() - started) / requests.length);
  }
  if (found !== 2 * rounds * requests.length)
    throw new Error(`${found} of ${2 * rounds * requests.length} found`);
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? Number.NaN;
}

function compileMs(modules: readonly ModuleDescriptor[]): number {
  const started = process.hrtime.bigint();
  compileRoutes(modules);
  return Number(process.hrtime.bigint() - started) / 1e6;
}

function parsed(text: string): ModuleDescriptor {
  const value = parseJson(text);
  if (!value.ok) throw new Error(value.error.message);
  const descriptor = parseModuleDescriptor(value.value);
  if (!descriptor.ok) throw new Error(descriptor.error);
  return descriptor.value;
}
