import { appendFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** A module that fails in every way, as a process of its own, so that it can be frozen and killed.
 * Arguments: port (0 takes a free one), a file to which it adds the id of each POST before it answers.
 * A line on stdin: by how many milliseconds all that it does is late from now on. */

const [port = "0", idsFile = ""] = process.argv.slice(2);
const PIECE = Buffer.alloc(64 * 1024, "0123456789abcdef");
/** Of streams: how many bytes have been handed to the connection. */
let sent = 0;
let taken = 0;
let lateMs = 0;
process.stdin.on("data", (line: Buffer) => (lateMs = Number(line.toString("utf8"))));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (lateMs > 0) await delay(lateMs);
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  switch (pathname) {
    case "/ok":
      request.resume();
      response.end(`ok ${searchParams.get("id") ?? ""}`);
      return;
    case "/counted": {
      const id = searchParams.get("id") ?? "";
      if (request.method === "POST") {
        request.resume();
        appendFileSync(idsFile, `${id}\n`);
        await delay(2); // in the middle of which it may be killed
      }
      response.end(id);
      return;
    }
    case "/silent": // takes everything and says nothing
      request.resume();
      return;
    case "/slow":
      request.resume();
      await delay(Number(searchParams.get("ms")));
      response.end("late");
      return;
    case "/half-taken": // takes the beginning of a body, then nothing more
      request.once("data", () => request.pause());
      return;
    case "/garbage":
      request.socket.end("this is no HTTP at all\r\n\r\n");
      return;
    case "/half-head":
      request.socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Cut");
      return;
    case "/half-answer": // stops in the middle, and keeps the connection
      response.writeHead(200, { "Content-Length": "1000" });
      response.write("the beginning");
      return;
    case "/cut-answer":
      response.writeHead(200, { "Content-Length": "1000" });
      response.write("the beginning", () => request.socket.resetAndDestroy());
      return;
    case "/early": // answers, and takes the body afterwards
      response.end("early");
      request.resume();
      return;
    case "/early-refusal": // answers, and takes nothing
      response.writeHead(413, { Connection: "close" }).end("too large");
      return;
    case "/stream":
      await stream(response, Number(searchParams.get("bytes")), searchParams.has("length"));
      return;
    case "/sink":
      taken = 0;
      for await (const piece of request) taken += (piece as Buffer).length; // no encoding is set
      response.end(String(taken));
      return;
    case "/progress":
      response.end(JSON.stringify({ sent, taken }));
      return;
    default:
      response.writeHead(404).end();
  }
}

async function stream(response: ServerResponse, bytes: number, hasLength: boolean): Promise<void> {
  response.writeHead(200, hasLength ? { "Content-Length": String(bytes) } : {});
  sent = 0;
  while (sent < bytes && !response.destroyed) {
    const piece = bytes - sent < PIECE.length ? PIECE.subarray(0, bytes - sent) : PIECE;
    sent += piece.length;
    if (response.write(piece)) continue;
    await takesMore(response);
  }
  response.end();
}

/** Resolves when it takes more, or has gone. */
function takesMore(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      response.off("drain", settle).off("close", settle);
      resolve();
    };
    response.on("drain", settle).on("close", settle);
  });
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
});
server.requestTimeout = 0;
server.listen(Number(port), "127.0.0.1", () => {
  const { port: taken } = server.address() as AddressInfo; // it listens on host and port
  process.stdout.write(`${taken}\n`);
});
