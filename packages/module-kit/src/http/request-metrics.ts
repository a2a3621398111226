import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** What a module counts of its requests; seconds, labels with few values. */
export interface RequestMetrics {
  begin(): void;
  /** @param route its template; null where none matched */
  end(answer: { method: string; route: string | null; status: number; seconds: number }): void;
}

/** Buckets from 1 ms to 30 s. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function requestMetrics(registry: Registry): RequestMetrics {
  const registers = [registry];
  const duration = new Histogram({
    name: "http_server_request_duration_seconds",
    help: "From a request's head to the last byte of its answer",
    labelNames: ["http_request_method", "http_route", "http_response_status_code"],
    buckets: BUCKETS,
    registers,
  });
  const active = new Gauge({
    name: "http_server_active_requests",
    help: "Requests that are being answered",
    registers,
  });
  const faults = new Counter({
    name: "octavo_module_faults_total",
    help: "Answers 500: mistakes of the module, each with an error in the log",
    registers,
  });
  return {
    begin: () => active.inc(),
    end: ({ method, route, status, seconds }) => {
      active.dec();
      if (status === 500) faults.inc();
      duration.observe(
        { http_request_method: method, http_route: route ?? "none", http_response_status_code: status },
        seconds,
      );
    },
  };
}

let ofProcess: Registry | null = null;

/** Memory, event loop and so on: of the process, however many modules it hosts. */
export function processMetrics(): Registry {
  if (ofProcess === null) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}
