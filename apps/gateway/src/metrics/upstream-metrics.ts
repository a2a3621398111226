import type { ModuleInstance } from "@octavo/registry";
import type { UpstreamEvent, Upstreams } from "@octavo/upstream";
import { productOf } from "./classes.ts";
import { CounterFamily } from "./counter.ts";
import type { Family, Labels } from "./family.ts";
import { type Histogram, HistogramFamily } from "./histogram.ts";
import { readAtScrape } from "./read-at-scrape.ts";

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What can be asked about modules at any time. */
export interface UpstreamState {
  readonly upstreams: Pick<Upstreams, "report" | "inFlight" | "queued">;
  readonly connections: { readonly open: number };
  readonly discovery: () => ReadonlyMap<string, readonly ModuleInstance[]>;
}

/** How modules answer, and what happens to their instances. */
export class UpstreamMetrics {
  readonly #events = new CounterFamily(
    "octavo_upstream_events_total",
    "What happened to instances of modules. event: ejected, down, up, panic, drained, retried or shed",
    ["module", "event"],
  );
  readonly #seconds = new HistogramFamily(
    "octavo_module_seconds",
    "From sending a request to the head of the module's answer, or until nobody waited any longer",
    ["module"],
    SECONDS,
  );
  readonly #secondsOf = new Map<string, Histogram>();

  note({ moduleId, kind }: UpstreamEvent): void {
    this.#events.of(productOf(moduleId), kind).add();
  }

  /** Runs for every call of a module. */
  answered(moduleId: string, ms: number): void {
    let histogram = this.#secondsOf.get(moduleId);
    if (histogram === undefined) {
      histogram = this.#seconds.of(productOf(moduleId));
      this.#secondsOf.set(moduleId, histogram);
    }
    histogram.observe(ms / 1000);
  }

  families({ upstreams, connections, discovery }: UpstreamState): readonly Family[] {
    return [
      this.#events,
      this.#seconds,
      readAtScrape(
        "gauge",
        "octavo_upstream_in_flight",
        "Requests that modules have now",
        () => upstreams.inFlight,
      ),
      readAtScrape(
        "gauge",
        "octavo_upstream_queued",
        "Requests that wait for a module to have room",
        () => upstreams.queued,
      ),
      readAtScrape(
        "gauge",
        "octavo_upstream_connections",
        "Open connections to modules",
        () => connections.open,
      ),
      readAtScrape(
        "gauge",
        "octavo_upstream_instances",
        "Instances of modules that this gateway has called, as it sees them. state: in, ejected or down",
        () => instancesByState(upstreams, discovery()),
      ),
    ];
  }
}

function instancesByState(
  upstreams: Pick<Upstreams, "report">,
  discovery: ReturnType<UpstreamState["discovery"]>,
): (readonly [Labels, number])[] {
  const counts = new Map<string, Record<"in" | "ejected" | "down", number>>();
  for (const moduleId of discovery.keys()) {
    const product = productOf(moduleId);
    const ofProduct = counts.get(product) ?? { in: 0, ejected: 0, down: 0 };
    const reports = upstreams.report(moduleId);
    for (const { state } of reports) ofProduct[state] += 1;
    if (reports.length > 0) counts.set(product, ofProduct);
  }
  return [...counts].flatMap(([module, states]) =>
    Object.entries(states).map(([state, count]) => [{ module, state }, count] as const),
  );
}
