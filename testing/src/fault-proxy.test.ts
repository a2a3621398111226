import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fault } from "./fault.ts";
import { FaultProxy } from "./fault-proxy.ts";

/** What is said of times is said of least times: nothing comes too early. */

let server: Server;
let proxy: FaultProxy;
const clients: Client[] = [];

interface Client {
  readonly socket: Socket;
  /** All that has come. */
  text: string;
  readonly pieces: string[];
  /** How it ended: the error's code, or "closed". */
  readonly end: Promise<string>;
}

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => undefined);
    socket.pipe(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy = await FaultProxy.before(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`); // a TCP server
});
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  await proxy.close();
  await new Promise((resolve) => server.close(resolve));
});

async function client(): Promise<Client> {
  const socket = connect(Number(new URL(proxy.url).port), "127.0.0.1");
  let error: string | null = null;
  const made: Client = {
    socket,
    text: "",
    pieces: [],
    end: new Promise((resolve) => socket.on("close", () => resolve(error ?? "closed"))),
  };
  socket.on("error", (cause: NodeJS.ErrnoException) => (error = cause.code ?? cause.message));
  socket.setEncoding("latin1").on("data", (piece: string) => {
    made.text += piece;
    made.pieces.push(piece);
  });
  clients.push(made);
  await once(socket, "connect");
  return made;
}

/** The milliseconds until `text` has come back. */
async function echo(one: Client, text: string): Promise<number> {
  const begun = performance.now();
  const wanted = one.text + text;
  one.socket.write(text, "latin1");
  while (one.text.length < wanted.length) await once(one.socket, "data");
  expect(one.text === wanted, "it came as it was sent").toBe(true);
  return performance.now() - begun;
}

describe("without faults", () => {
  it("everything comes through, in order, and ends with the client", async () => {
    const one = await client();
    await echo(one, "x".repeat(3_000_000));
    one.socket.end();
    expect(await one.end).toBe("closed");
    await expect.poll(() => proxy.connections).toBe(0);
  });
});

describe("a fault", () => {
  it("latency: comes later in each direction, and holds up nothing more", async () => {
    const one = await client();
    proxy.add({ kind: "latency", ms: 60 });
    expect(await echo(one, "a")).toBeGreaterThan(115);
    // Sixty pieces of 64 KiB one after the other would take twice as long.
    expect(await echo(one, "b".repeat(60 * 65_536))).toBeLessThan(60 * 60);
  });

  it("only towards the client: the server has it at once", async () => {
    const seen = new Promise<void>((resolve) => {
      server.on("connection", (socket) => socket.once("data", () => resolve()));
    });
    proxy.add({ kind: "timeout", closesAfterMs: null, towards: "client" });
    const one = await client();
    one.socket.write("a");
    await seen;
    await delay(30);
    expect(one.text).toBe("");
  });

  it("bandwidth: not more than that in a second", async () => {
    proxy.add({ kind: "bandwidth", bytesPerSecond: 200_000, towards: "server" });
    const one = await client();
    await echo(one, "a".repeat(40_000));
    expect(await echo(one, "b")).toBeGreaterThan(0);
    const both = performance.now();
    await echo(one, "c".repeat(40_000));
    await echo(one, "d");
    expect(performance.now() - both).toBeGreaterThan(190);
  });

  it("slow close: an end comes later", async () => {
    proxy.add({ kind: "slow-close", ms: 100, towards: "server" });
    const one = await client();
    await echo(one, "a");
    const begun = performance.now();
    one.socket.end();
    await one.end;
    expect(performance.now() - begun).toBeGreaterThan(95);
  });

  it("timeout: what is sent is held, and comes through when it is healed", async () => {
    const one = await client();
    await echo(one, "a");
    proxy.add({ kind: "timeout", closesAfterMs: null });
    const answer = echo(one, "b");
    await delay(50);
    expect(one.text).toBe("a");
    proxy.heal();
    expect(await answer).toBeGreaterThan(45);
  });

  it("timeout with an end: the connection is closed", async () => {
    proxy.add({ kind: "timeout", closesAfterMs: 50 });
    const one = await client();
    one.socket.write("a");
    expect(await one.end).toBe("closed");
    expect(one.text).toBe("");
  });

  it.each([0, 50])("reset: the client sees a reset after %d ms", async (afterMs) => {
    const one = await client();
    await echo(one, "a");
    proxy.add({ kind: "reset", afterMs });
    expect(await one.end).toBe("ECONNRESET");
  });

  it("slicer: comes in pieces", async () => {
    proxy.add({ kind: "slicer", bytes: 2, pauseMs: 5, towards: "client" });
    const one = await client();
    expect(await echo(one, "abcdefghij")).toBeGreaterThan(18);
    expect(one.pieces.length).toBeGreaterThan(1);
  });

  it("byte limit: so many bytes, then the end", async () => {
    proxy.add({ kind: "byte-limit", bytes: 5, towards: "client" });
    const one = await client();
    one.socket.write("abcdefghij");
    expect(await one.end).toBe("closed");
    expect(one.text).toBe("abcde");
  });

  it("down: connections are closed, new ones refused, until it is taken back", async () => {
    const one = await client();
    await echo(one, "a");
    const end = proxy.add({ kind: "down" });
    await one.end;
    const two = await client();
    expect(await two.end).toBe("closed");
    end();
    await echo(await client(), "b");
  });

  it.each<Fault>([
    { kind: "latency", ms: 20, jitterMs: 10 },
    { kind: "bandwidth", bytesPerSecond: 1_000_000 },
    { kind: "slicer", bytes: 100, pauseMs: 1 },
  ])("$kind changes nothing of what is sent", async (fault) => {
    const one = await client();
    proxy.add(fault);
    const text = Array.from({ length: 3000 }, (_none, at) => String.fromCodePoint(at % 256)).join("");
    await echo(one, text);
    expect(one.text).toBe(text);
  });
});

describe("a cut at a text", () => {
  it.each([true, false])("comes when the client sends it; forwarded: %s", async (isForwarded) => {
    let seen = "";
    server.on("connection", (socket) => socket.on("data", (data) => (seen += data.toString())));
    const one = await client();
    await echo(one, "a");
    const cut = proxy.cutAt("commit", isForwarded);
    one.socket.write("now commit");
    await cut;
    expect(await one.end).toBe("closed");
    await expect.poll(() => seen).toBe(isForwarded ? "anow commit" : "a");
  });
});
