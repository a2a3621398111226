// request-metrics.ts runs for every request: some additions to series that are looked up by module.
import type { Exchange, RefusalReason } from "../exchange/exchange.ts";
import type { ExchangeObserver } from "../exchange/observe-exchanges.ts";
import { methodClasses, methodClassOf, productOf, statusClasses, statusClassOf } from "./classes.ts";
import { type Counter, CounterFamily } from "./counter.ts";
import type { Family } from "./family.ts";
import { type Histogram, HistogramFamily } from "./histogram.ts";
import { readAtScrape } from "./read-at-scrape.ts";

const TOTAL_SECONDS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const GATEWAY_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1];

/** The series of one kind and module. */
interface Series {
  /** By method class and status class, made when first needed. */
  readonly requests: (Counter | undefined)[];
  readonly total: Histogram;
}

/** What requests say of themselves when they have ended. */
export class RequestMetrics implements ExchangeObserver {
  readonly #requests = new CounterFamily(
    "octavo_requests_total",
    "Requests that have ended. kind: management or module; method: read, write or other; status: class of the answer's, none without one; module: product, empty where none was reached",
    ["kind", "module", "method", "status"],
  );
  readonly #total = new HistogramFamily(
    "octavo_request_seconds",
    "From the head of a request to the end of its answer",
    ["kind", "module"],
    TOTAL_SECONDS,
  );
  readonly #gateway = new HistogramFamily(
    "octavo_gateway_seconds",
    "What of a request is the gateway's own: up to the answer's head, without the wait for modules",
    ["kind"],
    GATEWAY_SECONDS,
  );
  readonly #refused = new CounterFamily(
    "octavo_refused_total",
    "Requests that the gateway has answered in its own name. reason: gate, tenant, auth, route, body, shed or upstream",
    ["reason"],
  );
  readonly #broken = new CounterFamily(
    "octavo_broken_off_total",
    "Exchanges that ended before their end. by: the client, the module, or failed for a fault of the gateway",
    ["by"],
  );
  readonly #bytes = new CounterFamily(
    "octavo_body_bytes_total",
    "Bytes of bodies, without framing. direction: received from clients or sent to them",
    ["direction"],
  );
  /** Null where the operator has not asked for it. */
  readonly #byTenant: CounterFamily | null;
  readonly #received = this.#bytes.of("received");
  readonly #sent = this.#bytes.of("sent");
  readonly #gatewayOf = { management: this.#gateway.of("management"), module: this.#gateway.of("module") };
  readonly #seriesOf = { management: new Map<string, Series>(), module: new Map<string, Series>() };
  #inFlight = 0;

  constructor(countsTenants: boolean) {
    this.#byTenant = countsTenants
      ? new CounterFamily("octavo_tenant_requests_total", "Requests that have ended, by tenant", [
          "tenant",
          "status",
        ])
      : null;
  }

  get families(): readonly Family[] {
    return [
      this.#requests,
      this.#total,
      this.#gateway,
      this.#refused,
      this.#broken,
      this.#bytes,
      readAtScrape(
        "gauge",
        "octavo_requests_in_flight",
        "Requests that have not ended",
        () => this.#inFlight,
      ),
      ...(this.#byTenant === null ? [] : [this.#byTenant]),
    ];
  }

  begins(): void {
    this.#inFlight += 1;
  }

  ended(exchange: Exchange): void {
    const { kind, moduleId, method, status, tenantId } = exchange;
    this.#inFlight -= 1;
    if (exchange.isForwarded) return;
    const series = this.#seriesOf[kind].get(moduleId ?? "") ?? this.#learn(kind, moduleId ?? "");
    const statusClass = statusClassOf(status);
    const at = methodClassOf(method) * statusClasses.length + statusClass;
    (series.requests[at] ?? this.#counterAt(series, at, kind, moduleId ?? "")).add();
    series.total.observe(exchange.totalMs / 1000);
    this.#gatewayOf[kind].observe(exchange.gatewayMs / 1000);
    this.#received.add(exchange.receivedBytes);
    this.#sent.add(exchange.sentBytes);
    if (exchange.refusal !== null) this.refused(exchange.refusal);
    if (exchange.brokenBy !== null) this.#broken.of(exchange.brokenBy).add();
    if (this.#byTenant !== null && tenantId !== null)
      this.#byTenant.of(tenantId, statusClasses[statusClass] ?? "").add();
  }

  /** Also what was no request, and has no exchange. */
  refused(reason: RefusalReason): void {
    this.#refused.of(reason).add();
  }

  #learn(kind: Exchange["kind"], moduleId: string): Series {
    const series = { requests: [], total: this.#total.of(kind, productOf(moduleId)) };
    this.#seriesOf[kind].set(moduleId, series);
    return series;
  }

  #counterAt(series: Series, at: number, kind: Exchange["kind"], moduleId: string): Counter {
    const method = methodClasses[Math.trunc(at / statusClasses.length)] ?? "";
    const status = statusClasses[at % statusClasses.length] ?? "";
    const counter = this.#requests.of(kind, productOf(moduleId), method, status);
    series.requests[at] = counter;
    return counter;
  }
}
