import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTenantWorld, type TenantWorld, textOf, untilTrue } from "../testing/tenant-world.ts";
import { type RecordedSpan, RecordingProvider } from "./testing/recording-provider.ts";

const provider = new RecordingProvider();
const incoming = {
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  tracestate: "other=1",
};
let world: TenantWorld;
let token = "";

beforeAll(async () => {
  trace.setGlobalTracerProvider(provider);
  world = await startTenantWorld(1);
  ({ accessToken: token } = await world.signIn("ann"));
  await world.as(token, 0, "GET", "/echo"); // who she is has been asked now
});
afterAll(async () => {
  await world.close();
  trace.disable();
});

/** The spans that a call causes, in the order in which they begin, when the request's own has ended. */
async function spansOf(call: () => Promise<unknown>): Promise<readonly RecordedSpan[]> {
  const before = provider.spans.length;
  await call();
  await untilTrue("its span has ended", () => provider.spans[before]?.hasEnded === true);
  return provider.spans.slice(before);
}

describe("a request for a module", () => {
  it("is a span below the caller's, and its call of the module one below that, which the module is told", async () => {
    let told = "";
    const [request, call, ...others] = await spansOf(async () => {
      told = (await world.as(token, 0, "GET", "/echo?query=1", incoming)).text;
    });
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      name: "GET /echo",
      kind: SpanKind.SERVER,
      parent: { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", isRemote: true },
      statusCode: null,
      attributes: {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "http.route": "/echo",
        "url.path": "/echo",
        "octavo.tenant.id": "diku",
        "octavo.module.id": "mod-echo-1.0.0",
      },
    });
    expect(call).toMatchObject({
      name: "GET",
      kind: SpanKind.CLIENT,
      hasEnded: true,
      parent: { spanId: request?.own.spanId, isRemote: false },
      attributes: {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "server.address": "127.0.0.1",
        "octavo.instance.id": "mod-echo-1.0.0-1",
      },
    });
    expect(textOf(told, "traceparent")).toBe(`00-${call?.own.traceId}-${call?.own.spanId}-01`);
    expect(textOf(told, "tracestate")).toBe("other=1");
  });

  it("begins a trace of its own where the caller's is malformed", async () => {
    const headers = { ...incoming, traceparent: "00-0-0-0" };
    const [request, call] = await spansOf(() => world.as(token, 0, "GET", "/echo", headers));
    expect(request?.parent).toBe(null);
    expect(call?.own).toMatchObject({ traceId: request?.own.traceId });
    expect(call?.own.traceState).toBe(undefined);
  });

  it("that is refused has no span below it, and says what for", async () => {
    const [request, ...others] = await spansOf(() => world.as(null, 0, "GET", "/echo"));
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      name: "GET",
      statusCode: null,
      attributes: { "octavo.refused_for": "auth" },
    });
  });

  it("that fails at the module is an error of both", async () => {
    await world.echo.close();
    const [request, call] = await spansOf(() => world.as(token, 0, "GET", "/echo"));
    expect(request).toMatchObject({ statusCode: SpanStatusCode.ERROR, attributes: { "error.type": "502" } });
    expect(call).toMatchObject({
      statusCode: SpanStatusCode.ERROR,
      attributes: { "error.type": "connect-refused" },
    });
  });
});

it("a management call is a span with its operation's path", async () => {
  const [request] = await spansOf(() => world.manage("GET", "/_/proxy/tenants/diku?full=1"));
  expect(request).toMatchObject({
    name: "GET /_/proxy/tenants/{tenantId}",
    attributes: { "url.path": "/_/proxy/tenants/diku", "http.response.status_code": 200 },
  });
});

it("no span holds a token, a query or a user", () => {
  const all = JSON.stringify(provider.spans.map(({ name, attributes }) => ({ name, attributes })));
  for (const secret of [token, world.operatorToken, "query=1", "full=1"]) expect(all).not.toContain(secret);
  expect(provider.spans.every(({ hasEnded }) => hasEnded)).toBe(true);
});
