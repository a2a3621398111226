import type { GatewayConfig } from "../config.ts";
import type { Log } from "../log.ts";
import type { GatewayMetrics } from "../metrics/gateway-metrics.ts";
import type { Tracing } from "../tracing/load-tracing.ts";
import { AccessLog } from "./access-log.ts";
import type { ExchangeObserver } from "./observe-exchanges.ts";

export interface Observing {
  readonly metrics: GatewayMetrics;
  readonly accessLog: Log | null;
  readonly tracing: Tracing | null;
}

/** Who looks at the exchanges of this process, as it is configured. */
export function observersOf(
  config: Pick<GatewayConfig, "metrics">,
  { metrics, accessLog, tracing }: Observing,
): readonly ExchangeObserver[] {
  const observers: ExchangeObserver[] = [];
  // First, so that the others know the trace.
  if (tracing !== null) observers.push(tracing.ofRequests);
  if (config.metrics !== "off") observers.push(metrics.requests);
  if (accessLog !== null) observers.push(new AccessLog(accessLog));
  return observers;
}
