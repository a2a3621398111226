import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import type { RunningModule } from "@octavo/testing/okapi-modules/http-module";
import { startTestModule } from "@octavo/testing/okapi-modules/test-module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaintsAbout } from "./answer-case.ts";
import { call } from "./call.ts";
import { authModule, filtering, handling } from "./descriptors.ts";
import { type Platform, startPlatform } from "./platform.ts";

/** Modules that are dead, slow, or speak no HTTP. Okapi answers 500 or never; here it is 502 or 504, with the reason. */

let platform: Platform;
let good: RunningModule;
const servers: Server[] = [];

async function rawModule(onRequest: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => onRequest(socket));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on host and port
}

const ways: Readonly<Record<string, (socket: Socket) => void>> = {
  closing: (socket) => socket.end(),
  resetting: (socket) => socket.resetAndDestroy(),
  garbage: (socket) => socket.end("this is no HTTP\r\n\r\n"),
  twolengths: (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
  lengthandchunks: (socket) =>
    socket.end(
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    ),
  splitting: (socket) =>
    socket.end("HTTP/1.1 200 OK\r\nX-A: b\rSet-Cookie: c=d\r\nContent-Length: 0\r\n\r\n"),
  frozen: () => undefined,
  halfhead: (socket) => socket.write("HTTP/1.1 200 OK\r\nX-A: "),
};

beforeAll(async () => {
  good = await startTestModule();
  platform = await startPlatform(2);
  const raw = Object.entries(ways).map(async ([name, way]) => ({
    descriptor: handling(`${name}-1.0.0`, [{ pathPattern: `/${name}` }]),
    url: await rawModule(way),
  }));
  await platform.tenant("broken", [
    ...(await Promise.all(raw)),
    { descriptor: handling("dead-1.0.0", [{ pathPattern: "/dead" }]), url: "http://127.0.0.1:9" },
    {
      descriptor: handling("nohost-1.0.0", [{ pathPattern: "/nohost" }]),
      url: "http://no-such-host.invalid:80",
    },
    { descriptor: handling("good-1.0.0", [{ pathPattern: "/testb" }]), url: good.url },
    {
      descriptor: handling("half-1.0.0", [{ pathPattern: "/half" }]),
      url: await rawModule((socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")),
    },
  ]);
  await platform.tenant("noauth", [
    { descriptor: authModule("deadauth-1.0.0", "headers"), url: "http://127.0.0.1:9" },
    { descriptor: handling("good-1.0.0", [{ pathPattern: "/testb" }]), url: good.url },
  ]);
  await platform.tenant("nofilter", [
    {
      descriptor: filtering("sleeping-1.0.0", [{ path: "/", phase: "post", type: "request-only" }]),
      url: null,
    },
    { descriptor: handling("good-1.0.0", [{ pathPattern: "/testb" }]), url: good.url },
  ]);
});
afterAll(async () => {
  await platform.close();
  await good.close();
  for (const server of servers) server.close();
});

const broken = { "X-Okapi-Tenant": "broken" };

describe("a module that", () => {
  const dead: readonly (readonly [name: string, status: number, because: RegExp])[] = [
    ["dead", 502, /takes no connection/],
    ["nohost", 502, /address is not known/],
    ["closing", 502, /closed the connection/],
    ["resetting", 502, /closed the connection/],
    ["garbage", 502, /not valid HTTP/],
    ["twolengths", 502, /not valid HTTP/],
    ["lengthandchunks", 502, /not valid HTTP/],
    ["splitting", 502, /not valid HTTP/],
  ];
  it.each(dead)(
    "is %s gets the client %i, with Okapi's beginning and no address",
    async (name, status, because) => {
      const wanted = {
        claim: "",
        method: "POST",
        path: `/${name}`,
        headers: broken,
        body: "x",
        status,
        text: because,
      };
      expect(await complaintsAbout(platform.urls, wanted)).toEqual([]);
      const { text } = await call(platform.urls[0] ?? "", { path: `/${name}`, headers: broken });
      expect(text).toMatch(new RegExp(`^proxyClient failure: ${name}-1\\.0\\.0: `));
      expect(text).not.toMatch(/127\.0\.0\.1|no-such-host/);
    },
  );

  it.each(["frozen", "halfhead"])("is %s gets 504 when the client's deadline has passed", async (name) => {
    for (const url of platform.urls) {
      const deadline = String(Date.now() + 300);
      const answer = await call(url, {
        path: `/${name}`,
        headers: { ...broken, "X-Request-Deadline": deadline },
      });
      expect(answer).toMatchObject({ status: 504 });
      expect(answer.text).toContain("deadline");
    }
  });

  it("breaks off in the middle of its answer breaks off the client's", async () => {
    for (const url of platform.urls) {
      await expect(call(url, { path: "/half", headers: broken })).rejects.toThrow(
        /aborted|hang up|ECONNRESET/,
      );
    }
  });

  it("fails harms no other", async () => {
    const wanted = { claim: "", path: "/testb", headers: broken, status: 200, text: "It works" };
    expect(await complaintsAbout(platform.urls, wanted)).toEqual([]);
  });
});

describe("a filter", () => {
  it("for auth that cannot be reached lets nobody through", async () => {
    const headers = { "X-Okapi-Tenant": "noauth" };
    const wanted = {
      claim: "",
      path: "/testb",
      headers,
      status: 502,
      text: /^proxyClient failure: deadauth-1\.0\.0/,
    };
    expect(await complaintsAbout(platform.urls, wanted)).toEqual([]);
  });

  it("that nobody runs is named before anything is called", async () => {
    const headers = { "X-Okapi-Tenant": "nofilter" };
    const text = "No running module instance found for sleeping-1.0.0";
    const wanted = { claim: "", path: "/testb", headers, status: 404, text };
    expect(await complaintsAbout(platform.urls, wanted)).toEqual([]);
  });
});
