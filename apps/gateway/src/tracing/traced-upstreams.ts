import type { UpstreamRequest } from "@octavo/http-wire";
import type { Result } from "@octavo/result";
import type { GatewayFailure, UpstreamAnswer, UpstreamModule, Upstreams } from "@octavo/upstream";
import { type Span, SpanKind, SpanStatusCode, type Tracer } from "@opentelemetry/api";
import { contextOf, parentOf } from "./parent-of.ts";
import { addTraceContext, readTraceContext } from "./trace-context.ts";

type Send = Upstreams["send"];

/** One span for each call of a module, from asking to the head of the answer, both attempts of a repeated one together. Its
 * parent is who the request's own headers say, which is our span of the client's request; the module gets this one. */
export function traceUpstreams(upstreams: Upstreams, tracer: Tracer): Upstreams {
  return {
    send: (module, request, route) => sendTraced(tracer, upstreams, module, request, route),
    setInstances: (moduleId, instances) => upstreams.setInstances(moduleId, instances),
    report: (moduleId) => upstreams.report(moduleId),
    get inFlight() {
      return upstreams.inFlight;
    },
    get queued() {
      return upstreams.queued;
    },
    close: () => upstreams.close(),
  };
}

async function sendTraced(
  tracer: Tracer,
  upstreams: Upstreams,
  module: UpstreamModule,
  request: UpstreamRequest,
  route: Parameters<Send>[2],
): ReturnType<Send> {
  const { method, rawHeaders } = request;
  const attributes = { "http.request.method": method, "octavo.module.id": module.moduleId };
  const parent = parentOf(readTraceContext(rawHeaders), false);
  const span = tracer.startSpan(method, { kind: SpanKind.CLIENT, attributes }, parent);
  try {
    const answered = await upstreams.send(
      module,
      { ...request, rawHeaders: within(span, rawHeaders) },
      route,
    );
    tell(span, answered);
    return answered;
  } catch (cause) {
    span.setAttribute("error.type", "client-gone"); // the request's own body broke off
    throw cause;
  } finally {
    span.end();
  }
}

function within(span: Span, headers: readonly string[]): string[] {
  const made: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? "";
    if (!/^trace(?:parent|state)$/i.test(name)) made.push(name, headers[at + 1] ?? "");
  }
  addTraceContext(made, contextOf(span));
  return made;
}

function tell(span: Span, answered: Result<UpstreamAnswer, GatewayFailure>): void {
  if (!answered.ok) {
    const { kind, instanceId, attempts } = answered.error;
    span.setAttributes({ "error.type": kind, ...instance(instanceId, attempts) });
    span.setStatus({ code: SpanStatusCode.ERROR });
    return;
  }
  const { status, url, instanceId, attempts } = answered.value;
  const address = URL.parse(url);
  span.setAttributes({
    "http.response.status_code": status,
    ...instance(instanceId, attempts),
    ...(address !== null && { "server.address": address.hostname }),
    ...(address !== null && address.port !== "" && { "server.port": Number(address.port) }),
  });
  if (status < 400) return;
  span.setAttribute("error.type", String(status));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function instance(instanceId: string | null, attempts: number) {
  return {
    ...(instanceId !== null && { "octavo.instance.id": instanceId }),
    ...(attempts > 1 && { "http.request.resend_count": attempts - 1 }),
  };
}
