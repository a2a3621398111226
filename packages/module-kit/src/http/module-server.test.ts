import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseHostConfig } from "../run/host-config.ts";
import { type ModuleHost, startModules } from "../run/module-host.ts";
import { lending, NUMBERS } from "../testing/lending.ts";

const id = "3b8f5a7e-5f0b-4a4b-8f8e-0d9c4d8c5b1a";
const tenant = { "x-okapi-tenant": "north" };

let host: ModuleHost;
let url = "";
const lines: string[] = [];
let numbersEnded = Promise.withResolvers<{ at: number; hasContext: boolean }>();
let slowBegan = Promise.withResolvers<AbortSignal>();

beforeAll(async () => {
  const config = parseHostConfig(
    { OCTAVO_TRUST: "network", OCTAVO_CHECK_ANSWERS: "on", OCTAVO_REQUEST_TIMEOUT_MS: "2000" },
    () => "",
  );
  if (!config.ok) throw new Error(config.error.join("; "));
  const module = lending({
    onNumbersEnd: (at, hasContext) => numbersEnded.resolve({ at, hasContext }),
    slow: async (signal) => {
      slowBegan.resolve(signal);
      await once(signal, "abort");
      throw new Error("ended from outside");
    },
  });
  host = await startModules([module], config.value, { write: (line) => lines.push(line) });
  url = host.modules[0]?.url ?? "";
});
afterAll(() => host.drain());

async function send(method: string, path: string, init: RequestInit = {}) {
  const answer = await fetch(`${url}${path}`, { method, headers: tenant, ...init });
  const text = await answer.text();
  const isJson = answer.headers.get("content-type")?.startsWith("application/json") === true && text !== "";
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    json: isJson ? (JSON.parse(text) as unknown) : null,
  };
}

function post(body: unknown) {
  return send("POST", "/loans", {
    headers: { ...tenant, "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

describe("what was sent wrongly is told in FOLIO's form, with the field", () => {
  it.each<[string, unknown, number, readonly object[]]>([
    ["no JSON", "{", 400, [{ code: "body-malformed" }]],
    ["nothing", "", 400, [{ code: "body-missing" }]],
    ["too much", { id, title: "x".repeat(2_000) }, 413, [{ code: "body-too-large" }]],
    [
      "a field missing",
      { title: "a" },
      422,
      [{ message: "id must not be null", parameters: [{ key: "id", value: "null" }] }],
    ],
    [
      "a text too short",
      { id, title: "" },
      422,
      [{ code: "schema-minLength", parameters: [{ key: "title", value: "" }] }],
    ],
    [
      "a wrong format",
      { id: "7", title: "a" },
      422,
      [{ code: "schema-format", parameters: [{ key: "id", value: "7" }] }],
    ],
    [
      "a text for a number",
      { id, title: "a", days: "3" },
      422,
      [{ code: "schema-type", parameters: [{ key: "days", value: "3" }] }],
    ],
    [
      "an unknown field",
      { id, title: "a", borrower: { name: "b", age: 3 } },
      422,
      [{ message: "borrower.age is not known" }],
    ],
    ["two at once", { id: "7", title: "" }, 422, [{ code: "schema-format" }, { code: "schema-minLength" }]],
    [
      "what only the handler sees",
      { id, title: "wrong" },
      422,
      [{ code: "invalid", parameters: [{ key: "title", value: "wrong" }] }],
    ],
    ["a conflict", { id, title: "lent" }, 409, [{ code: "lent", type: "1", parameters: [] }]],
    ["a mistake of the module", { id, title: "broken" }, 500, [{ code: "internal" }]],
  ])("%s", async (_of, body, status, errors) => {
    const answer = await post(body);
    expect(answer).toMatchObject({ status, json: { errors, total_records: errors.length } });
    expect(answer.text).not.toContain("secret of the inside");
  });

  it.each<[string, string, number, string]>([
    ["GET", "/loans?limit=many", 400, "limit must be integer"],
    ["GET", "/loans?limit=101", 400, "limit must be <= 100"],
    ["GET", "/loans?open=maybe", 400, "open must be boolean"],
    ["GET", "/loans/x1", 400, "id must be integer"],
    ["GET", "/nowhere", 404, "No route for GET /nowhere"],
    ["PUT", "/loans/1", 405, "/loans/1 takes DELETE, GET, HEAD, OPTIONS"],
  ])("%s %s: %i", async (method, path, status, message) => {
    const answer = await send(method, path);
    expect(answer).toMatchObject({ status, json: { errors: [{ message }] } });
  });
});

describe("a body of chunks without a type, as Okapi sends a request that had none,", () => {
  const chunks = async (path: string, body: string): Promise<string> => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nX-Okapi-Tenant: north\r\nConnection: close`;
    socket.write(`${head}\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
    let text = "";
    for await (const piece of socket) text += String(piece);
    return text;
  };

  it.each([
    ["is no body where it is empty", "/loans/7/return", "0\r\n\r\n", "HTTP/1.1 204"],
    ["is missing where there must be one", "/loans", "0\r\n\r\n", "body-missing"],
    ["is refused where there is something in it", "/loans", "2\r\n{}\r\n0\r\n\r\n", "HTTP/1.1 415"],
  ])("%s", async (_what, path, body, expected) => {
    expect(await chunks(path, body)).toContain(expected);
  });
});

describe("a route", () => {
  it("gets numbers, booleans, lists and defaults from a query, and nothing that it does not declare", async () => {
    const answer = await send("GET", "/loans?open=true&state=a&state=b&more=1");
    expect(answer.json).toMatchObject({ query: { limit: 10, open: true, state: ["a", "b"] } });
    expect(answer.json).not.toMatchObject({ query: { more: "1" } });
  });

  it("knows who calls", async () => {
    const headers = {
      ...tenant,
      "x-okapi-user-id": "u1",
      "x-okapi-request-id": "123/loans",
      "x-okapi-permissions": '["loans.secret"]',
    };
    expect((await send("GET", "/loans", { headers })).json).toMatchObject({
      who: { tenantId: "north", userId: "u1", requestId: "123/loans", permissions: ["loans.secret"] },
    });
    expect(await send("GET", "/loans", { headers: {} })).toMatchObject({ status: 400 });
    expect(await send("GET", "/loans", { headers: { "x-okapi-tenant": "a;b" } })).toMatchObject({
      status: 400,
    });
  });

  it("answers with headers, without a body, and to HEAD and OPTIONS", async () => {
    const created = await post({ id, title: "a" });
    expect(created).toMatchObject({ status: 201, json: { id, title: "a" } });
    expect(created.headers.get("location")).toBe(`/loans/${id}`);
    expect(await send("GET", "/loans/0")).toMatchObject({ status: 204, text: "" });
    expect(
      await send("DELETE", "/loans/1", { headers: { ...tenant, "content-type": "application/json" } }),
    ).toMatchObject({ status: 204 });
    expect(await send("HEAD", "/loans")).toMatchObject({ status: 200, text: "" });
    const options = await send("OPTIONS", "/loans", { headers: {} });
    expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS, POST"]);
  });

  it("that answers what it does not declare is a mistake of the module, where answers are checked", async () => {
    expect(await post({ id, title: "more" })).toMatchObject({ status: 500 });
    expect(lines.join("")).toContain("hidden is not known");
  });

  it("takes a body of bytes as it comes, up to its limit", async () => {
    const sent = (length: number) => send("POST", "/loans/file", { body: new Uint8Array(length) });
    expect(await sent(90_000)).toMatchObject({ status: 200, text: "90000 bytes" });
    expect(await sent(110_000)).toMatchObject({ status: 413 });
  });
});

describe("a streamed answer", () => {
  it("runs in the request's context and is whole", async () => {
    numbersEnded = Promise.withResolvers();
    const { json } = await send("GET", "/loans/numbers");
    expect(json).toHaveLength(NUMBERS);
    expect(await numbersEnded.promise).toEqual({ at: NUMBERS, hasContext: true });
  });

  it("ends when the client leaves", async () => {
    numbersEnded = Promise.withResolvers();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write("GET /loans/numbers HTTP/1.1\r\nHost: x\r\nX-Okapi-Tenant: north\r\n\r\n");
    await once(socket, "data");
    socket.destroy();
    const { at, hasContext } = await numbersEnded.promise;
    expect(at).toBeLessThan(NUMBERS);
    expect(hasContext).toBe(true);
  });
});

describe("a handler is told to end", () => {
  it("when the client leaves", async () => {
    slowBegan = Promise.withResolvers();
    const leaving = new AbortController();
    const call = fetch(`${url}/loans/slow`, { headers: tenant, signal: leaving.signal });
    const signal = await slowBegan.promise;
    leaving.abort();
    await expect(call).rejects.toThrow("abort");
    if (!signal.aborted) await once(signal, "abort");
    expect(String(signal.reason)).toContain("the client has left");
  });

  it("when it has taken its time, and the client hears when to come back", async () => {
    slowBegan = Promise.withResolvers();
    const answer = await send("GET", "/loans/slow");
    expect(answer).toMatchObject({ status: 503, json: { errors: [{ code: "overdue" }] } });
    expect(answer.headers.get("retry-after")).toBe("5");
  });
});

describe("administration needs no tenant", () => {
  it("tells health, readiness, descriptor, numbers", async () => {
    const get = (path: string) => send("GET", path, { headers: {} });
    expect(await get("/admin/health")).toMatchObject({ status: 200, text: "OK" });
    expect(await get("/admin/live")).toMatchObject({ status: 200 });
    expect((await get("/admin/ready")).json).toMatchObject({ isReady: true, module: "octavo-lending-1.0.0" });
    expect((await get("/admin/descriptor")).json).toMatchObject({ id: "octavo-lending-1.0.0" });
    expect((await get("/admin/openapi")).json).toMatchObject({ openapi: "3.1.0" });
    const { text } = await get("/admin/metrics");
    expect(text).toContain('http_route="/loans/{id}",http_response_status_code="204"');
    expect(text).toMatch(/octavo_module_faults_total [1-9]/u);
    expect(text).toContain("nodejs_eventloop_lag_seconds");
  });

  it("changes what is logged while it runs", async () => {
    const put = (level: string) => send("PUT", `/admin/loglevel?level=${level}`, { headers: {} });
    expect(await put("loud")).toMatchObject({ status: 400 });
    expect(await put("error")).toMatchObject({ status: 200 });
    const before = lines.length;
    await send("GET", "/loans");
    expect(lines).toHaveLength(before);
    await put("info");
    await send("GET", "/loans", { headers: { ...tenant, "x-okapi-request-id": "r9" } });
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
      level: "info",
      message: "request answered",
      moduleId: "octavo-lending-1.0.0",
      tenantId: "north",
      requestId: "r9",
      route: "/loans",
      status: 200,
    });
  });
});
