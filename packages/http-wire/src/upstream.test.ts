import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { BodyFailure } from "./body-source.ts";
import { connectOnNode } from "./node-upstream.ts";
import { RawModule, type RawModuleOptions } from "./testing/raw-module.ts";
import { bodyOf, endlessBody, untouchedBody } from "./testing/request-bodies.ts";
import { heldBytes } from "./testing/held-bytes.ts";
import {
  AnswerFailure,
  type UpstreamConnections,
  type UpstreamFailure,
  type UpstreamRequest,
  type UpstreamResponse,
  type UpstreamTimeouts,
} from "./upstream.ts";

/** Everything that must hold of the seam towards modules is tested on each of these. */
const adapters = [{ name: "node:http", connect: connectOnNode }];

/** No test waits for these; where a timeout must come, it is given. */
const patient: UpstreamTimeouts = { connectMs: 20_000, firstByteMs: 20_000, bodyIdleMs: 20_000 };
const hasAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

describe.each(adapters)("requests to modules over $name", ({ connect }) => {
  const modules: RawModule[] = [];
  const opened: UpstreamConnections[] = [];

  /** Every test ends with all connections closed: none leaks. */
  afterEach(async () => {
    for (const connections of opened.splice(0)) {
      await connections.close();
      if (connections.open !== 0) throw new Error(`${connections.open} connections have leaked`);
    }
    for (const module of modules.splice(0)) {
      await module.until(() => module.open === 0);
      await module.stop();
    }
  });

  async function start(options: RawModuleOptions): Promise<RawModule> {
    const module = await RawModule.start(options);
    modules.push(module);
    return module;
  }

  function open(options: Parameters<typeof connect>[0] = {}): UpstreamConnections {
    const connections = connect(options);
    opened.push(connections);
    return connections;
  }

  const answering = (answer: string): RawModuleOptions => ({
    onRequest: (socket) => socket.write(answer, "latin1"),
  });

  describe("a request", () => {
    it("has its headers in their order and case, one Host, and no hop-by-hop header", async () => {
      const module = await start(answering(hasAnswer));
      const answer = await answerOf(
        open().send(
          module.url,
          get("/users?query=a%20b", {
            rawHeaders: [
              "X-Okapi-Tenant",
              "diku",
              "accept",
              "a",
              "ACCEPT",
              "b",
              "Host",
              "evil",
              "Keep-Alive",
              "timeout=9",
              "Transfer-Encoding",
              "chunked",
              "X-Name",
              "caf\u00e9",
            ],
          }),
          patient,
        ),
      );
      expect(await text(answer)).toBe("ok");
      expect(module.requests[0]?.head.split("\r\n")).toEqual([
        "GET /users?query=a%20b HTTP/1.1",
        `Host: ${new URL(module.url).host}`,
        "X-Okapi-Tenant: diku",
        "accept: a",
        "ACCEPT: b",
        "X-Name: caf\u00e9",
        "Connection: keep-alive",
      ]);
    });

    it.each([
      ["a buffered body", Buffer.from("hello"), null, "Content-Length: 5", "hello"],
      ["a streamed body of known length", bodyOf("hel", "lo"), 5, "Content-Length: 5", "hello"],
      [
        "a streamed body of unknown length",
        bodyOf("hel", "lo"),
        null,
        "Transfer-Encoding: chunked",
        "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
      ],
      ["an empty stream", bodyOf(), 0, "Content-Length: 0", ""],
      ["no body", null, null, "Content-Length: 0", ""],
    ] as const)("with %s is framed once", async (_name, body, contentLength, framing, sent) => {
      const module = await start(answering(hasAnswer));
      const request = { ...get("/"), method: "POST", body, contentLength };
      await text(await answerOf(open().send(module.url, request, patient)));
      expect(module.requests[0]?.body).toBe(sent);
      const lines = module.requests[0]?.head.split("\r\n") ?? [];
      expect(lines.filter((line) => /^(content-length|transfer-encoding):/i.test(line))).toEqual([framing]);
    });

    it("does not touch its stream before a connection stands", async () => {
      const body = untouchedBody();
      const refused = await freePort();
      const failure = await failureOf(open().send(refused, { ...get("/"), method: "POST", body }, patient));
      expect(failure).toMatchObject({ kind: "connect-refused", wasSent: false, wasReused: false });
      expect(body.isTouched).toBe(false);
    });

    it("asks before it sends its body where it shall, and sends it when the module says so", async () => {
      const module = await start({
        onHead: (socket, head) => {
          if (head.includes("Expect: 100-continue")) socket.write("HTTP/1.1 100 Continue\r\n\r\n");
        },
        onRequest: (socket) => socket.write(hasAnswer),
      });
      const request = {
        ...get("/"),
        method: "POST",
        body: bodyOf("hello"),
        contentLength: 5,
        expectsContinue: true,
      };
      expect(await text(await answerOf(open().send(module.url, request, patient)))).toBe("ok");
      expect(module.requests[0]?.body).toBe("hello");
    });

    it("keeps its body where the module refuses instead of asking for it", async () => {
      const module = await start({
        onHead: (socket) => socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"),
      });
      const body = untouchedBody();
      const request = { ...get("/"), method: "POST", body, expectsContinue: true };
      const answer = await answerOf(open().send(module.url, request, patient));
      expect(answer.status).toBe(401);
      await text(answer);
      await answer.ended;
      expect(body.isTouched).toBe(false);
    });

    it("ends with its client: the module sees its connection close", async () => {
      const module = await start({});
      const client = new AbortController();
      const sent = open().send(module.url, get("/", { signal: client.signal }), patient);
      await module.until(() => module.requests.length === 1);
      client.abort();
      expect(await failureOf(sent)).toMatchObject({ kind: "aborted", wasSent: true });
      await module.until(() => module.open === 0);
    });

    it("whose own body breaks off rejects with that, and its connection closes", async () => {
      const module = await start({});
      const body = bodyOf("hel", new BodyFailure("client-gone"));
      const sent = open().send(module.url, { ...get("/"), method: "POST", body, contentLength: 5 }, patient);
      await expect(sent).rejects.toBeInstanceOf(BodyFailure);
      await module.until(() => module.connections === 1 && module.open === 0);
      expect(module.requests).toEqual([]);
    });

    it("whose body has not the announced length never becomes a whole request", async () => {
      const module = await start(answering(hasAnswer));
      for (const body of [bodyOf("hell"), bodyOf("hello", "GET / HTTP/1.1\r\nHost: a\r\n\r\n")]) {
        const sent = open().send(
          module.url,
          { ...get("/"), method: "POST", body, contentLength: 5 },
          patient,
        );
        await expect(sent).rejects.toThrow("invariant broken");
      }
      await module.until(() => module.open === 0);
      expect(module.requests.map(({ body }) => body).filter((body) => body !== "hello")).toEqual([]);
    });
  });

  describe("an answer", () => {
    it("has its headers as they came, without what concerns the connection", async () => {
      const module = await start(
        answering(
          "HTTP/1.1 201 Created\r\nx-b: 1\r\nX-A: 2\r\nx-b: 3\r\nConnection: X-Okapi-Tenant, X-A\r\n" +
            "X-Okapi-Tenant: diku\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\nUpgrade: h2c\r\n" +
            "Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 9\r\n\r\n",
        ),
      );
      const answer = await answerOf(open().send(module.url, get("/"), patient));
      expect(answer).toMatchObject({
        status: 201,
        contentLength: null,
        rawHeaders: ["x-b", "1", "X-A", "2", "x-b", "3", "X-Okapi-Tenant", "diku"],
      });
      expect(await text(answer)).toBe("ok");
      expect(await answer.ended).toBe("complete");
    });

    it("comes after any number of 1xx, which are dropped", async () => {
      const module = await start(
        answering(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n${hasAnswer}`),
      );
      const answer = await answerOf(open().send(module.url, get("/"), patient));
      expect(answer).toMatchObject({ status: 200, rawHeaders: [], contentLength: 2 });
      expect(await text(answer)).toBe("ok");
    });

    it.each([
      ["HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", 500],
      ["GET", "HTTP/1.1 204 No Content\r\n\r\n", null],
      ["GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n", 500],
    ])("to %s without a body has none: %j", async (method, bytes, contentLength) => {
      const module = await start(answering(bytes));
      const connections = open();
      for (let round = 0; round < 2; round += 1) {
        const answer = await answerOf(connections.send(module.url, { ...get("/"), method }, patient));
        expect(answer).toMatchObject({ body: null, contentLength });
        expect(await answer.ended).toBe("complete");
      }
      expect(module.connections).toBe(1);
    });

    it("that is a redirect is an answer like others", async () => {
      const module = await start(
        answering("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"),
      );
      const answer = await answerOf(open().send(module.url, get("/"), patient));
      expect(answer).toMatchObject({ status: 302, rawHeaders: ["Location", "http://169.254.169.254/"] });
      await text(answer);
      expect(module.requests).toHaveLength(1);
    });

    it("may end with its connection", async () => {
      const module = await start({ onRequest: (socket) => socket.end("HTTP/1.0 200 OK\r\n\r\nold") });
      const answer = await answerOf(open().send(module.url, get("/"), patient));
      expect(await text(answer)).toBe("old");
      expect(await answer.ended).toBe("complete");
    });

    it("with a head of 60 KiB is taken, with 70 KiB refused", async () => {
      const headOf = (kib: number) =>
        `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${`X-A: ${"a".repeat(1018)}\r\n`.repeat(kib)}\r\n`;
      const wide = await start(answering(headOf(60)));
      const answer = await answerOf(open().send(wide.url, get("/"), patient));
      expect(answer.rawHeaders).toHaveLength(120);
      await text(answer);
      const wider = await start(answering(headOf(70)));
      expect(await failureOf(open().send(wider.url, get("/"), patient))).toMatchObject({
        kind: "bad-answer",
      });
    });
  });

  describe("an answer that is none", () => {
    const end = "\r\n\r\n";
    it.each([
      ["garbage", "SSH-2.0-OpenSSH_9.2\r\n"],
      ["an empty line first and then nothing", "\r\n\r\n\r\n"],
      ["another version", `HTTP/2.0 200 OK\r\nContent-Length: 0${end}`],
      ["no version", `HTTP 200 OK\r\nContent-Length: 0${end}`],
      ["no status", `HTTP/1.1 OK\r\nContent-Length: 0${end}`],
      ["two lengths", `HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 20${end}ok`],
      ["the same length twice", `HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2${end}ok`],
      ["a list of lengths", `HTTP/1.1 200 OK\r\nContent-Length: 2, 2${end}ok`],
      ["a negative length", `HTTP/1.1 200 OK\r\nContent-Length: -2${end}ok`],
      ["a length that overflows", `HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999${end}ok`],
      [
        "a length and chunks",
        `HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked${end}2\r\nok\r\n0${end}`,
      ],
      [
        "chunks and a length",
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2${end}2\r\nok\r\n0${end}`,
      ],
      ["another transfer coding", `HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip${end}ok`],
      ["two transfer codings", `HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked${end}0${end}`],
      [
        "chunks twice",
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked${end}0${end}`,
      ],
      ["a folded header", `HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\nContent-Length: 0${end}`],
      ["a space before a colon", `HTTP/1.1 200 OK\r\nX-A : 1\r\nContent-Length: 0${end}`],
      ["a bare CR in a value", `HTTP/1.1 200 OK\r\nX-A: 1\rX-B: 2\r\nContent-Length: 0${end}`],
      ["a NUL in a value", `HTTP/1.1 200 OK\r\nX-A: 1\0\r\nContent-Length: 0${end}`],
      ["a header without a name", `HTTP/1.1 200 OK\r\n: 1\r\nContent-Length: 0${end}`],
      ["a head that breaks off", "HTTP/1.1 200 OK\r\nContent-Le"],
      [
        "another protocol",
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket${end}`,
      ],
    ])("is refused: %s", async (_name, bytes) => {
      const module = await start({ onRequest: (socket) => socket.end(bytes, "latin1") });
      const failure = await failureOf(open().send(module.url, get("/"), patient));
      expect(failure).toMatchObject({ kind: "bad-answer", wasSent: true, wasReused: false });
      await module.until(() => module.open === 0);
    });

    it("is refused also when it is only slow: a head byte by byte has the time of a first byte", async () => {
      const module = await start({
        onRequest: (socket) => {
          const drip = setInterval(() => socket.write("X-A: 1\r\n"), 5);
          socket.write("HTTP/1.1 200 OK\r\n");
          socket.on("close", () => clearInterval(drip));
        },
      });
      const failure = await failureOf(open().send(module.url, get("/"), { ...patient, firstByteMs: 60 }));
      expect(failure).toMatchObject({ kind: "first-byte-timeout", wasSent: true });
    });

    it.each([
      ["the connection ends within it", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok", "cut-short"],
      ["its chunks end within", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nok", "cut-short"],
      ["its chunks are none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nok\r\n", "malformed"],
      [
        "a chunk has no end",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokok\r\n0\r\n\r\n",
        "malformed",
      ],
    ])("fails its reader when %s", async (_name, bytes, kind) => {
      const module = await start({ onRequest: (socket) => socket.end(bytes) });
      const answer = await answerOf(open().send(module.url, get("/"), patient));
      await expect(answer.body?.readAll(1000)).rejects.toMatchObject({ name: "AnswerFailure", kind });
      expect(await answer.ended).toBe("failed");
    });
  });

  describe("a connection", () => {
    it("is kept and used again, the last one first", async () => {
      const module = await start(answering(hasAnswer));
      const connections = open();
      for (let round = 0; round < 5; round += 1) {
        await text(await answerOf(connections.send(module.url, get("/"), patient)));
      }
      expect(module.connections).toBe(1);
      expect(connections.open).toBe(1);
    });

    it("is not kept for a request that wants one of its own", async () => {
      const module = await start(answering(hasAnswer));
      const connections = open();
      await text(await answerOf(connections.send(module.url, get("/"), patient)));
      await text(
        await answerOf(connections.send(module.url, get("/", { isOnNewConnection: true }), patient)),
      );
      expect(module.connections).toBe(2);
      await module.until(() => module.open === 1);
    });

    it("closes when it has been idle for its time", async () => {
      const module = await start(answering(hasAnswer));
      const connections = open({ idleMs: 20 });
      await text(await answerOf(connections.send(module.url, get("/"), patient)));
      await module.until(() => module.open === 0);
      await text(await answerOf(connections.send(module.url, get("/"), patient)));
      expect(module.connections).toBe(2);
    });

    it("is not kept when the module will close it within a second", async () => {
      const module = await start(
        answering("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1, max=100\r\nContent-Length: 2\r\n\r\nok"),
      );
      const connections = open();
      await text(await answerOf(connections.send(module.url, get("/"), patient)));
      await module.until(() => module.open === 0);
      await text(await answerOf(connections.send(module.url, get("/"), patient)));
      expect(module.connections).toBe(2);
    });

    it("that was used before and is closed at the next request fails as reset and reused", async () => {
      const module = await start({
        onRequest: (socket, _request, count) =>
          count === 1 ? socket.write(hasAnswer) : socket.resetAndDestroy(),
      });
      const connections = open();
      await text(await answerOf(connections.send(module.url, get("/"), patient)));
      const failure = await failureOf(connections.send(module.url, { ...get("/"), method: "POST" }, patient));
      expect(failure).toMatchObject({ kind: "reset", wasSent: true, wasReused: true });
    });

    it("on which a module speaks without being asked gives nobody that answer", async () => {
      const evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
      for (const pause of [() => Promise.resolve(), settled]) {
        const module = await start({
          onRequest: (socket, _request, count) => {
            socket.write(hasAnswer);
            if (count === 1) void pause().then(() => socket.write(evil));
          },
        });
        const connections = open();
        await text(await answerOf(connections.send(module.url, get("/1"), patient)));
        // The module saw its evil answer refused: its connection is closed, or was never kept.
        await module.until(() => module.open === 0);
        expect(await text(await answerOf(connections.send(module.url, get("/2"), patient)))).toBe("ok");
      }
    });

    it("to an origin that was forgotten closes at once when idle, else with its answer", async () => {
      let finish = (): void => undefined;
      const module = await start({
        onRequest: (socket, { head }) => {
          if (head.startsWith("GET /slow")) finish = () => socket.write(hasAnswer);
          else socket.write(hasAnswer);
        },
      });
      const connections = open();
      const slow = connections.send(module.url, get("/slow"), patient);
      await module.until(() => module.requests.length === 1);
      await text(await answerOf(connections.send(module.url, get("/"), patient)));
      await settled();
      connections.forget(module.url);
      await module.until(() => module.open === 1);
      finish();
      expect(await text(await answerOf(slow))).toBe("ok");
      await module.until(() => module.open === 0);
      await module.until(() => connections.open === 0);
    });
  });

  describe("a module that", () => {
    it("is not there is refused: nothing was sent", async () => {
      const failure = await failureOf(open().send(await freePort(), get("/"), patient));
      expect(failure).toMatchObject({ kind: "connect-refused", wasSent: false, wasReused: false });
    });

    it("has a name that means nothing is not found: nothing was sent", async () => {
      const failure = await failureOf(open().send("http://module.invalid:8081", get("/"), patient));
      expect(failure).toMatchObject({ kind: "no-such-host", wasSent: false });
      expect(await failureOf(open().send("nonsense", get("/"), patient))).toMatchObject({
        kind: "no-such-host",
      });
    });

    it("accepts and never answers is given up: on a new connection and on a kept one", async () => {
      const module = await start({
        onRequest: (socket, _request, count) => {
          if (count === 1) socket.write(hasAnswer);
        },
      });
      const connections = open();
      const short = { ...patient, firstByteMs: 30 };
      await text(await answerOf(connections.send(module.url, get("/"), patient)));
      expect(await failureOf(connections.send(module.url, get("/"), short))).toMatchObject({
        kind: "first-byte-timeout",
        wasSent: true,
        wasReused: true,
      });
      expect(await failureOf(connections.send(module.url, get("/"), short))).toMatchObject({
        kind: "first-byte-timeout",
        wasReused: false,
      });
      await module.until(() => module.open === 0);
    });

    it("does not take the body is given up", async () => {
      const module = await start({ onConnect: (socket) => socket.pause() });
      const body = endlessBody();
      const sent = open().send(
        module.url,
        { ...get("/"), method: "POST", body },
        { ...patient, bodyIdleMs: 50 },
      );
      expect(await failureOf(sent)).toMatchObject({ kind: "body-timeout", wasSent: true });
      stopAll(modules);
      await settled();
      expect(body.bytesRead).toBeLessThan(32 * 1024 * 1024);
      expect(body.isReturned).toBe(true);
    });

    it("stops within its answer is given up", async () => {
      const module = await start(answering("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok"));
      const answer = await answerOf(open().send(module.url, get("/"), { ...patient, bodyIdleMs: 30 }));
      await expect(answer.body?.readAll(1000)).rejects.toMatchObject({ kind: "too-slow" });
      expect(await answer.ended).toBe("failed");
    });

    it("answers with an error before the body has come, and closes: the answer is given, every time", async () => {
      const module = await start({
        onHead: (socket) => {
          socket.pause(); // what comes now stays unread, so that closing resets the connection
          socket.end("HTTP/1.1 413 Content Too Large\r\nContent-Length: 7\r\n\r\ntoo big", () =>
            socket.destroy(),
          );
        },
      });
      const connections = open();
      for (let round = 0; round < 50; round += 1) {
        const body = endlessBody();
        const answer = await answerOf(
          connections.send(module.url, { ...get("/"), method: "POST", body }, patient),
        );
        expect(answer.status).toBe(413);
        expect(await text(answer)).toBe("too big");
        expect(await answer.ended).toBe("complete");
        expect(body.isReturned).toBe(true);
      }
      expect(module.connections).toBe(50);
    });

    it("answers whole before the body has come, and waits: the rest is not sent, the connection closes", async () => {
      const module = await start({ onHead: (socket) => socket.write(hasAnswer) });
      const body = endlessBody();
      const answer = await answerOf(open().send(module.url, { ...get("/"), method: "POST", body }, patient));
      expect(await text(answer)).toBe("ok");
      expect(await answer.ended).toBe("complete");
      await module.until(() => module.open === 0);
    });

    it("streams its answer out of the body that still comes is left to it", async () => {
      const module = await start({
        onHead: (socket) => socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"),
        onRequest: (socket, { body }) => socket.write(`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`),
      });
      let sendRest = (): void => undefined;
      const rest = new Promise<void>((resolve) => {
        sendRest = resolve;
      });
      const body = bodyOf("hel", rest, "lo");
      const request = { ...get("/"), method: "POST", body, contentLength: 5 };
      const answer = await answerOf(open().send(module.url, request, patient));
      sendRest();
      expect(await text(answer)).toBe("okhello");
    });
  });

  describe("an answer of 1 GB", () => {
    const piece = Buffer.alloc(64 * 1024, "a");
    const pieces = (1024 * 1024 * 1024) / piece.length;
    let written = 0;
    const pouring: RawModuleOptions = {
      onRequest: (socket) => {
        written = 0;
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${pieces * piece.length}\r\n\r\n`);
        const pour = () => {
          while (written < pieces) {
            written += 1;
            if (!socket.write(piece)) return;
          }
          socket.off("drain", pour);
        };
        socket.on("drain", pour);
        pour();
      },
    };

    it("passes whole and takes no memory", async () => {
      const module = await start(pouring);
      const before = heldBytes();
      const answer = await answerOf(open().send(module.url, get("/"), patient));
      let bytes = 0;
      let most = 0;
      let looks = 0;
      for await (const each of answer.body ?? []) {
        bytes += each.length;
        looks += 1;
        if (looks % 2000 === 0) most = Math.max(most, heldBytes() - before);
      }
      expect(bytes).toBe(pieces * piece.length);
      expect(most).toBeLessThan(16 * 1024 * 1024);
      expect(await answer.ended).toBe("complete");
    });

    it("waits for its reader, and is given up when nobody reads", async () => {
      const module = await start(pouring);
      const before = heldBytes();
      const answer = await answerOf(open().send(module.url, get("/"), { ...patient, bodyIdleMs: 200 }));
      expect(await answer.ended).toBe("abandoned");
      expect(written * piece.length).toBeLessThan(64 * 1024 * 1024); // what the system's buffers take
      expect(heldBytes() - before).toBeLessThan(16 * 1024 * 1024);
      await expect(answer.body?.readAll(10)).rejects.toBeInstanceOf(AnswerFailure);
      await module.until(() => module.open === 0);
    });

    it("ends where its reader leaves it", async () => {
      const module = await start(pouring);
      const answer = await answerOf(open().send(module.url, get("/"), patient));
      expect(await answer.body?.readAll(100_000)).toBe(null);
      expect(await answer.ended).toBe("abandoned");
      await module.until(() => module.open === 0);
    });
  });

  it("a request of 1 GB passes whole and takes no memory", async () => {
    const total = 1024 * 1024 * 1024;
    let received = 0;
    let last = "";
    const server = createTcpServer((socket) => {
      socket.on("data", (bytes: Buffer) => {
        received += bytes.length;
        last = (last + bytes.subarray(-5).toString("latin1")).slice(-5);
        if (last === "0\r\n\r\n") socket.end(hasAnswer);
      });
      socket.on("error", () => undefined);
    });
    const url = await listening(server);
    const body = endlessBody(total);
    const before = heldBytes();
    const answer = await answerOf(open().send(url, { ...get("/"), method: "POST", body }, patient));
    expect(await text(answer)).toBe("ok");
    expect(heldBytes() - before).toBeLessThan(16 * 1024 * 1024);
    expect(received).toBeGreaterThan(total);
    await new Promise((resolve) => server.close(resolve));
  });

  describe("an address where no module can be", () => {
    it.each([
      "http://169.254.169.254/",
      "http://0xa9fea9fe:80",
      "http://2852039166",
      "http://0251.0376.0251.0376",
      "http://[::ffff:169.254.169.254]",
      "http://[::ffff:a9fe:a9fe]:80",
      "http://[fe80::1]",
      "http://[fd00:ec2::254]",
      "http://224.0.0.1",
    ])("is not connected to: %s", async (origin) => {
      const connections = open();
      const failure = await failureOf(connections.send(origin, get("/"), patient));
      expect(failure).toMatchObject({ kind: "forbidden-address", wasSent: false });
      expect(connections.open).toBe(0);
    });

    it("is not connected to when a name means it", async () => {
      const module = await start(answering(hasAnswer));
      const asked: string[] = [];
      const connections = open({
        mayConnectTo: (address) => {
          asked.push(address);
          return false;
        },
      });
      const origin = module.url.replace("127.0.0.1", "localhost");
      expect(await failureOf(connections.send(origin, get("/"), patient))).toMatchObject({
        kind: "forbidden-address",
        wasSent: false,
      });
      expect(asked).toContain("127.0.0.1");
      expect(module.connections).toBe(0);
    });
  });

  describe("an https origin", () => {
    // A shared key needs no certificate: what is tested is the handshake around the same HTTP.
    const key = Buffer.alloc(32, 7);
    const ciphers = "PSK-AES256-GCM-SHA384:PSK";
    const tls = { ciphers, maxVersion: "TLSv1.2" as const, checkServerIdentity: () => undefined };

    it("is spoken to like others, on kept connections", async () => {
      const heads: string[] = [];
      const server = createTlsServer({ ciphers, maxVersion: "TLSv1.2", pskCallback: () => key }, (socket) => {
        socket.on("data", (bytes: Buffer) => {
          heads.push(bytes.toString());
          socket.write(hasAnswer);
        });
        socket.on("error", () => undefined);
      });
      const url = (await listening(server)).replace("http:", "https:");
      const connections = open({ tls: { ...tls, pskCallback: () => ({ psk: key, identity: "octavo" }) } });
      for (let round = 0; round < 2; round += 1) {
        expect(await text(await answerOf(connections.send(url, get("/"), patient)))).toBe("ok");
      }
      expect(heads).toHaveLength(2);
      expect(connections.open).toBe(1);
      await connections.close();
      await new Promise((resolve) => server.close(resolve));
    });

    it("that speaks no TLS fails before anything was sent", async () => {
      const module = await start({ onConnect: (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n") });
      const url = module.url.replace("http:", "https:");
      expect(await failureOf(open().send(url, get("/"), patient))).toMatchObject({
        kind: "tls-failure",
        wasSent: false,
      });
      expect(module.requests).toEqual([]);
    });

    it("that does not finish its handshake has the time of a connection", async () => {
      const module = await start({});
      const url = module.url.replace("http:", "https:");
      const failure = await failureOf(open().send(url, get("/"), { ...patient, connectMs: 50 }));
      expect(failure).toMatchObject({ kind: "connect-timeout", wasSent: false });
    });
  });
});

function get(target: string, more: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return {
    method: "GET",
    target,
    rawHeaders: [],
    body: null,
    contentLength: null,
    signal: new AbortController().signal,
    ...more,
  };
}

type Sent = ReturnType<UpstreamConnections["send"]>;

async function answerOf(sent: Sent): Promise<UpstreamResponse> {
  const result = await sent;
  if (!result.ok) throw new Error(`${result.error.kind}: ${result.error.detail}`);
  return result.value;
}

async function failureOf(sent: Sent): Promise<UpstreamFailure> {
  const result = await sent;
  if (result.ok) throw new Error(`an answer with status ${result.value.status}`);
  return result.error;
}

async function text(answer: UpstreamResponse): Promise<string> {
  return Buffer.from((await answer.body?.readAll(1_000_000)) ?? []).toString("latin1");
}

/** A connection is put back a few turns after its answer was read. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function listening(server: ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An origin where nobody listens. */
async function freePort(): Promise<string> {
  const server = createTcpServer();
  const url = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return url;
}

/** Paused peers do not notice that they were left. */
function stopAll(modules: RawModule[]): void {
  for (const module of modules.splice(0)) void module.stop();
}
