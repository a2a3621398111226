import type { Family } from "./family.ts";
import { joinProcesses, type PlainFamily, type ProcessFamilies, readFamilies } from "./join-processes.ts";
import { printFamilies } from "./print-families.ts";
import { RegistryMetrics } from "./registry-metrics.ts";
import { RequestMetrics } from "./request-metrics.ts";
import { TimerMetrics } from "./timer-metrics.ts";
import { UpstreamMetrics } from "./upstream-metrics.ts";

/** "tenants": requests are counted by tenant, too, which makes series for each. */
export const metricsModes = ["off", "on", "tenants"] as const;
export type MetricsMode = (typeof metricsModes)[number];

/** Everything that this process counts. Each part of the gateway adds what it knows when it starts. */
export class GatewayMetrics {
  readonly requests: RequestMetrics;
  readonly upstream = new UpstreamMetrics();
  readonly registry = new RegistryMetrics();
  readonly timers = new TimerMetrics();
  readonly #families: Family[];
  #others: (() => Promise<readonly ProcessFamilies[]>) | null = null;

  constructor(mode: MetricsMode) {
    this.requests = new RequestMetrics(mode === "tenants");
    this.#families = [...this.requests.families];
  }

  add(families: readonly Family[]): void {
    this.#families.push(...families);
  }

  /** From now on what is printed has the workers of this process, too. */
  join(others: () => Promise<readonly ProcessFamilies[]>): void {
    this.#others = others;
  }

  /** All of it as it is now. */
  read(): PlainFamily[] {
    return readFamilies(this.#families);
  }

  /** As Prometheus reads it. */
  async print(): Promise<string> {
    if (this.#others === null) return printFamilies(this.#families);
    const others = await this.#others();
    return printFamilies(joinProcesses([{ process: "main", families: this.read() }, ...others]));
  }
}
