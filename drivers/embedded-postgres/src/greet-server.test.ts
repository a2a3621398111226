import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { greetServer } from "./greet-server.ts";

const account = { user: "octavo", password: "secret", database: "postgres" };

/** Authentication "ok" and "ready for query", without having asked for anything. */
const letsEverybodyIn = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);

describe("a server that is not ours is not taken for ours when it", () => {
  it.each([
    ["lets everybody in without a password", letsEverybodyIn, "refused"],
    ["speaks another protocol", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), "refused"],
    ["says that it is starting", errorAnswer("57P03", "the database system is starting up"), "not-now"],
    ["says that it is full", errorAnswer("53300", "sorry, too many clients already"), "not-now"],
    ["knows no such user", errorAnswer("28P01", "password authentication failed"), "refused"],
  ])("%s", async (_, answer, kind) => {
    const server = createServer((socket) => socket.end(answer)).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    // A listening TCP server has an address of this kind.
    const { port } = server.address() as AddressInfo;
    expect((await greetServer(port, account)).kind).toBe(kind);
  });

  it("is not there at all", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo; // as above
    server.close();
    await once(server, "close");
    expect((await greetServer(port, account)).kind).toBe("unreachable");
  });
});

function errorAnswer(code: string, message: string): Buffer {
  const body = Buffer.from(`SFATAL\0C${code}\0M${message}\0\0`);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from("E"), size, body]);
}
