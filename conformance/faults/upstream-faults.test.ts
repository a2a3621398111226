import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call } from "../proxy/call.ts";
import { handling } from "../proxy/descriptors.ts";
import { type Platform, startPlatform } from "../proxy/platform.ts";
import { type FaultyModule, startFaultyModule } from "./faulty-module.ts";

/** A module that is dead, slow, frozen, half open, or answers what nobody asked for, behind a real gateway: each is an answer
 * with a reason within its time, the connection of the next request is sound, and nothing waits for ever. */

const limitMs = 400;
/** For two attempts and a busy machine: a hang is something else (DECISIONS 30). */
const mostMs = 5 * 2 * limitMs;
const mebibyte = 1024 * 1024;

let platform: Platform;
let module: FaultyModule;
let longer: FaultyModule;

beforeAll(async () => {
  module = await startFaultyModule();
  longer = await startFaultyModule();
  platform = await startPlatform(1, {
    OCTAVO_MODULE_FIRST_BYTE_MS: String(limitMs),
    OCTAVO_MODULE_BODY_IDLE_MS: String(limitMs),
  });
  const metadata = { octavo: { firstByteMs: { "GET /longer/slow": 20_000 } } };
  const patient = handling("mod-longer-1.0.0", [
    { pathPattern: "/longer/slow", rewritePath: "/slow?ms=1200&from=" },
  ]);
  await platform.tenant("faulty", [
    { descriptor: handling("mod-faulty-1.0.0", [{ pathPattern: "/*" }]), url: module.url },
    { descriptor: { ...patient, metadata }, url: longer.url },
  ]);
});
afterAll(async () => {
  await platform.close();
  await module.close();
  await longer.close();
});

const headers = { "X-Okapi-Tenant": "faulty" };

async function timed(method: string, path: string, body?: string | Uint8Array) {
  const startedAt = performance.now();
  const answer = await call(platform.urls[0] ?? "", {
    method,
    path,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  expect(performance.now() - startedAt).toBeLessThan(mostMs);
  return { status: answer.status, text: answer.text };
}

/** Whatever was before, the next requests get their own answers. */
async function isSound(): Promise<void> {
  const ids = Array.from({ length: 8 }, (_each, number) => `${number}-${Math.random()}`);
  const answers = await Promise.all(ids.map((id) => timed("GET", `/ok?id=${id}`)));
  expect(answers).toEqual(ids.map((id) => ({ status: 200, text: `ok ${id}` })));
}

const large = Buffer.alloc(8 * mebibyte, "x");

describe("a module that", () => {
  const ways: readonly (readonly [
    what: string,
    method: string,
    path: string,
    body: Uint8Array | null,
    status: number,
    because: RegExp,
  ])[] = [
    [
      "takes a request and says nothing",
      "POST",
      "/silent",
      null,
      504,
      /did not answer in time.*look before you send it again/,
    ],
    [
      "takes a question and says nothing",
      "GET",
      "/silent",
      null,
      504,
      /did not answer in time.*can be sent again/,
    ],
    ["is too slow", "POST", "/slow?ms=60000", null, 504, /did not answer in time/],
    [
      "takes half a body",
      "POST",
      "/half-taken",
      large,
      504,
      /stopped taking the request's body|did not answer in time/,
    ],
    ["answers garbage", "POST", "/garbage", null, 502, /not valid HTTP/],
    ["answers half a head", "POST", "/half-head", null, 504, /did not answer in time/],
  ];
  it.each(ways)("%s is answered for: %s %s", async (_what, method, path, body, status, because) => {
    const answer = await timed(method, path, body ?? undefined);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(/^proxyClient failure: mod-faulty-1\.0\.0: /);
    expect(answer.text).toMatch(because);
    await isSound();
  });

  it.each(["/half-answer", "/cut-answer"])(
    "stops in the middle of its answer breaks off the client's, in time: %s",
    async (path) => {
      const startedAt = performance.now();
      await expect(call(platform.urls[0] ?? "", { path, headers })).rejects.toThrow(
        /aborted|hang up|ECONNRESET/,
      );
      expect(performance.now() - startedAt).toBeLessThan(mostMs);
      await isSound();
    },
  );

  it.each([1, large.length])("answers before it has read %i bytes is heard", async (bytes) => {
    expect(await timed("POST", "/early", large.subarray(0, bytes))).toEqual({ status: 200, text: "early" });
    await isSound();
  });

  it("refuses before it has read is heard, with its own words", async () => {
    expect(await refusedEarly()).toEqual({ status: 413, text: "too large" });
    await isSound();
  });

  it("is given more time by its descriptor has it", async () => {
    expect(await timed("GET", "/longer/slow")).toEqual({ status: 200, text: "late" });
  });

  it("is frozen is answered for, and serves again when it goes on", async () => {
    await isSound();
    module.freeze();
    const answers = await Promise.all(
      ["POST", "GET", "DELETE"].map((method) => timed(method, "/ok?id=frozen")),
    );
    expect(answers.map(({ status }) => status)).toEqual([504, 504, 504]);
    module.thaw();
    await isSound();
  });

  it("is dead is answered for at once, and serves again when it is back", async () => {
    await module.kill();
    for (const method of ["POST", "GET"]) {
      const answer = await timed(method, "/ok");
      expect(answer.status).toBe(502);
      expect(answer.text).toMatch(/takes no connection.*can be sent again/);
    }
    await module.restart();
    await isSound();
  });
});

/** A client may see the answer, or that its writing failed, first: only the answer counts. */
function refusedEarly(): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(platform.urls[0] ?? "");
    const length = String(large.length);
    const sent = httpRequest(
      {
        hostname,
        port,
        method: "POST",
        path: "/early-refusal",
        headers: { ...headers, "Content-Length": length },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
        response.on("end", () => resolve({ status: response.statusCode, text }));
        response.on("error", reject);
      },
    );
    sent.on("error", () => undefined);
    sent.setTimeout(mostMs, () => reject(new Error("no answer")));
    sent.end(large);
  });
}
