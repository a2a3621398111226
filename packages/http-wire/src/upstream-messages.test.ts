import { afterEach, describe, expect, it } from "vitest";
import { BodyFailure } from "./body-source.ts";
import { bodyOf, untouchedBody } from "./testing/request-bodies.ts";
import {
  answerOf,
  deadOrigin,
  failureOf,
  get,
  hasAnswer,
  patient,
  post,
  settled,
  text,
  UpstreamBench,
} from "./testing/upstream-bench.ts";

describe("messages to and from modules", () => {
  const bench = new UpstreamBench();
  /** Every test ends with all connections closed: none leaks. */
  afterEach(() => bench.end());

  describe("a request", () => {
    it("has its headers in their order and case, one Host, and no hop-by-hop header", async () => {
      const module = await bench.answering(hasAnswer);
      const answer = await answerOf(
        bench.open().send(
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
      const module = await bench.answering(hasAnswer);
      const request = post({ body, contentLength });
      await text(await answerOf(bench.open().send(module.url, request, patient)));
      expect(module.requests[0]?.body).toBe(sent);
      const lines = module.requests[0]?.head.split("\r\n") ?? [];
      expect(lines.filter((line) => /^(content-length|transfer-encoding):/i.test(line))).toEqual([framing]);
    });

    it("does not touch its stream before a connection stands", async () => {
      const body = untouchedBody();
      const refused = await deadOrigin();
      const failure = await failureOf(bench.open().send(refused, post({ body }), patient));
      expect(failure).toMatchObject({ kind: "connect-refused", wasSent: false, wasReused: false });
      expect(body.isTouched).toBe(false);
    });

    it("asks before it sends its body where it shall, and sends it when the module says so", async () => {
      const module = await bench.start({
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
      expect(await text(await answerOf(bench.open().send(module.url, request, patient)))).toBe("ok");
      expect(module.requests[0]?.body).toBe("hello");
    });

    it("keeps its body where the module refuses instead of asking for it", async () => {
      const module = await bench.start({
        onHead: (socket) => socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"),
      });
      const body = untouchedBody();
      const request = post({ body, expectsContinue: true });
      const answer = await answerOf(bench.open().send(module.url, request, patient));
      expect(answer.status).toBe(401);
      await text(answer);
      await answer.ended;
      expect(body.isTouched).toBe(false);
    });

    it("sends its head before the first byte of its body has come", async () => {
      let sendBody = (): void => undefined;
      const body = bodyOf(new Promise<void>((resolve) => (sendBody = resolve)), "hello");
      const module = await bench.start({
        onHead: () => sendBody(),
        onRequest: (socket) => socket.write(hasAnswer),
      });
      expect(await text(await answerOf(bench.open().send(module.url, post({ body }), patient)))).toBe("ok");
    });

    it("ends with its client: the module sees its connection close", async () => {
      const module = await bench.start({});
      const client = new AbortController();
      const sent = bench.open().send(module.url, get("/", { signal: client.signal }), patient);
      await module.until(() => module.requests.length === 1);
      client.abort();
      expect(await failureOf(sent)).toMatchObject({ kind: "aborted", wasSent: true });
      await module.until(() => module.open === 0);
    });

    it("whose own body breaks off rejects with that, and its connection closes", async () => {
      const module = await bench.start({});
      const body = bodyOf("hel", new BodyFailure("client-gone"));
      const sent = bench.open().send(module.url, post({ body, contentLength: 5 }), patient);
      await expect(sent).rejects.toBeInstanceOf(BodyFailure);
      await module.until(() => module.connections === 1 && module.open === 0);
      expect(module.requests).toEqual([]);
    });

    it.each([
      ["fewer", () => bodyOf("hell"), []],
      ["more", () => bodyOf("hello", settled(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n", settled()), ["hello"]],
    ])("with %s bytes than announced never makes another request", async (_name, makeBody, seen) => {
      const module = await bench.start({});
      const sent = bench.open().send(module.url, post({ body: makeBody(), contentLength: 5 }), patient);
      await expect(sent).rejects.toThrow("invariant broken");
      await module.until(() => module.connections === 1 && module.open === 0);
      expect(module.requests.map(({ body }) => body)).toEqual(seen);
    });
  });

  describe("an answer", () => {
    it("has its headers as they came, without what concerns the connection", async () => {
      const module = await bench.answering(
        "HTTP/1.1 201 Created\r\nx-b: 1\r\nX-A: 2\r\nx-b: 3\r\nConnection: X-Okapi-Tenant, X-A\r\n" +
          "X-Okapi-Tenant: diku\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\nUpgrade: h2c\r\n" +
          "Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 9\r\n\r\n",
      );
      const answer = await answerOf(bench.open().send(module.url, get("/"), patient));
      expect(answer).toMatchObject({
        status: 201,
        contentLength: null,
        rawHeaders: ["x-b", "1", "X-A", "2", "x-b", "3", "X-Okapi-Tenant", "diku"],
      });
      expect(await text(answer)).toBe("ok");
      expect(await answer.ended).toBe("complete");
    });

    it("is none behind a flood of 1xx", async () => {
      const module = await bench.answering("HTTP/1.1 102 Processing\r\n\r\n".repeat(1000) + hasAnswer);
      const failure = await failureOf(bench.open().send(module.url, get("/"), patient));
      expect(failure).toMatchObject({ kind: "bad-answer", detail: "a flood of interim answers" });
      await module.until(() => module.open === 0);
    });

    it("comes after a few 1xx, which are dropped", async () => {
      const module = await bench.answering(
        `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n${hasAnswer}`,
      );
      const answer = await answerOf(bench.open().send(module.url, get("/"), patient));
      expect(answer).toMatchObject({ status: 200, rawHeaders: [], contentLength: 2 });
      expect(await text(answer)).toBe("ok");
    });

    it.each([
      ["HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", 500],
      ["GET", "HTTP/1.1 204 No Content\r\n\r\n", null],
      ["GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n", 500],
    ])("to %s without a body has none: %j", async (method, bytes, contentLength) => {
      const module = await bench.answering(bytes);
      const connections = bench.open();
      for (let round = 0; round < 2; round += 1) {
        const answer = await answerOf(connections.send(module.url, { ...get("/"), method }, patient));
        expect(answer).toMatchObject({ body: null, contentLength });
        expect(await answer.ended).toBe("complete");
      }
      expect(module.connections).toBe(1);
    });

    it("that is a redirect is an answer like others", async () => {
      const module = await bench.answering(
        "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
      );
      const answer = await answerOf(bench.open().send(module.url, get("/"), patient));
      expect(answer).toMatchObject({ status: 302, rawHeaders: ["Location", "http://169.254.169.254/"] });
      await text(answer);
      expect(module.requests).toHaveLength(1);
    });

    it("may end with its connection", async () => {
      const module = await bench.start({ onRequest: (socket) => socket.end("HTTP/1.0 200 OK\r\n\r\nold") });
      const answer = await answerOf(bench.open().send(module.url, get("/"), patient));
      expect(await text(answer)).toBe("old");
      expect(await answer.ended).toBe("complete");
    });

    it("with a head of 60 KiB is taken, with 70 KiB refused", async () => {
      const headOf = (kib: number) =>
        `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${`X-A: ${"a".repeat(1018)}\r\n`.repeat(kib)}\r\n`;
      const wide = await bench.answering(headOf(60));
      const answer = await answerOf(bench.open().send(wide.url, get("/"), patient));
      expect(answer.rawHeaders).toHaveLength(120);
      await text(answer);
      const wider = await bench.answering(headOf(70));
      expect(await failureOf(bench.open().send(wider.url, get("/"), patient))).toMatchObject({
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
      const module = await bench.start({ onRequest: (socket) => socket.end(bytes, "latin1") });
      const failure = await failureOf(bench.open().send(module.url, get("/"), patient));
      expect(failure).toMatchObject({ kind: "bad-answer", wasSent: true, wasReused: false });
      await module.until(() => module.open === 0);
    });

    it("is refused where it switches protocols, and its connection closes", async () => {
      const module = await bench.answering(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket${end}`,
      );
      const connections = bench.open();
      const failure = await failureOf(connections.send(module.url, get("/"), patient));
      expect(failure).toMatchObject({ kind: "bad-answer" });
      await module.until(() => module.open === 0);
    });

    it("is refused also when it is only slow: a head byte by byte has the time of a first byte", async () => {
      const module = await bench.start({
        onRequest: (socket) => {
          const drip = setInterval(() => socket.write("X-A: 1\r\n"), 5);
          socket.write("HTTP/1.1 200 OK\r\n");
          socket.on("close", () => clearInterval(drip));
        },
      });
      const failure = await failureOf(
        bench.open().send(module.url, get("/"), { ...patient, firstByteMs: 60 }),
      );
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
      const module = await bench.start({ onRequest: (socket) => socket.end(bytes) });
      const answer = await answerOf(bench.open().send(module.url, get("/"), patient));
      await expect(answer.body?.readAll(1000)).rejects.toMatchObject({ name: "AnswerFailure", kind });
      expect(await answer.ended).toBe("failed");
    });
  });
});
