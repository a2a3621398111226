import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import {
  defaultLimits,
  type Listener,
  type ListenerError,
  type ListenerLimits,
  type Serve,
} from "./listener.ts";
import { adapters } from "./testing/adapters.ts";
import { RawClient } from "./testing/raw-client.ts";

const head = "Host: library.example\r\n";
const get = (path: string, more = "") => `GET ${path} HTTP/1.1\r\n${head}${more}\r\n`;
const post = (body: string, length = body.length) =>
  `POST /a HTTP/1.1\r\n${head}Content-Length: ${length}\r\n\r\n${body}`;

describe.each(adapters)("a listener by $name", ({ listen }) => {
  let listener: Listener | null = null;
  const errors: ListenerError[] = [];

  async function serving(serve: Serve, limits: Partial<ListenerLimits> = {}): Promise<Listener> {
    const started = await listen({
      host: "127.0.0.1",
      port: 0,
      limits: { ...defaultLimits, ...limits },
      serve,
      onError: (event) => errors.push(event),
    });
    if (!started.ok) throw new Error(started.error.message);
    listener = started.value;
    return listener;
  }

  afterEach(async () => {
    errors.length = 0;
    await listener?.close(0);
    listener = null;
  });

  const answering: Serve = async (_head, body, sink) => {
    await body.readAll(1000);
    sink.send(200, ["Content-Type", "text/plain"], "fine");
  };

  it("says why it cannot listen", async () => {
    const { port } = await serving(answering);
    const second = await listen({
      host: "127.0.0.1",
      port,
      limits: defaultLimits,
      serve: answering,
      onError: () => undefined,
    });
    expect(second).toMatchObject({ ok: false, error: { code: "EADDRINUSE" } });
  });

  it("tells what came and what went, and when the answer has left", async () => {
    const seen = Promise.withResolvers<readonly number[]>();
    const { port } = await serving(async (_head, body, sink) => {
      await body.readAll(1000);
      sink.start(201, ["Content-Type", "text/plain"], null);
      await sink.write(Buffer.from("one, "));
      await sink.write(Buffer.from("two"));
      sink.end();
      void sink.closed.then(() => seen.resolve([body.receivedBytes, sink.status, sink.sentBytes]));
    });
    const client = await RawClient.connect(port);
    client.send(post("twelve bytes"));
    expect(await seen.promise).toEqual([12, 201, 8]);
    client.destroy();
  });

  it("has sent nothing of an answer that was never begun", async () => {
    const seen = Promise.withResolvers<readonly unknown[]>();
    const begun = Promise.withResolvers<void>();
    const { port } = await serving(async (_head, _body, sink) => {
      begun.resolve();
      await sink.closed;
      seen.resolve([sink.status, sink.sentBytes, sink.gone.aborted]);
    });
    const client = await RawClient.connect(port);
    client.send(get("/a"));
    await begun.promise;
    client.destroy();
    expect(await seen.promise).toEqual([0, 0, true]);
  });

  describe("answers", () => {
    it("to HEAD have the length of the body, and no body", async () => {
      const { port } = await serving(answering);
      const client = await RawClient.connect(port);
      client.send(`HEAD /a HTTP/1.1\r\n${head}Connection: close\r\n\r\n`);
      const received = await client.end();
      expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(received).toContain("Content-Length: 4\r\n");
      expect(received.endsWith("\r\n\r\n")).toBe(true);
    });

    it("with status 204 have neither body nor length", async () => {
      const { port } = await serving(async (_head, _body, sink) => sink.send(204, [], ""));
      const client = await RawClient.connect(port);
      client.send(get("/a", "Connection: close\r\n"));
      expect(await client.end()).not.toMatch(/content-length|transfer-encoding/i);
    });

    it("that are a stream of events begin before the first event", async () => {
      const first = Promise.withResolvers<void>();
      const { port } = await serving(async (_head, _body, sink) => {
        sink.start(200, ["Content-Type", "text/event-stream"], null);
        await first.promise; // which comes only when the client has the head
        await sink.write(Buffer.from(": here\n\n"));
        sink.end();
      });
      const answer = await fetch(`http://127.0.0.1:${port}/events`);
      first.resolve();
      expect(await answer.text()).toBe(": here\n\n");
    });

    it("of one connection come one after the other, in the order of their requests", async () => {
      let running = 0;
      let most = 0;
      const { port } = await serving(async ({ target }, _body, sink) => {
        running += 1;
        most = Math.max(most, running);
        // The first takes the most turns of the loop: answered side by side, it would come last.
        for (let turn = Number(target.slice(1)); turn < 5; turn += 1)
          await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        sink.send(200, [], target);
      });
      const client = await RawClient.connect(port);
      client.send(["/1", "/2", "/3", "/4"].map((path) => get(path)).join(""));
      const bodies = [
        await client.answer(),
        await client.answer(),
        await client.answer(),
        await client.answer(),
      ];
      expect(bodies.map((answer) => answer?.body)).toEqual(["/1", "/2", "/3", "/4"]);
      expect(most).toBe(1);
      client.destroy();
    });

    it("are slowed down to the pace of a client that does not read", async () => {
      const piece = Buffer.alloc(64 * 1024);
      let written = 0;
      const stalled = Promise.withResolvers<void>();
      const { port } = await serving(async (_head, _body, sink) => {
        sink.start(200, [], null);
        while (!sink.gone.aborted) {
          const more = sink.write(piece);
          written += piece.length;
          const state = await Promise.race([
            more,
            new Promise((resolve) => setTimeout(() => resolve("stalled"), 200)),
          ]);
          if (state === "stalled") {
            stalled.resolve();
            await more;
          }
        }
      });
      const client = await RawClient.connect(port);
      client.stopReading();
      client.send(get("/a"));
      await stalled.promise;
      expect(written).toBeLessThan(64 * 1024 * 1024);
      client.destroy();
    });

    it("end in the middle, unmistakably, where the handler fails after their start", async () => {
      const { port } = await serving(async (_head, _body, sink) => {
        sink.start(200, [], 100);
        await sink.write(Buffer.from("half"));
        throw new Error("planned");
      });
      const client = await RawClient.connect(port);
      client.send(get("/a"));
      expect(await client.answer()).toBeNull();
      expect(errors).toMatchObject([{ kind: "handler-failed", detail: expect.stringContaining("planned") }]);
    });

    it.each([
      ["throws", () => Promise.reject(new Error("planned secret"))],
      ["answers nothing", () => Promise.resolve()],
    ])("are 500, without the reason, where the handler %s", async (_name, serve) => {
      const { port } = await serving(serve);
      const client = await RawClient.connect(port);
      client.send(get("/a"));
      const answer = await client.answer();
      expect(answer?.status).toBe(500);
      expect(answer?.body).not.toContain("planned");
      expect(errors.map(({ kind }) => kind)).toEqual(["handler-failed"]);
      client.destroy();
    });
  });

  describe("a body", () => {
    it("that nobody read ends the connection, and what follows it is not served", async () => {
      const targets: string[] = [];
      const { port } = await serving(async ({ target }, _body, sink) => {
        targets.push(target);
        sink.send(401, [], "no");
      });
      const client = await RawClient.connect(port);
      client.send(post("abc") + get("/second"));
      expect(await client.answer()).toMatchObject({ status: 401, headers: { connection: "close" } });
      expect(await client.end()).toBe("");
      expect(targets).toEqual(["/a"]);
    });

    it("that was read keeps the connection", async () => {
      const { port } = await serving(answering);
      const client = await RawClient.connect(port);
      client.send(post("abc"));
      expect(await client.answer()).toMatchObject({ status: 200, headers: { connection: "keep-alive" } });
      client.send(get("/second"));
      expect(await client.answer()).toMatchObject({ status: 200 });
      client.destroy();
    });

    it.each([
      ["by its length", `Content-Length: 5\r\n\r\nabcde`],
      ["by its chunks", `Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`],
    ])("above the limit is known %s, and the rest is not read", async (_name, framed) => {
      const { port } = await serving(async (_head, body, sink) => {
        const bytes = await body.readAll(4);
        sink.send(bytes === null ? 413 : 200, [], "");
      });
      const client = await RawClient.connect(port);
      client.send(`POST /a HTTP/1.1\r\n${head}${framed}`);
      expect(await client.answer()).toMatchObject({ status: 413, headers: { connection: "close" } });
      await client.end();
    });

    it("of exactly the limit is taken", async () => {
      const { port } = await serving(async (_head, body, sink) => {
        sink.send(200, [], (await body.readAll(4)) ?? "too large");
      });
      const client = await RawClient.connect(port);
      client.send(post("abcd"));
      expect(await client.answer()).toMatchObject({ status: 200, body: "abcd" });
      client.destroy();
    });

    it("that is refused early lets a client that is still sending read the answer", async () => {
      const { port } = await serving(async (_head, body, sink) => {
        sink.send((await body.readAll(10)) === null ? 413 : 200, ["Content-Type", "text/plain"], "too large");
      });
      const request = httpRequest({ host: "127.0.0.1", port, method: "POST", path: "/a" });
      request.on("error", () => undefined); // the pipe may break after the answer
      request.end(Buffer.alloc(512 * 1024));
      const [response] = await once(request, "response");
      expect(response.statusCode).toBe(413);
      response.resume();
    });

    it("whose reader still waits when the answer has been given does not keep him waiting", async () => {
      const outcome = Promise.withResolvers<unknown>();
      const { port } = await serving(
        async (_head, body, sink) => {
          body.readAll(1000).then(outcome.resolve, outcome.resolve);
          sink.send(401, ["Content-Type", "text/plain"], "no");
        },
        { bodyIdleTimeoutMs: 3_600_000 },
      );
      const client = await RawClient.connect(port);
      client.send(post("ab", 1000));
      expect(await client.answer()).toMatchObject({ status: 401 });
      expect(await outcome.promise).toBeInstanceOf(Error);
      await client.end();
    });

    it("is asked for with 100 Continue only when somebody reads it", async () => {
      const { port } = await serving(async ({ target }, body, sink) => {
        if (target === "/read") await body.readAll(1000);
        sink.send(200, [], "");
      });
      const expecting = (path: string) =>
        `POST ${path} HTTP/1.1\r\n${head}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n`;
      const refused = await RawClient.connect(port);
      refused.send(expecting("/refuse"));
      expect(await refused.end()).toMatch(/^HTTP\/1\.1 200 OK/);

      const read = await RawClient.connect(port);
      read.send(expecting("/read"));
      while (!read.received.includes("100 Continue")) await new Promise((resolve) => setImmediate(resolve));
      read.send("abc");
      expect(await read.answer()).toMatchObject({ status: 200 });
      read.destroy();
    });

    it("that stops coming is answered with 408", async () => {
      const { port } = await serving(answering, { bodyIdleTimeoutMs: 50 });
      const client = await RawClient.connect(port);
      client.send(post("ab", 1000));
      expect(await client.answer()).toMatchObject({ status: 408 });
      await client.end();
    });

    it("that drips is answered with 408, although it never stops", async () => {
      const { port } = await serving(answering, { bodyIdleTimeoutMs: 100, bodyBytesPerSecond: 1000 });
      const client = await RawClient.connect(port);
      client.send(post("", 1000));
      const drip = setInterval(() => client.send("x"), 10);
      expect(await client.answer()).toMatchObject({ status: 408 });
      clearInterval(drip);
      await client.end();
    });

    it("whose sender goes away ends the reading, and nobody is told of a failure", async () => {
      const outcome = Promise.withResolvers<unknown>();
      const { port } = await serving(async (_head, body) => {
        await body.readAll(1000).catch((error: unknown) => {
          outcome.resolve(error);
          throw error;
        });
      });
      const client = await RawClient.connect(port);
      client.send(post("ab", 1000));
      client.destroy();
      expect(await outcome.promise).toMatchObject({ name: "BodyFailure", kind: "client-gone" });
      expect(errors).toEqual([]);
    });
  });

  it("turns a long text into bytes as the client takes them, and cuts no character in two", async () => {
    const text = `x${"\u{1F4DA}".repeat(8_000_000)}`;
    const sent = Promise.withResolvers<() => number>();
    const { port } = await serving(async (_head, _body, sink) => {
      sink.send(200, ["Content-Type", "text/plain"], text);
      sent.resolve(() => sink.sentBytes);
    });
    const client = await RawClient.connect(port);
    client.stopReading();
    client.send(get("/a"));
    const sentBytes = await sent.promise;
    for (let turn = 0; turn < 1000; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(sentBytes()).toBeLessThan(16_000_000); // what the system's buffers take
    client.destroy();

    const reader = await fetch(`http://127.0.0.1:${port}/a`);
    expect((await reader.text()) === text).toBe(true);
  });

  it("tells a handler that its client has gone", async () => {
    const gone = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const { port } = await serving(async (_head, _body, sink) => {
      sink.gone.addEventListener("abort", () => gone.resolve());
      started.resolve();
      await gone.promise;
    });
    const client = await RawClient.connect(port);
    client.send(get("/a"));
    await started.promise;
    client.destroy();
    await gone.promise;
    expect(errors).toEqual([]);
  });

  it("cuts a head that comes too slowly", async () => {
    const { port } = await serving(answering, { headersTimeoutMs: 100 });
    const client = await RawClient.connect(port);
    client.send("GET /a HTTP/1.1\r\nHost: lib");
    expect(await client.answer()).toMatchObject({ status: 408, headers: { connection: "close" } });
    await client.end();
  });

  it("cuts a connection that never says anything", async () => {
    const { port } = await serving(answering, { headersTimeoutMs: 100 });
    const client = await RawClient.connect(port);
    await client.end();
    expect(errors).toMatchObject([{ kind: "bad-head" }]);
  });

  it("cuts a client that sends more requests ahead than it may", async () => {
    let served = 0;
    const { port } = await serving(
      async (_head, _body, sink) => {
        served += 1;
        await new Promise((resolve) => setImmediate(resolve));
        sink.send(200, [], "");
      },
      { pipelinedRequests: 4 },
    );
    const client = await RawClient.connect(port);
    client.send(get("/a").repeat(1000));
    await client.end();
    expect(served).toBeLessThanOrEqual(4);
  });

  describe("that drains", () => {
    it("still takes new connections, and ends each with its next answer", async () => {
      const { port } = await serving(answering);
      const old = await RawClient.connect(port);
      old.send(get("/a"));
      expect(await old.answer()).toMatchObject({ headers: { connection: "keep-alive" } });
      listener?.startDraining();
      old.send(get("/b"));
      expect(await old.answer()).toMatchObject({ status: 200, headers: { connection: "close" } });
      await old.end();
      const fresh = await RawClient.connect(port);
      fresh.send(get("/c"));
      expect(await fresh.answer()).toMatchObject({ status: 200, headers: { connection: "close" } });
      await fresh.end();
    });

    it("closes at once where nothing is in flight, also with idle and silent connections", async () => {
      const { port } = await serving(answering);
      const idle = await RawClient.connect(port);
      idle.send(get("/a"));
      await idle.answer();
      const silent = await RawClient.connect(port);
      expect(await listener?.close(60_000)).toBe(0);
      await Promise.all([idle.end(), silent.end()]);
      await expect(RawClient.connect(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    });

    it("waits for what is in flight", async () => {
      const release = Promise.withResolvers<void>();
      const inFlight = Promise.withResolvers<void>();
      const { port } = await serving(async (_head, _body, sink) => {
        inFlight.resolve();
        await release.promise;
        sink.send(200, [], "done");
      });
      const client = await RawClient.connect(port);
      client.send(get("/a"));
      await inFlight.promise;
      const closed = listener?.close(60_000);
      release.resolve();
      expect(await client.answer()).toMatchObject({ status: 200, body: "done" });
      expect(await closed).toBe(0);
    });

    it.each([
      ["its grace is over", (hurry: AbortController) => ({ graceMs: 20, hurry })],
      [
        "it is told to hurry",
        (hurry: AbortController) => {
          setTimeout(() => hurry.abort(), 20);
          return { graceMs: 60_000, hurry };
        },
      ],
      [
        "it was told to hurry before",
        (hurry: AbortController) => {
          hurry.abort();
          return { graceMs: 60_000, hurry };
        },
      ],
    ])("cuts what is in flight when %s, and says how much", async (_name, prepare) => {
      const inFlight = Promise.withResolvers<void>();
      const { port } = await serving(async (_head, _body, sink) => {
        inFlight.resolve();
        await new Promise<void>((resolve) => sink.gone.addEventListener("abort", resolve));
      });
      const client = await RawClient.connect(port);
      client.send(get("/a"));
      await inFlight.promise;
      const { graceMs, hurry } = prepare(new AbortController());
      expect(await listener?.close(graceMs, hurry.signal)).toBe(1);
      expect(await client.answer()).toBeNull();
    });
  });
});
