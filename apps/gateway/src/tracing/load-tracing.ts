import type { Upstreams } from "@octavo/upstream";
import type { ExchangeObserver } from "../exchange/observe-exchanges.ts";

/** Spans of requests and of the calls that they cause. */
export interface Tracing {
  readonly ofRequests: ExchangeObserver;
  /** The same modules, each call a span. */
  ofCalls(upstreams: Upstreams): Upstreams;
}

/** Where OpenTelemetry's API, in whatever copy, keeps what an SDK has registered. */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/** Spans go to the SDK that the operator has loaded before us (`node --import`, docs/operations/observability.md).
 * @returns null where there is none: then not even OpenTelemetry's API is loaded, and nothing is done for traces beyond
 * passing their headers on */
export async function loadTracing(): Promise<Tracing | null> {
  if (Reflect.get(globalThis, REGISTERED) === undefined) return null;
  const { openTelemetry } = await import("./open-telemetry.ts");
  return openTelemetry();
}
