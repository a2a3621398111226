import { ProxyTracerProvider, trace, type Tracer } from "@opentelemetry/api";
import { version } from "../version.ts";
import type { Tracing } from "./load-tracing.ts";
import { ServerSpans } from "./server-spans.ts";
import { traceUpstreams } from "./traced-upstreams.ts";

/** @returns null where an SDK has registered something, but nobody who takes spans */
export function openTelemetry(): Tracing | null {
  const tracer = findTracer();
  if (tracer === null) return null;
  return { ofRequests: new ServerSpans(tracer), ofCalls: (upstreams) => traceUpstreams(upstreams, tracer) };
}

function findTracer(): Tracer | null {
  const provider = trace.getTracerProvider();
  if (!(provider instanceof ProxyTracerProvider)) return provider.getTracer("octavo", version);
  return provider.getDelegateTracer("octavo", version) ?? null;
}
