import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CallError, CallRequest } from "./calls.ts";
import { type CallContext, gatewayCalls } from "./gateway-calls.ts";

const User = Type.Object({ id: Type.String() });
const seen: { url: string; headers: IncomingMessage["headers"]; body: string }[] = [];
let answer: (response: ServerResponse) => void = () => {};
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (piece: Buffer) => (body += piece.toString()));
  request.on("end", () => {
    seen.push({ url: request.url ?? "", headers: request.headers, body });
    answer(response);
  });
});
let url = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // as: it listens on a port
});
afterAll(() => server.close());

function callerWith(more: Partial<CallContext> = {}): CallContext {
  return {
    tenantId: "north",
    token: "t1",
    requestId: "1/loans",
    okapiUrl: `${url}/`,
    deadlineMs: null,
    signal: new AbortController().signal,
    remainingMs: () => 5_000,
    ...more,
  };
}

const request: CallRequest<typeof User> = { method: "GET", path: "/users/7", answer: User };

describe("a call to another module", () => {
  it("goes to the gateway as the caller, with his request's id", async () => {
    answer = (response) =>
      response.writeHead(201, { "set-cookie": ["a=1", "b=2"] }).end('{"id":"7","name":"Ada"}');
    const outcome = await gatewayCalls(callerWith(), null).send({
      ...request,
      method: "POST",
      query: { query: "a b&c", limit: 3 },
      body: { x: 1 },
      headers: { "User-Agent": "Firefox", "X-Okapi-Token": "stolen", "X-Okapi-User-Id": "u1" },
      idempotencyKey: "k1",
    });
    expect(outcome).toMatchObject({ ok: true, value: { status: 201, body: { id: "7", name: "Ada" } } });
    expect(outcome.ok ? outcome.value.headers.getSetCookie() : []).toEqual(["a=1", "b=2"]);
    expect(seen.at(-1)?.headers["x-okapi-user-id"]).toBeUndefined();
    expect(seen.at(-1)).toMatchObject({
      url: "/users/7?query=a+b%26c&limit=3",
      body: '{"x":1}',
      headers: {
        "x-okapi-tenant": "north",
        "x-okapi-token": "t1",
        "user-agent": "Firefox",
        "x-okapi-request-id": "1/loans",
        "idempotency-key": "k1",
        "content-type": "application/json",
      },
    });
  });

  it("carries the deadline of its request on, and makes none of its own", async () => {
    answer = (response) => response.end('{"id":"7"}');
    await gatewayCalls(callerWith({ deadlineMs: 1_800_000_000_123 }), null).send({
      ...request,
      timeoutMs: 50,
    });
    expect(seen.at(-1)?.headers["x-request-deadline"]).toBe("1800000000123");
    await gatewayCalls(callerWith(), null).send(request);
    expect(seen.at(-1)?.headers["x-request-deadline"]).toBeUndefined();
  });

  it("goes to the configured gateway, whatever the request says", async () => {
    answer = (response) => response.end('{"id":"7"}');
    const elsewhere = callerWith({ okapiUrl: "http://127.0.0.1:1" });
    expect(await gatewayCalls(elsewhere, url).send(request)).toMatchObject({ ok: true });
  });

  it.each<
    [
      string,
      (response: ServerResponse) => void,
      Partial<CallContext>,
      Partial<CallRequest<typeof User>>,
      Partial<CallError>,
    ]
  >([
    [
      "a refusal",
      (response) => response.writeHead(404).end("no user"),
      {},
      {},
      { kind: "refused", status: 404, text: "no user" },
    ],
    [
      "a redirect",
      (response) => response.writeHead(302, { location: "http://elsewhere/" }).end(),
      {},
      {},
      { kind: "refused", status: 302 },
    ],
    ["no JSON", (response) => response.end("<p>"), {}, {}, { kind: "malformed" }],
    ["another shape", (response) => response.end('{"id":7}'), {}, {}, { kind: "malformed" }],
    ["a cut", (response) => response.destroy(), {}, {}, { kind: "unreachable" }],
    ["silence", () => {}, {}, { timeoutMs: 30 }, { kind: "timeout" }],
    ["no time left", () => {}, { remainingMs: () => 20 }, {}, { kind: "timeout" }],
    ["a client that has left", () => {}, { signal: AbortSignal.abort() }, {}, { kind: "timeout" }],
    ["no gateway", () => {}, { okapiUrl: null }, {}, { kind: "no-gateway" }],
  ])("tells of %s as a value", async (_of, answering, context, more, error) => {
    answer = answering;
    const outcome = await gatewayCalls(callerWith(context), null).send({ ...request, ...more });
    expect(outcome).toMatchObject({ ok: false, error });
  });
});
