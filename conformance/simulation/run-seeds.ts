import type { Statements } from "@octavo/testing/simulation/statement";
import { runSeed, type SeedRun } from "./run-seed.ts";

export interface SeedsReport {
  readonly count: number;
  readonly broken: readonly SeedRun[];
  readonly last: SeedRun | null;
  /** What to print: how much was run, and how each failure is run again. */
  readonly text: string;
}

/** Runs seeds one after another, at most until ten have broken a claim. */
export async function runSeeds(from: number, count: number, planted: Statements = {}): Promise<SeedsReport> {
  const beganAt = performance.now();
  const broken: SeedRun[] = [];
  let last: SeedRun | null = null;
  let [events, virtualMs, ran] = [0, 0, 0];
  for (let seed = from; seed < from + count && broken.length < 10; seed += 1) {
    const run = await runSeed(seed, planted);
    last = run;
    ran += 1;
    events += run.events;
    virtualMs += run.virtualMs;
    if (run.violations.length > 0) broken.push(run);
  }
  const seconds = ((performance.now() - beganAt) / 1000).toFixed(1);
  const text = [
    `${ran} seeds from ${from}: ${events} events in ${(virtualMs / 3_600_000).toFixed(1)} h of virtual time, ` +
      `${seconds} s of this machine's`,
    ...broken.map(textOf),
  ].join("\n");
  return { count: ran, broken, last, text };
}

function textOf({ seed, violations }: SeedRun): string {
  const claims = violations.map(
    ({ claim, atMs, detail }) => `  ${claim}, at ${atMs.toFixed(2)} ms: ${detail}`,
  );
  return [`seed ${seed} breaks (again: node conformance/simulation/main.ts --seed ${seed})`, ...claims].join(
    "\n",
  );
}
