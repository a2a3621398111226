/** What one benchmark measured. Each file of benchmarks exports `run(options): Promise<BenchResult>`; main.ts prints it and
 * keeps it in bench/results. */
export interface BenchResult {
  readonly name: string;
  readonly figures: readonly Figure[];
}

export interface Figure {
  readonly name: string;
  /** A median where it is of many runs. */
  readonly value: number;
  /** "ms", "s", "MiB", "writes/s", "x" for a plain ratio. */
  readonly unit: string;
  /** The quartiles that the middle half of the runs lies between. */
  readonly spread?: readonly [low: number, high: number];
  /** What the value should be, as it was promised: "<= 50 ms". */
  readonly goal?: string;
  /** The value of a peer of the same run, divided by this one: how many times better than the plain way this is. */
  readonly ratio?: number;
}

export interface BenchOptions {
  /** The full figures, for a release; otherwise a short run. */
  readonly isFull: boolean;
}
