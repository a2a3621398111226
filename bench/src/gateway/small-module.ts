import { createServer } from "node:net";

/** A module that answers 600 bytes to whatever asks, without reading more than where a head ends; after 20 ms where the path is
 * /slow. As little work as can be, in a process of its own; it prints its port. */
const body = "x".repeat(600);
const answer = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => undefined);
  socket.on("data", (bytes: Buffer) => {
    if (bytes.indexOf("/slow") === -1) socket.write(answer);
    else setTimeout(() => socket.write(answer), 20);
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(address !== null && typeof address === "object" ? address.port : 0);
});
