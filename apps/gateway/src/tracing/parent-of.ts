import { type Context, createTraceState, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import type { TraceContext } from "./trace-context.ts";

/** @param isRemote whether it came with a request, and is not a span of this process */
export function parentOf(context: TraceContext | null, isRemote: boolean): Context {
  if (context === null) return ROOT_CONTEXT;
  const { traceId, spanId, flags, state } = context;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: flags,
    isRemote,
    ...(state !== null && { traceState: createTraceState(state) }),
  });
}

/** What those get who are called within this span. */
export function contextOf(span: Span): TraceContext {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const state = traceState?.serialize() ?? "";
  return { traceId, spanId, flags: traceFlags, state: state === "" ? null : state };
}
