import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, request as httpRequest, type Server } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BodySource } from "./body-source.ts";
import { defaultLimits, type Listener, type Serve } from "./listener.ts";
import { listenOnNode } from "./node-listener.ts";
import { listening, patient } from "./testing/upstream-bench.ts";
import type { UpstreamConnections } from "./upstream.ts";
import { connectOnWire } from "./wire-upstream.ts";

/** Bodies that go through a listener to a module and back, as through the gateway. The memory of what has passed is given
 * back at once: nothing of it may be needed after that, by nobody. */

let module: Server;
let origin: string;
let connections: UpstreamConnections;
let listener: Listener;
/** What the next request is served by; by default it is passed on. */
let serve: Serve;

beforeEach(async () => {
  module = createServer((request, response) => {
    const length = request.headers["content-length"];
    if (length !== undefined) response.setHeader("Content-Length", length);
    request.pipe(response);
  });
  origin = await listening(module);
  connections = connectOnWire();
  serve = passOn;
  const started = await listenOnNode({
    host: "127.0.0.1",
    port: 0,
    limits: defaultLimits,
    onError: ({ detail }) => {
      throw new Error(detail);
    },
    serve: (head, body, sink) => serve(head, body, sink),
  });
  if (!started.ok) throw new Error(started.error.message);
  listener = started.value;
});
afterEach(async () => {
  await listener.close(0);
  await connections.close();
  module.close();
});

const passOn: Serve = async (head, body, sink) => {
  const sent = await connections.send(
    origin,
    {
      method: head.method,
      target: head.target,
      rawHeaders: [],
      body: head.framing.kind === "none" ? null : body,
      contentLength: head.framing.kind === "length" ? head.framing.bytes : null,
      signal: sink.gone,
    },
    patient,
  );
  if (!sent.ok) throw new Error(sent.error.detail);
  const { status, rawHeaders, contentLength, body: answer } = sent.value;
  sink.start(status, rawHeaders, contentLength);
  for await (const piece of answer ?? []) await sink.write(piece);
  sink.end();
};

/** @param pieces sent one by one
 * @param isSlow reads only now and then
 * @returns the digest of what came back */
async function echo(pieces: readonly Buffer[], hasLength: boolean, isSlow: boolean): Promise<string> {
  const length = pieces.reduce((sum, each) => sum + each.length, 0);
  const { host, port } = listener;
  const headers: Record<string, string> = hasLength ? { "Content-Length": String(length) } : {};
  const request = httpRequest({ host, port, method: "POST", path: "/echo", agent: false, headers });
  const digest = createHash("sha256");
  const back = new Promise<void>((resolve, reject) => {
    request.on("error", reject).on("response", (response) => {
      void (async () => {
        for await (const piece of response) {
          digest.update(piece as Buffer); // no encoding is set
          for (let turns = isSlow ? 20 : 0; turns > 0; turns -= 1) await turn();
        }
        resolve();
      })().catch(reject);
    });
  });
  for (const piece of pieces) if (!request.write(piece)) await once(request, "drain");
  request.end();
  await back;
  return digest.digest("hex");
}

/** Bytes that tell where they belong. */
function bytesOf(length: number, seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

const anyTransfer = fc.record({
  lengths: fc.array(fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 200_000 })), {
    minLength: 1,
    maxLength: 12,
  }),
  seed: fc.nat(),
  hasLength: fc.boolean(),
  isSlow: fc.boolean(),
});

describe("bodies that pass", () => {
  it("come back as they were sent, however they are cut, many at a time", async () => {
    const transfers = fc.array(anyTransfer, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(transfers, async (all) => {
        const passing = all.map(async ({ lengths, seed, hasLength, isSlow }) => {
          const pieces = lengths.map((length, number) => bytesOf(length, seed + number));
          const sent = createHash("sha256").update(Buffer.concat(pieces)).digest("hex");
          return (await echo(pieces, hasLength, isSlow)) === sent;
        });
        expect(await Promise.all(passing)).toEqual(all.map(() => true));
      }),
      { numRuns: 30 },
    );
  });

  const large = Array.from({ length: 64 }, () => Buffer.alloc(64 * 1024, "x"));

  it.each([
    ["with a length", true],
    ["in chunks", false],
  ])("are held for one piece only, on their way up, %s", async (_name, hasLength) => {
    let most = 0;
    serve = async (_head, body, sink) => {
      most = await mostHeld(body);
      sink.send(200, [], "taken");
    };
    await echo(large, hasLength, false);
    expect(most).toBe(1);
  });

  it.each([
    ["with a length", true],
    ["in chunks", false],
  ])("are held for one piece only, on their way down, %s", async (_name, hasLength) => {
    let most = 0;
    serve = async (head, body, sink) => {
      const { signal } = new AbortController();
      const contentLength = head.framing.kind === "length" ? head.framing.bytes : null;
      const request = { method: "POST", target: "/", rawHeaders: [], body, contentLength, signal };
      const sent = await connections.send(origin, request, patient);
      if (!sent.ok || sent.value.body === null) throw new Error("no answer");
      most = await mostHeld(sent.value.body);
      sink.send(200, [], "passed");
    };
    await echo(large, hasLength, false);
    expect(most).toBe(1);
  });

  it("stay whole where all of them is read", async () => {
    const pieces = [1, 2, 3].map((seed) => bytesOf(100_000, seed));
    serve = async (_head, body, sink) => {
      sink.send(200, [], (await body.readAll(1_000_000)) ?? "too long");
    };
    const sent = createHash("sha256").update(Buffer.concat(pieces)).digest("hex");
    expect(await echo(pieces, false, false)).toBe(sent);
  });
});

/** Reads a body and keeps hold of every piece.
 * @returns the most buffers that still had their bytes when a piece came, without the small ones */
async function mostHeld(body: BodySource): Promise<number> {
  const seen: Uint8Array[] = [];
  let most = 0;
  for await (const piece of body) {
    seen.push(piece);
    const held = new Set(seen.map(({ buffer }) => buffer).filter(({ byteLength }) => byteLength >= 4096));
    most = Math.max(most, held.size);
  }
  return most;
}
