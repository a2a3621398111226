import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { defaultLimits, type Listener, type ListenerLimits } from "./listener.ts";
import { adapters } from "./testing/adapters.ts";
import { RawClient } from "./testing/raw-client.ts";

/** Many who send or read as slowly as they can; the limits are short, so that the test is. */
const limits: ListenerLimits = {
  ...defaultLimits,
  headersTimeoutMs: 500,
  bodyIdleTimeoutMs: 500,
  bodyBytesPerSecond: 1000,
  keepAliveTimeoutMs: 500,
};
const head = "Host: library.example\r\n";
const large = "x".repeat(32 * 1024 * 1024);

/** What each kind sends first, and what it drips. */
const kinds = {
  "slow heads": { first: "GET /a HTTP/1.1\r\nX-A: ", drips: "a" },
  "slow bodies": { first: `POST /a HTTP/1.1\r\n${head}Content-Length: 100000\r\n\r\n`, drips: "a" },
  "slow chunks": {
    first: `POST /a HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n`,
    drips: "1\r\na\r\n",
  },
  "bodies that stop": { first: `POST /a HTTP/1.1\r\n${head}Content-Length: 100000\r\n\r\na`, drips: "" },
  "heads that stop": { first: "GET /a HTTP/1.1\r\n", drips: "" },
  "nothing at all": { first: "", drips: "" },
} as const;

describe.each(adapters)("slow clients over $name", ({ listen }) => {
  let listener: Listener | null = null;
  const drips: NodeJS.Timeout[] = [];
  const clients: RawClient[] = [];

  afterEach(async () => {
    for (const drip of drips.splice(0)) clearInterval(drip);
    for (const client of clients.splice(0)) client.destroy();
    await listener?.close(0);
  });

  async function serving(within: ListenerLimits = limits): Promise<number> {
    const started = await listen({
      host: "127.0.0.1",
      port: 0,
      limits: within,
      onError: () => undefined,
      serve: async ({ target }, body, sink) => {
        await body.readAll(1_000_000);
        sink.send(200, [], target === "/large" ? large : "fine");
      },
    });
    if (!started.ok) throw new Error(started.error.message);
    listener = started.value;
    return started.value.port;
  }

  async function slowClient(port: number, first: string, dripped: string): Promise<RawClient> {
    const client = await RawClient.connect(port);
    clients.push(client);
    client.send(first);
    if (dripped !== "") drips.push(setInterval(() => client.send(dripped), 100));
    return client;
  }

  it.each(Object.entries(kinds))("%s are cut", async (_kind, { first, drips: dripped }) => {
    const port = await serving();
    const client = await slowClient(port, first, dripped);
    expect(await client.end()).toMatch(/^(?:HTTP\/1\.1 408 |$)/);
  });

  it.each([
    ["say nothing", ""],
    ["send what is no request yet", "\r\n"],
    ["send requests", `GET /a HTTP/1.1\r\n${head}\r\n`],
  ])("who do not read their answers, and %s, are cut", async (_what, dripped) => {
    const port = await serving();
    const client = await slowClient(port, `GET /large HTTP/1.1\r\n${head}\r\n`, dripped);
    client.stopReading();
    await until(() => listener?.open === 0);
    expect(client.received.length).toBeLessThan(large.length);
  });

  it("who read on before their time is up get their answer, however often they stop", async () => {
    const port = await serving({ ...limits, bodyIdleTimeoutMs: 2000 });
    const socket = connect({ host: "127.0.0.1", port });
    let received = 0;
    socket.on("data", ({ length }) => (received += length));
    socket.write(`GET /large HTTP/1.1\r\n${head}\r\n`);
    for (let stops = 1; stops <= 4; stops += 1) {
      socket.pause();
      await new Promise((resolve) => setTimeout(resolve, 800)); // the pause is what this is about
      socket.resume();
      await until(() => received > (stops * large.length) / 5 || socket.closed);
    }
    await until(() => received > large.length || socket.closed);
    socket.destroy();
    expect(received).toBeGreaterThan(large.length);
  });

  it("200 of them do not keep a good one waiting", async () => {
    const port = await serving();
    const alone = await goodRequests(port);
    const all = Object.values(kinds);
    for (let number = 0; number < 170; number += 1) {
      const { first, drips: dripped } = all[number % all.length] ?? all[0] ?? kinds["slow heads"];
      await slowClient(port, first, dripped);
    }
    for (let number = 0; number < 30; number += 1) {
      (await slowClient(port, `GET /large HTTP/1.1\r\n${head}\r\n`, "")).stopReading();
    }
    const among = await goodRequests(port);
    expect(among / alone).toBeLessThan(5);
    await until(() => (listener?.open ?? 0) <= 1); // the good one's
  });
});

/** @returns the median time of a good request on a kept connection, in milliseconds */
async function goodRequests(port: number): Promise<number> {
  const client = await RawClient.connect(port);
  const times: number[] = [];
  for (let number = 0; number < 300; number += 1) {
    const begun = performance.now();
    client.send(`GET /a HTTP/1.1\r\n${head}\r\n`);
    expect(await client.answer()).toMatchObject({ status: 200, body: "fine" });
    times.push(performance.now() - begun);
  }
  client.destroy();
  return times.sort((one, other) => one - other)[150] ?? 0;
}

/** Waits for what nothing announces. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}
