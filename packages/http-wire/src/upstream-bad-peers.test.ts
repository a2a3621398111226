import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { heldBytes } from "./testing/held-bytes.ts";
import type { RawModuleOptions } from "./testing/raw-module.ts";
import { startRefusingModule } from "./testing/refusing-module.ts";
import { bodyOf, endlessBody } from "./testing/request-bodies.ts";
import {
  answerOf,
  deadOrigin,
  failureOf,
  get,
  hasAnswer,
  listening,
  patient,
  post,
  settled,
  text,
  UpstreamBench,
} from "./testing/upstream-bench.ts";
import { AnswerFailure } from "./upstream.ts";

describe("modules at their worst", () => {
  const bench = new UpstreamBench();
  /** Every test ends with all connections closed: none leaks. */
  afterEach(() => bench.end());

  describe("a module that", () => {
    it("is not there is refused: nothing was sent", async () => {
      const failure = await failureOf(bench.open().send(await deadOrigin(), get("/"), patient));
      expect(failure).toMatchObject({ kind: "connect-refused", wasSent: false, wasReused: false });
    });

    it("has a name that means nothing is not found: nothing was sent", async () => {
      const failure = await failureOf(bench.open().send("http://module.invalid:8081", get("/"), patient));
      expect(failure).toMatchObject({ kind: "no-such-host", wasSent: false });
      expect(await failureOf(bench.open().send("nonsense", get("/"), patient))).toMatchObject({
        kind: "no-such-host",
      });
    });

    it("accepts and never answers is given up: on a new connection and on a kept one", async () => {
      const module = await bench.start({
        onRequest: (socket, _request, count) => {
          if (count === 1) socket.write(hasAnswer);
        },
      });
      const connections = bench.open();
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
      const module = await bench.start({ onConnect: (socket) => socket.pause() });
      const body = endlessBody();
      const sent = bench.open().send(module.url, post({ body }), { ...patient, bodyIdleMs: 50 });
      expect(await failureOf(sent)).toMatchObject({ kind: "body-timeout", wasSent: true });
      await settled();
      expect(body.bytesRead).toBeLessThan(32 * 1024 * 1024);
      expect(body.isReturned).toBe(true);
    });

    it("stops within its answer is given up", async () => {
      const module = await bench.answering("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok");
      const answer = await answerOf(bench.open().send(module.url, get("/"), { ...patient, bodyIdleMs: 30 }));
      await expect(answer.body?.readAll(1000)).rejects.toMatchObject({ kind: "too-slow" });
      expect(await answer.ended).toBe("failed");
    });

    it("answers with an error before the body has come, and closes: the answer is given, every time", async () => {
      const module = await startRefusingModule();
      const connections = bench.open();
      const answers = new Set<string>();
      for (let round = 0; round < 200; round += 1) {
        const body = endlessBody();
        const answer = await answerOf(connections.send(module.url, post({ body }), patient));
        answers.add(`${answer.status} ${await text(answer)} ${await answer.ended}`);
        expect(body.isReturned).toBe(true);
      }
      expect(answers).toEqual(new Set(["413 too big complete"]));
      module.stop();
    });

    it("answers with an error that goes on is sent no more of the body", async () => {
      const module = await bench.start({
        onHead: (socket) => socket.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 7\r\n\r\ntoo"),
      });
      const body = endlessBody();
      const answer = await answerOf(bench.open().send(module.url, post({ body }), patient));
      await settled();
      expect(body.isReturned).toBe(true);
      answer.abandon();
    });

    it("answers whole and resets before the answer is read: it is there to be read", async () => {
      const module = await bench.start({
        onHead: (socket) => {
          socket.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 7\r\n\r\ntoo big");
          setImmediate(() => socket.resetAndDestroy());
        },
      });
      const connections = bench.open();
      const answer = await answerOf(connections.send(module.url, post({ body: endlessBody() }), patient));
      await module.until(() => module.open === 0);
      while (connections.open > 0) await settled();
      expect(await text(answer)).toBe("too big");
      expect(await answer.ended).toBe("complete");
    });

    it("answers whole before the body has come, and waits: the rest is not sent, the connection closes", async () => {
      const module = await bench.start({ onHead: (socket) => socket.write(hasAnswer) });
      const body = endlessBody();
      const answer = await answerOf(bench.open().send(module.url, post({ body }), patient));
      expect(await text(answer)).toBe("ok");
      expect(await answer.ended).toBe("complete");
      await module.until(() => module.open === 0);
    });

    it("streams its answer out of the body that still comes is left to it", async () => {
      const module = await bench.start({
        onHead: (socket) => socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"),
        onRequest: (socket, { body }) => socket.write(`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`),
      });
      let sendRest = (): void => undefined;
      const body = bodyOf("hel", new Promise<void>((resolve) => (sendRest = resolve)), "lo");
      const request = post({ body, contentLength: 5 });
      const answer = await answerOf(bench.open().send(module.url, request, patient));
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
      const module = await bench.start(pouring);
      const before = heldBytes();
      const answer = await answerOf(bench.open().send(module.url, get("/"), patient));
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
      const module = await bench.start(pouring);
      const before = heldBytes();
      const answer = await answerOf(bench.open().send(module.url, get("/"), { ...patient, bodyIdleMs: 200 }));
      expect(await answer.ended).toBe("abandoned");
      expect(written * piece.length).toBeLessThan(64 * 1024 * 1024); // what the system's buffers take
      expect(heldBytes() - before).toBeLessThan(16 * 1024 * 1024);
      await expect(answer.body?.readAll(10)).rejects.toBeInstanceOf(AnswerFailure);
      await module.until(() => module.open === 0);
    });

    it("ends where its reader leaves it", async () => {
      const module = await bench.start(pouring);
      const answer = await answerOf(bench.open().send(module.url, get("/"), patient));
      expect(await answer.body?.readAll(100_000)).toBe(null);
      expect(await answer.ended).toBe("abandoned");
      await module.until(() => module.open === 0);
    });
  });

  it("a request of 1 GB passes whole and takes no memory", async () => {
    const total = 1024 * 1024 * 1024;
    const before = heldBytes();
    let received = 0;
    let last = "";
    let looks = 0;
    let most = 0;
    const server = createServer((socket) => {
      socket.on("data", (bytes: Buffer) => {
        received += bytes.length;
        looks += 1;
        if (looks % 4000 === 0) most = Math.max(most, heldBytes() - before);
        last = (last + bytes.subarray(-5).toString("latin1")).slice(-5);
        if (last === "0\r\n\r\n") socket.end(hasAnswer);
      });
      socket.on("error", () => undefined);
    });
    const url = await listening(server);
    const body = endlessBody(total);
    const answer = await answerOf(bench.open().send(url, post({ body }), patient));
    expect(await text(answer)).toBe("ok");
    expect(looks).toBeGreaterThan(4000);
    expect(most).toBeLessThan(16 * 1024 * 1024);
    expect(received).toBeGreaterThan(total);
    await new Promise((resolve) => server.close(resolve));
  });
});
