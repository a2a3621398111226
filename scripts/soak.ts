import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { availableParallelism, loadavg, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

/** The suites with their full counts, and what they said kept in bench/results/soak.txt: which machine, which commit, how long,
 * each test with its time, each figure beside it. Arguments go to vitest; a run of a part is not kept. */
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const args = process.argv.slice(2);
const beganAt = new Date();
const loadBefore = loadavg()[0] ?? 0;
const vitest = spawn(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "--config", "vitest.soak.config.ts", ...args],
  { cwd: root, stdio: ["inherit", "pipe", "pipe"] },
);
let said = "";
vitest.stdout.on("data", (chunk: Buffer) => {
  said += chunk.toString();
  process.stdout.write(chunk);
});
vitest.stderr.on("data", (chunk: Buffer) => {
  said += chunk.toString();
  process.stderr.write(chunk);
});
const [code] = await once(vitest, "close");
if (args.length === 0) keep();
process.exitCode = typeof code === "number" ? code : 1;

function keep(): void {
  const minutes = ((Date.now() - beganAt.getTime()) / 60_000).toFixed(0);
  const head = [
    `commit ${git("rev-parse", "HEAD")}${git("status", "--porcelain", "--untracked-files=no") === "" ? "" : ", with changes"}`,
    `begun ${beganAt.toISOString()}, ${minutes} minutes, ended with ${String(code)}`,
    `${availableParallelism()} processors, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}, load ${loadBefore.toFixed(2)} before`,
  ];
  const lines = stripVTControlCharacters(said)
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
  writeFileSync(join(root, "bench", "results", "soak.txt"), `${[...head, "", ...lines].join("\n")}\n`);
}

function git(...of: readonly string[]): string {
  try {
    return execFileSync("git", of, { cwd: root, encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}
