import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { type SoakRow, soakRows } from "./soak-rows.ts";

/** The suites with their full counts, a row after the other, two at a time where they do not disturb each other. A row passes when
 * no test of it failed. A line per row, with the figures that its tests have said, is kept in bench/results/soak.txt as soon as the row has ended:
 * which machine, which commit, how long. Arguments name rows ("F9 D1"); a run of a part is not kept. */
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const kept = join(root, "bench", "results", "soak.txt");
const wanted = process.argv.slice(2);

const beganAt = new Date();
const head = [
  `commit ${git("rev-parse", "HEAD")}${git("status", "--porcelain", "--untracked-files=no") === "" ? "" : ", with changes"}`,
  `${availableParallelism()} processors, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}, load ${(loadavg()[0] ?? 0).toFixed(2)} before`,
];
const rows = soakRows.filter(({ row }) => wanted.length === 0 || wanted.includes(row));
const known = new Set(soakRows.map(({ row }) => row));
if (wanted.some((row) => !known.has(row))) {
  process.stderr.write(`soak: rows are ${[...known].join(", ")}\n`);
  process.exit(2);
}
const reports = join(tmpdir(), `octavo-soak-${process.pid}`);
mkdirSync(reports);
const lines = new Map<SoakRow, string>();
let hasFailed = false;
const together = rows.filter(({ isAlone }) => isAlone === undefined);
await Promise.all([runInTurn(together), runInTurn(together)]);
await runInTurn(rows.filter(({ isAlone }) => isAlone === true));
rmSync(reports, { recursive: true });

process.stdout.write(`\n${summary("ended")}`);
process.exitCode = hasFailed ? 1 : 0;

function summary(state: "ended" | "under way"): string {
  const minutes = ((Date.now() - beganAt.getTime()) / 60_000).toFixed(0);
  const all = [
    ...head,
    `begun ${beganAt.toISOString()}, ${state} after ${minutes} minutes, ${hasFailed ? "not all passed" : "none failed"}`,
    "",
    ...rows.map((row) => lines.get(row) ?? `${row.row.padEnd(4)}not yet  ${row.what}`),
  ];
  return `${all.join("\n")}\n`;
}

/** Takes the next from the list until it is empty. */
async function runInTurn(queue: SoakRow[]): Promise<void> {
  for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
    const line = await run(row);
    lines.set(row, line);
    process.stdout.write(`${line}\n`);
    if (wanted.length === 0) writeFileSync(kept, summary(lines.size === rows.length ? "ended" : "under way"));
  }
}

/** What a row of vitest's JSON report says. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

async function run({ row, what, files }: SoakRow): Promise<string> {
  const began = performance.now();
  const file = join(reports, `${row}-${began}.json`);
  const options = ["run", "--config", "vitest.soak.config.ts", "--reporter=default", "--reporter=json"];
  const vitest = spawn(
    process.execPath,
    ["node_modules/vitest/vitest.mjs", ...options, `--outputFile.json=${file}`, ...files],
    { cwd: root, stdio: ["ignore", "pipe", "pipe"] },
  );
  let [said, figures] = ["", ""];
  vitest.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  vitest.stderr.on("data", (chunk: Buffer) => (figures += chunk.toString()));
  const [code] = await once(vitest, "close");
  const isGood = code === 0;
  hasFailed ||= !isGood;
  const took = `${((performance.now() - began) / 60_000).toFixed(1)} min`;
  const result = `${row.padEnd(4)}${isGood ? "passed" : "FAILED"}  ${what}: ${countsOf(file)}, ${took}`;
  const told = isGood ? figures : `${figures}\n${said}`;
  return [result, ...linesOf(told).map((line) => `      ${line}`)].join("\n");
}

function countsOf(file: string): string {
  try {
    const report = JSON.parse(readFileSync(file, "utf8")) as Report; // vitest's
    const skipped = report.numPendingTests === 0 ? "" : `, ${report.numPendingTests} skipped`;
    return `${report.numPassedTests} tests${report.numFailedTests === 0 ? "" : `, ${report.numFailedTests} failed`}${skipped}`;
  } catch {
    return "no report";
  }
}

function linesOf(text: string): readonly string[] {
  return stripVTControlCharacters(text)
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
}

function git(...of: readonly string[]): string {
  try {
    return execFileSync("git", of, { cwd: root, encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}
