import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { fetchLimited, pingUrl } from "./fetch-limited.ts";

let close: (() => void) | null = null;
afterEach(() => close?.());

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  // as: a server that listens on a port has such an address
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

const limits = { timeoutMs: 5_000, maxBytes: 1_000 };

describe("a call of the platform's own", () => {
  it("brings status and body", async () => {
    const url = await serve((_request, response) => response.writeHead(418).end("short and stout"));
    expect(await fetchLimited(url, limits)).toEqual({
      ok: true,
      value: { status: 418, body: "short and stout" },
    });
  });

  it("sends no credentials", async () => {
    let sent: readonly string[] = [];
    const url = await serve((request, response) => {
      sent = Object.keys(request.headers);
      response.end();
    });
    await fetchLimited(url, limits);
    expect(sent).not.toEqual([]);
    expect(sent.filter((name) => /okapi|authorization|cookie/u.test(name))).toEqual([]);
  });

  it("does not follow a redirect", async () => {
    const url = await serve((_request, response) =>
      response.writeHead(302, { Location: "http://169.254.169.254/" }).end(),
    );
    expect(await fetchLimited(url, limits)).toMatchObject({ ok: true, value: { status: 302 } });
  });

  it("gives up on a body that is too long, announced or not", async () => {
    const url = await serve((_request, response) => {
      response.write("x".repeat(600));
      response.end("x".repeat(600));
    });
    expect(await fetchLimited(url, limits)).toEqual({
      ok: false,
      error: "the answer is longer than 1000 bytes",
    });
  });

  it("gives up on a server that does not answer", async () => {
    const url = await serve(() => {});
    const answer = await fetchLimited(url, { ...limits, timeoutMs: 50 });
    expect(answer.ok ? "" : answer.error).toMatch(/timeout|aborted/u);
  });

  it("says why nobody could be reached", async () => {
    const answer = await fetchLimited(new URL("http://127.0.0.1:9/"), limits);
    expect(answer.ok ? "" : answer.error).toMatch(/ECONNREFUSED|bad port/u);
  });
});

describe("a ping", () => {
  it("is content with any status, and reads no body", async () => {
    const url = await serve((_request, response) => {
      response.writeHead(500);
      response.write("x".repeat(100_000)); // and never ends
    });
    expect(await pingUrl(url, 5_000)).toEqual({ ok: true, value: 500 });
  });
});
