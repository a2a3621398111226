import type { RequestHead } from "@octavo/http-wire";
import { type Attributes, SpanKind, SpanStatusCode, type Tracer } from "@opentelemetry/api";
import type { Exchange } from "../exchange/exchange.ts";
import type { ExchangeObserver } from "../exchange/observe-exchanges.ts";
import { shownPath } from "../exchange/shown-path.ts";
import { contextOf, parentOf } from "./parent-of.ts";
import { readTraceContext } from "./trace-context.ts";

/** One span for each request, as OpenTelemetry's conventions for HTTP servers have it; no header, no query, no user.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/ */
export class ServerSpans implements ExchangeObserver {
  readonly #tracer: Tracer;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  begins(exchange: Exchange, head: RequestHead): void {
    const attributes = {
      "http.request.method": head.method,
      "url.scheme": "http",
      "client.address": head.remoteAddress,
      "network.protocol.version": head.version,
    };
    const parent = parentOf(readTraceContext(head.rawHeaders), true);
    const span = this.#tracer.startSpan(head.method, { kind: SpanKind.SERVER, attributes }, parent);
    exchange.span = span;
    exchange.trace = contextOf(span);
    exchange.traceId = exchange.trace.traceId;
  }

  ended(exchange: Exchange): void {
    const { span, method, route } = exchange;
    if (span === null) return;
    span.updateName(route === null ? method : `${method} ${route}`);
    span.setAttributes(attributesOf(exchange));
    const error = errorOf(exchange);
    if (error !== null) {
      span.setAttribute("error.type", error);
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
  }
}

/** Those that are there. */
function attributesOf({ path, route, status, tenantId, moduleId, requestId, refusal }: Exchange): Attributes {
  return {
    ...(path !== null && { "url.path": shownPath(path) }),
    ...(route !== null && { "http.route": route }),
    ...(status !== 0 && { "http.response.status_code": status }),
    ...(tenantId !== null && { "octavo.tenant.id": tenantId }),
    ...(moduleId !== null && { "octavo.module.id": moduleId }),
    ...(requestId !== null && { "octavo.request.id": requestId }),
    ...(refusal !== null && { "octavo.refused_for": refusal }),
  };
}

/** What the client did wrong is no error of a server's span. */
function errorOf({ brokenBy, status }: Exchange): string | null {
  if (brokenBy !== null && !brokenBy.startsWith("client-")) return brokenBy;
  return status >= 500 ? String(status) : null;
}
