import { parseArgs } from "node:util";
import { runSeeds } from "./run-seeds.ts";

/** Runs seeds, or one again with everything that happened:
 *
 *     node conformance/simulation/main.ts --seeds 5000
 *     node conformance/simulation/main.ts --seed 1234
 */
const { values } = parseArgs({
  options: { seed: { type: "string" }, seeds: { type: "string" }, from: { type: "string", default: "1" } },
});
const isOne = values.seed !== undefined;
const report = await runSeeds(Number(values.seed ?? values.from), isOne ? 1 : Number(values.seeds ?? "1000"));
if (isOne) process.stdout.write(`${report.last?.notes.join("\n")}\n`);
process.stdout.write(`${report.text}\n`);
process.exitCode = report.broken.length === 0 ? 0 : 1;
