import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { BenchResult, Figure } from "./bench-result.ts";

/** What can be measured; each file exports `run`. A benchmark judges nothing by wall-clock time alone: it prints ratios
 * against a peer of the same run (docs/decisions: how figures are judged). */
const benchmarks = {
  resolution: () => import("./resolution.ts"),
  routing: () => import("./routing.ts"),
  tokens: () => import("./tokens.ts"),
  registry: () => import("./registry.ts"),
  upstream: () => import("./upstream.ts"),
  gateway: () => import("./gateway.ts"),
  "sign-in": () => import("./sign-in.ts"),
  start: () => import("./start.ts"),
  timers: () => import("./timers.ts"),
  install: () => import("./install.ts"),
  migration: () => import("./migration.ts"),
  storage: () => import("./storage.ts"),
  tenancy: () => import("./tenancy.ts"),
  users: () => import("./users.ts"),
  inventory: () => import("./inventory.ts"),
} as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { full: { type: "boolean", default: false }, "no-save": { type: "boolean", default: false } },
});
const names = positionals.length > 0 ? positionals : Object.keys(benchmarks);
const results = join(dirname(fileURLToPath(import.meta.url)), "..", "results");

for (const name of names) {
  const load = Object.entries(benchmarks).find(([known]) => known === name)?.[1];
  if (load === undefined) {
    console.error(`bench: no benchmark "${name}"; there are: ${Object.keys(benchmarks).join(", ")}`);
    process.exit(2);
  }
  console.error(`bench: ${name} ...`);
  const result = await (await load()).run({ isFull: values.full });
  print(result);
  if (!values["no-save"]) save(name, result);
}

function print(result: BenchResult): void {
  const width = Math.max(...result.figures.map((figure) => figure.name.length));
  console.log(`\n${result.name}`);
  for (const figure of result.figures) console.log(`  ${figure.name.padEnd(width)}  ${line(figure)}`);
}

function line(figure: Figure): string {
  const parts = [`${round(figure.value)} ${figure.unit}`];
  if (figure.spread !== undefined) parts.push(`(${round(figure.spread[0])} to ${round(figure.spread[1])})`);
  if (figure.ratio !== undefined) parts.push(`ratio ${round(figure.ratio)}`);
  if (figure.goal !== undefined) parts.push(`goal ${figure.goal}`);
  return parts.join("  ");
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function save(name: string, result: BenchResult): void {
  mkdirSync(results, { recursive: true });
  const machine = {
    cores: availableParallelism(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(
    join(results, `${name}.json`),
    `${JSON.stringify({ day, isFull: values.full, machine, ...result }, null, 2)}\n`,
  );
}
