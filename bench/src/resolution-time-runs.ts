export interface Timing {
  readonly median: number;
  readonly quartiles: readonly [low: number, high: number];
}

/** Times `work` again and again, in milliseconds, after a few runs that do not count: the compiler is at work in these. Other
 * tasks may run in between, so that a long benchmark does not block what it shares the process with. */
export async function timeRuns(work: () => unknown, runs: number): Promise<Timing> {
  for (let warm = 0; warm < Math.min(runs, 10); warm++) work();
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    work();
    times.push(performance.now() - start);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { median: quantileOf(times, 0.5), quartiles: [quantileOf(times, 0.25), quantileOf(times, 0.75)] };
}

function quantileOf(values: readonly number[], share: number): number {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered[Math.floor((ordered.length - 1) * share)] ?? NaN;
}
