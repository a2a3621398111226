import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ConnectionTaker, defaultLimits, type ListenerLimits, type Serve } from "./listener.ts";
import { takeOnNode } from "./node-listener.ts";
import { RawClient } from "./testing/raw-client.ts";

const get = "GET / HTTP/1.1\r\nHost: library.example\r\n\r\n";
const HOUR = 3_600_000;

/** Connections that a server of this process accepts, as a parent does, and hands over without reading. */
describe("a taker of connections", () => {
  let server: Server;
  let taker: ConnectionTaker;
  let port = 0;

  const serving = (serve: Serve, limits: Partial<ListenerLimits> = {}): void => {
    taker = takeOnNode({ limits: { ...defaultLimits, ...limits }, serve, onError: () => undefined });
    server.on("connection", (connection) => {
      taker.take(connection);
      connection.resume();
    });
  };
  const fine: Serve = (_head, _body, sink) => {
    sink.send(200, [], "fine");
    return Promise.resolve();
  };

  beforeEach(async () => {
    server = createServer({ pauseOnConnect: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo); // it listens on host and port
  });
  afterEach(async () => {
    server.close();
    await taker.close(0);
  });

  it("serves them, one request after the other", async () => {
    serving(fine);
    const client = await RawClient.connect(port);
    client.send(get + get);
    for (let number = 0; number < 2; number += 1) {
      expect(await client.answer()).toMatchObject({ status: 200, body: "fine" });
    }
    expect(taker.open).toBe(1);
  });

  it("cuts a slow head, though it never listens itself", async () => {
    serving(fine, { headersTimeoutMs: 100 });
    const client = await RawClient.connect(port);
    client.send("GET / HTTP/1.1\r\nHo");
    expect(await client.answer()).toMatchObject({ status: 408 });
  });

  it("drains: an idle connection stays until its next answer, which says that it is the last", async () => {
    serving(fine);
    const [used, unused] = [await RawClient.connect(port), await RawClient.connect(port)];
    used.send(get);
    expect((await used.answer())?.headers["connection"]).toBe("keep-alive");
    const drained = taker.drain(HOUR);
    for (const client of [used, unused]) {
      client.send(get);
      expect(await client.answer()).toMatchObject({ status: 200, headers: { connection: "close" } });
    }
    expect(await drained).toBe(0);
    expect(taker.open).toBe(0);
  });

  it("drains no longer than its grace, and counts the requests that it cut", async () => {
    const never = Promise.withResolvers<undefined>();
    const begun = Promise.withResolvers<undefined>();
    serving((_head, _body, sink) => {
      begun.resolve(undefined);
      sink.start(200, [], null);
      return never.promise;
    });
    const [busy, idle] = [await RawClient.connect(port), await RawClient.connect(port)];
    busy.send(get);
    await begun.promise;
    const hurry = new AbortController();
    const drained = taker.drain(HOUR, hurry.signal);
    hurry.abort();
    expect(await drained).toBe(1);
    for (const client of [busy, idle]) await client.end();
    never.resolve(undefined);
  });
});
