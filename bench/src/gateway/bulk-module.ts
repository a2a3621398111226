import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** A module of large bodies, as a process of its own: GET answers with 1 GB, POST reads all and tells how much it was. It
 * prints its port. */
export const BULK_BYTES = 1024 * 1024 * 1024;
const piece = Buffer.alloc(64 * 1024, "b");

if (import.meta.main) {
  const server = createServer((request, response) => {
    if (request.method === "POST") take(request, response);
    else give(response);
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    console.log(address !== null && typeof address === "object" ? address.port : 0);
  });
}

function give(response: ServerResponse): void {
  response.writeHead(200, {
    "Content-Type": "application/octet-stream",
    "Content-Length": String(BULK_BYTES),
  });
  let left = BULK_BYTES;
  const pour = (): void => {
    while (left > 0) {
      left -= piece.length;
      if (!response.write(piece)) return;
    }
    response.end();
  };
  response.on("drain", pour);
  pour();
}

function take(request: IncomingMessage, response: ServerResponse): void {
  let bytes = 0;
  request.on("data", (each: Buffer) => (bytes += each.length));
  request.on("end", () => response.end(String(bytes)));
}
