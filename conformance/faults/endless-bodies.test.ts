import { readFileSync } from "node:fs";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call } from "../proxy/call.ts";
import { handling } from "../proxy/descriptors.ts";
import { type Platform, startPlatform } from "../proxy/platform.ts";
import { type FaultyModule, startFaultyModule } from "./faulty-module.ts";
import { inspected, memoryOf, type ProcessMemory } from "./process-memory.ts";

/** Bodies that no memory holds, down and up, through a real gateway process: what it holds does not grow with them, whoever is
 * slow. Looked at from outside, in two ways. What is held after a full collection (heap and buffers) tells of leaks and of
 * queues. Resident bytes, looked at all the while, also count what the collector has yet to do, which depends on how busy the
 * machine is: they are compared with the most that smaller bodies took, so that only what grows with the body is seen. */

const mebibyte = 1024 * 1024;
/** 2 GB in the long suite; here so much that a gateway that kept a fifth of it would be seen. */
const bytes = process.env["OCTAVO_SOAK"] === undefined ? 256 * mebibyte : 2 * 1000 ** 3;
/** A first time of everything: code is compiled, pools and the young generation have come to their size. */
const firstBytes = Math.max(64 * mebibyte, bytes / 10);
const mostGrowthBytes = 32 * mebibyte;
/** What the kernel may keep of one answer: two connections, each with a buffer to send and one to receive. */
const kernelBytes = 2 * (longestBuffer("tcp_rmem") + longestBuffer("tcp_wmem"));
/** And what the three processes may. */
const mostUnderWayBytes = kernelBytes + 16 * mebibyte;
const withinMs = process.env["OCTAVO_SOAK"] === undefined ? 120_000 : 900_000;

let platform: Platform;
let module: FaultyModule;
let memory: ProcessMemory;
/** The most that was resident while small bodies passed. */
let usualBytes = 0;
const figures: string[] = [];

beforeAll(async () => {
  module = await startFaultyModule();
  platform = await startPlatform(1, { NODE_OPTIONS: inspected });
  const descriptor = handling("mod-endless-1.0.0", [{ pathPattern: "/*" }]);
  await platform.tenant("endless", [{ descriptor, url: module.url }]);
  const [octavo] = platform.processes;
  if (octavo === undefined) throw new Error("no gateway");
  memory = await memoryOf(octavo);
  const all = async () => {
    await down(firstBytes, "");
    await down(firstBytes, "&length");
    await up(firstBytes, false);
    await up(firstBytes, true);
  };
  await all();
  // What the start took is given back: it would hide growth.
  await memory.heldBytes();
  const watch = memory.watchResident();
  await all();
  watch.stop();
  usualBytes = watch.mostBytes;
}, withinMs);
afterAll(async () => {
  process.stderr.write(`growth while ${Math.round(bytes / mebibyte)} MiB passed:\n${figures.join("\n")}\n`);
  memory.close();
  await platform.close();
  await module.close();
});

const headers = { "X-Okapi-Tenant": "endless" };

function target(path: string) {
  const { hostname, port } = new URL(platform.urls[0] ?? "");
  return { hostname, port, path, agent: false as const };
}

/** Reads a stream to its end.
 * @param pauseAfter how many bytes to take before `pause` is awaited
 * @returns how many bytes came */
async function down(
  size: number,
  more: string,
  pauseAfter = Number.POSITIVE_INFINITY,
  pause: () => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest({ ...target(`/stream?bytes=${size}${more}`), headers }, resolve)
      .on("error", reject)
      .end();
  });
  let came = 0;
  let isPaused = false;
  for await (const piece of response) {
    came += (piece as Buffer).length; // no encoding is set
    if (isPaused || came < pauseAfter) continue;
    isPaused = true;
    await pause();
  }
  return came;
}

const piece = Buffer.alloc(64 * 1024, "x");

/** Sends a body.
 * @returns what the module says that it took */
function up(size: number, hasLength: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const length: Record<string, string> = hasLength ? { "Content-Length": String(size) } : {};
    const sent = httpRequest(
      { ...target("/sink"), method: "POST", headers: { ...headers, ...length } },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (each: string) => (text += each));
        response.on("end", () => resolve(text));
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    let left = size;
    const write = () => {
      while (left > 0) {
        const part = left < piece.length ? piece.subarray(0, left) : piece;
        left -= part.length;
        if (!sent.write(part)) break;
      }
      if (left > 0) sent.once("drain", write);
      else sent.end();
    };
    write();
  });
}

/** The third number is the most that Linux gives a connection. */
function longestBuffer(name: "tcp_rmem" | "tcp_wmem"): number {
  const [, , most] = readFileSync(`/proc/sys/net/ipv4/${name}`, "utf8").trim().split(/\s+/);
  return Number(most);
}

async function progress(): Promise<{ sent: number; taken: number }> {
  const { text } = await call(module.url, { path: "/progress" });
  return JSON.parse(text) as { sent: number; taken: number }; // of the faulty module
}

/** Runs `work` and fails where the gateway has grown by more than it may. */
async function grownBy(what: string, work: () => Promise<void>): Promise<void> {
  const heldBefore = await memory.heldBytes();
  const watch = memory.watchResident();
  try {
    await work();
  } finally {
    watch.stop();
  }
  const resident = watch.mostBytes - usualBytes;
  const held = (await memory.heldBytes()) - heldBefore;
  figures.push(
    `  ${what}: resident ${(resident / mebibyte).toFixed(1)} MiB, held ${(held / mebibyte).toFixed(1)} MiB`,
  );
  expect([resident < mostGrowthBytes, held < mostGrowthBytes]).toEqual([true, true]);
}

describe("a gateway does not grow by more than 32 MiB while a module", () => {
  it.each([
    ["with a length", "&length"],
    ["in chunks", ""],
  ])(
    "sends without end, %s",
    async (name, more) => {
      await grownBy(`down ${name}`, async () => {
        expect(await down(bytes, more)).toBe(bytes);
      });
    },
    withinMs,
  );

  it(
    "sends faster than the client reads: it waits, and so does the module",
    async () => {
      await grownBy("down to a slow reader", async () => {
        const came = await down(bytes, "", 8 * mebibyte, async () => {
          const { sent } = await settled();
          expect(sent).toBeLessThan(8 * mebibyte + mostUnderWayBytes);
        });
        expect(came).toBe(bytes);
      });
    },
    withinMs,
  );

  it.each([
    ["with a length", true],
    ["in chunks", false],
  ])(
    "takes without end, %s",
    async (name, hasLength) => {
      await grownBy(`up ${name}`, async () => {
        expect(await up(bytes, hasLength)).toBe(String(bytes));
      });
    },
    withinMs,
  );

  it(
    "sends to sixteen readers who leave in the middle: nothing of it stays, and the module stops",
    async () => {
      await grownBy("sixteen who leave", async () => {
        await Promise.all(
          Array.from({ length: 16 }, () =>
            expect(down(bytes, "", mebibyte, () => Promise.reject(new Error("has left")))).rejects.toThrow(
              "has left",
            ),
          ),
        );
        await settled();
      });
    },
    withinMs,
  );
});

/** Waits until the module has sent nothing more for a while. */
async function settled() {
  let last = await progress();
  for (let same = 0; same < 8;) {
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
    const now = await progress();
    same = now.sent === last.sent ? same + 1 : 0;
    last = now;
  }
  return last;
}
