import { type Socket, connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { startHttpModule } from "@octavo/testing/okapi-modules/http-module";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { isSoak } from "../ha/tier.ts";
import { HANG_MS } from "../ha/platform.ts";
import { call } from "../proxy/call.ts";
import { handling } from "../proxy/descriptors.ts";
import { type Platform, startPlatform } from "../proxy/platform.ts";

/** F9: clients that send or read as slowly as they can, with the limits of production, and good ones beside them. A reader's time begins
 * with the last byte that the system takes for it: what others had, once they are cut, makes room for some more. */

vi.setConfig({ testTimeout: 5 * HANG_MS, hookTimeout: HANG_MS });
const slowClients = isSoak ? 2000 : 300;
const DRIP_MS = 2000;
/** More than the kernel takes for a client that reads nothing. */
const large = Buffer.alloc(32 * 1024 * 1024, "x");

interface Kind {
  readonly what: string;
  readonly first: string;
  readonly drips: string;
  readonly reads: boolean;
  /** After so long it is cut. */
  readonly limitMs: number;
}

const head = "Host: library.example\r\nX-Okapi-Tenant: slow\r\n";
const kinds: readonly Kind[] = [
  {
    what: "slow heads",
    first: "GET /slow HTTP/1.1\r\nX-A: ",
    drips: "a",
    reads: true,
    limitMs: 10_000,
  },
  {
    what: "slow bodies",
    first: `POST /slow HTTP/1.1\r\n${head}Content-Length: 100000\r\n\r\n`,
    drips: "a",
    reads: true,
    limitMs: 30_000,
  },
  {
    what: "slow readers",
    first: `GET /slow HTTP/1.1\r\n${head}\r\n`,
    drips: "\r\n", // who never reads learns of a cut by writing
    reads: false,
    limitMs: 30_000,
  },
];

let platform: Platform;
let module: Awaited<ReturnType<typeof startHttpModule>>;

beforeAll(async () => {
  module = await startHttpModule((request, response) => {
    if (request.url === "/good") response.end("good");
    else request.on("end", () => response.end(large)).resume();
    return Promise.resolve();
  });
  // The slow ones hold slots of the module for as long: that those do not run out is another matter.
  platform = await startPlatform(1, { OCTAVO_MODULE_IN_FLIGHT: "4000", OCTAVO_ACCESS_LOG: "off" });
  const descriptor = handling("mod-slow-1.0.0", [{ pathPattern: "/*" }]);
  await platform.tenant("slow", [{ descriptor, url: module.url }]);
});
afterAll(async () => {
  await platform.close();
  await module.close();
});

it(`${slowClients} slow clients are cut, not before their time, and every good call beside them is served`, async () => {
  const url = platform.urls[0] ?? "";
  const cuts = kinds.map(() => new Array<Promise<number>>());
  const statuses = new Map<number, number>();
  const ended = new AbortController();
  const good = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const { status } = await call(url, { path: "/good", headers: { "X-Okapi-Tenant": "slow" } });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      await delay(10);
    }
  };
  const goodOnes = Array.from({ length: 4 }, good);
  for (let number = 0; number < slowClients; number += 1) {
    const at = number % kinds.length;
    const kind = kinds[at];
    if (kind !== undefined) cuts[at]?.push((await slowClient(new URL(url), kind)).cut);
  }
  for (const [at, { what, limitMs }] of kinds.entries()) {
    const times = await Promise.all(cuts[at] ?? []);
    process.stderr.write(
      `F9, ${times.length} ${what}: cut after ${seconds(Math.min(...times))} to ${seconds(Math.max(...times))} s (limit ${limitMs / 1000})\n`,
    );
    expect(Math.min(...times)).toBeGreaterThan(0.95 * limitMs);
  }
  ended.abort();
  await Promise.all(goodOnes);
  process.stderr.write(`F9, good calls by status: ${JSON.stringify(Object.fromEntries(statuses))}\n`);
  expect([...statuses.keys()]).toEqual([200]);
});

/** Resolves when it is connected.
 * @returns `cut` resolves when the gateway has cut it, with the milliseconds that it was given */
async function slowClient(
  { hostname, port }: URL,
  { first, drips, reads }: Kind,
): Promise<{ readonly cut: Promise<number> }> {
  const socket: Socket = connect({ host: hostname, port: Number(port) });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  const begun = performance.now();
  socket.write(first);
  const drip = setInterval(() => socket.write(drips), DRIP_MS);
  if (reads) socket.resume();
  else socket.pause();
  const cut = new Promise<number>((resolve) => {
    const end = (): void => {
      clearInterval(drip);
      resolve(performance.now() - begun);
      socket.destroy();
    };
    socket.on("error", end).on("close", end).on("end", end);
  });
  return { cut };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
