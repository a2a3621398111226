import { okapiVersion } from "@octavo/management-api";
import { version } from "../version.ts";
import type { Family } from "./family.ts";
import { readAtScrape } from "./read-at-scrape.ts";

export interface ProcessState {
  readonly isDraining: () => boolean;
  /** Worst of the last second. */
  readonly loopLagMs: () => number;
}

/** For whoever has a listener. */
export function clientConnections(read: () => number): readonly Family[] {
  return [readAtScrape("gauge", "octavo_client_connections", "Open connections of clients", read)];
}

/** The process itself, under the names that dashboards of Node know. */
export function processFamilies(state: ProcessState): readonly Family[] {
  const info = { octavo: version, okapi: okapiVersion, node: process.version.slice(1) };
  const startedAt = performance.timeOrigin / 1000;
  return [
    readAtScrape("gauge", "octavo_info", "Always 1; its labels are versions", () => [[info, 1]]),
    readAtScrape("gauge", "octavo_draining", "1 from the signal to stop on", () =>
      state.isDraining() ? 1 : 0,
    ),
    readAtScrape(
      "gauge",
      "nodejs_eventloop_lag_seconds",
      "How late the event loop was at worst in the last second",
      () => state.loopLagMs() / 1000,
    ),
    readAtScrape(
      "gauge",
      "nodejs_heap_size_used_bytes",
      "JavaScript heap that is used",
      () => process.memoryUsage().heapUsed,
    ),
    readAtScrape("gauge", "process_resident_memory_bytes", "Memory of the process", () =>
      process.memoryUsage.rss(),
    ),
    readAtScrape("counter", "process_cpu_seconds_total", "Processor time, user and system", () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000_000;
    }),
    readAtScrape(
      "gauge",
      "process_start_time_seconds",
      "When the process began, since 1970",
      () => startedAt,
    ),
  ];
}
