import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createClient, RawJson, type Client } from "./index.ts";

interface Seen {
  readonly line: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What the server does with one call; "cut" closes the connection without an answer, "hang" never answers. */
type Reaction =
  | "cut"
  | "hang"
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

let running: Server | null = null;

afterEach(async () => {
  const server = running;
  running = null;
  if (server === null) return;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe("a method of the client", () => {
  it("sends its operation with the token and gives the answer", async () => {
    const { client, seen } = await serve({
      status: 200,
      body: `[ {\n  "id" : "north"\n} ]`,
      headers: jsonType,
    });
    const answer = await client.tenants.list();
    expect(answer).toEqual({
      ok: true,
      status: 200,
      value: [{ id: "north" }],
      text: `[ {\n  "id" : "north"\n} ]`,
      location: null,
    });
    expect(seen).toMatchObject([
      { line: "GET /_/proxy/tenants", headers: { "x-okapi-token": "secret" }, body: "" },
    ]);
  });

  it("sends parameters, query and body where they belong, and tells where something was created", async () => {
    const location = "/_/proxy/tenants/north/modules/a-1.0.0";
    const { client, seen } = await serve({
      status: 201,
      body: `{"id": "a-1.0.0"}`,
      headers: { ...jsonType, location },
    });
    const answer = await client.tenants.modules.enable({
      tenantId: "north",
      query: { simulate: true },
      body: { id: "a-1.0.0" },
    });
    expect(answer).toMatchObject({ ok: true, status: 201, value: { id: "a-1.0.0" }, location });
    expect(seen).toMatchObject([
      {
        line: "POST /_/proxy/tenants/north/modules?simulate=true",
        headers: { "content-type": "application/json" },
        body: `{"id":"a-1.0.0"}`,
      },
    ]);
  });

  it("sends raw JSON as it is", async () => {
    const { client, seen } = await serve({ status: 204 });
    const text = `[ {"id": "a-1.0.0", "metadata": {"n": 12345678901234567890}} ]`;
    expect(await client.modules.import({ body: new RawJson(text) })).toMatchObject({ ok: true, status: 204 });
    expect(seen.map(({ body }) => body)).toEqual([text]);
  });

  it("gives text as text", async () => {
    const { client } = await serve({ status: 200, body: "7.2.0", headers: { "content-type": "text/plain" } });
    expect(await client.version.get()).toMatchObject({ ok: true, value: "7.2.0" });
  });

  it("gives the server's own words when it refuses", async () => {
    const { client } = await serve({
      status: 400,
      body: "Duplicate tenant id north",
      headers: { "content-type": "text/plain" },
    });
    expect(await client.tenants.create({ body: { id: "north" } })).toEqual({
      ok: false,
      kind: "refused",
      status: 400,
      message: "Duplicate tenant id north",
      retryAfterSeconds: null,
    });
  });

  it("tells how long the server asks to wait, and does not try again itself", async () => {
    const { client, seen } = await serve({ status: 503, body: "later", headers: { "retry-after": "7" } });
    expect(await client.tenants.list()).toMatchObject({ kind: "refused", status: 503, retryAfterSeconds: 7 });
    expect(seen.length).toBe(1);
  });

  it("follows no redirect, so that the token stays here", async () => {
    const { client, seen } = await serve({ status: 302, headers: { location: "http://elsewhere.invalid/" } });
    expect(await client.tenants.list()).toMatchObject({ kind: "refused", status: 302 });
    expect(seen.length).toBe(1);
  });

  it("says so when what answers is something else", async () => {
    const { client } = await serve({ status: 200, body: "<html>", headers: jsonType });
    expect(await client.tenants.list()).toMatchObject({ ok: false, kind: "malformed-answer", status: 200 });
  });

  it("sends nothing where a parameter would make another path", async () => {
    const { client, seen } = await serve({ status: 204 });
    expect(await client.tenants.delete({ tenantId: ".." })).toMatchObject({
      ok: false,
      kind: "bad-input",
      status: null,
    });
    expect(seen).toEqual([]);
  });
});

describe("when the connection is lost", () => {
  const good: Reaction = { status: 200, body: "[ ]", headers: jsonTypeOf() };

  it("a read is sent once more", async () => {
    const { client, seen } = await serve("cut", good);
    expect(await client.tenants.list()).toMatchObject({ ok: true, value: [] });
    expect(seen.length).toBe(2);
  });

  it("a read is not sent a third time", async () => {
    const { client, seen } = await serve("cut", "cut", good);
    expect(await client.tenants.list()).toMatchObject({ ok: false, kind: "unreachable", status: null });
    expect(seen.length).toBe(2);
  });

  it("a write is not sent again", async () => {
    const { client, seen } = await serve("cut", { status: 204 });
    expect(await client.tenants.delete({ tenantId: "north" })).toMatchObject({
      ok: false,
      kind: "unreachable",
    });
    expect(seen.length).toBe(1);
  });

  it("a write with an idempotency key is sent once more with the same key", async () => {
    const { client, seen } = await serve("cut", { status: 204 });
    const answer = await client.tenants.delete({ tenantId: "north", idempotencyKey: "k1" });
    expect(answer).toMatchObject({ ok: true, status: 204 });
    expect(seen.map(({ headers }) => headers["idempotency-key"])).toEqual(["k1", "k1"]);
  });
});

describe("without an answer", () => {
  it("a call ends after its time, and is not sent again", async () => {
    const { client, seen } = await serve("hang", { status: 200, body: "[ ]", headers: jsonType });
    const answer = await client.tenants.list({ timeoutMs: 50 });
    expect(answer).toMatchObject({
      ok: false,
      kind: "timeout",
      message: expect.stringContaining("no answer within 50 ms"),
    });
    expect(seen.length).toBe(1);
  });

  it("a call ends when its caller says so", async () => {
    const stop = new AbortController();
    const { client } = await serve("hang");
    const answer = client.tenants.list({ signal: stop.signal });
    stop.abort();
    expect(await answer).toMatchObject({ ok: false, kind: "aborted" });
  });

  it("from a closed port the reason is told with the address", async () => {
    const { client, url } = await serve({ status: 200 });
    await new Promise((resolve) => running?.close(resolve));
    const answer = await client.version.get();
    const message = `GET ${url}/_/version: connect ECONNREFUSED ${new URL(url).host}`;
    expect(answer).toEqual({
      ok: false,
      kind: "unreachable",
      status: null,
      message,
      retryAfterSeconds: null,
    });
  });
});

const jsonType = jsonTypeOf();

function jsonTypeOf(): Record<string, string> {
  return { "content-type": "application/json" };
}

/** A server that reacts to one call after the other as told, then as to the last. */
async function serve(
  ...reactions: readonly Reaction[]
): Promise<{ client: Client; seen: Seen[]; url: string }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readText(request);
    const reaction = reactions[Math.min(seen.length, reactions.length - 1)] ?? "hang";
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
    react(reaction, response);
  };
  running = server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // as: it listens on a port, so its address has one
  const url = `http://127.0.0.1:${port}`;
  return { client: createClient({ url, token: "secret" }), seen, url };
}

function react(reaction: Reaction, response: ServerResponse): void {
  if (reaction === "hang") return;
  if (reaction === "cut") response.destroy();
  else response.writeHead(reaction.status, reaction.headers).end(reaction.body);
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks = await request.setEncoding("utf8").toArray();
  return chunks.join("");
}
