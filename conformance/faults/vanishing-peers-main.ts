import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";

/** Runs on the host that will vanish. Arguments: host and port of the gateway. Says the port of its module; then, told on stdin how many,
 * opens so many clients, a fifth of each kind, and says "open" when each of them is where it should be. */

const [gatewayHost = "", gatewayPort = ""] = process.argv.slice(2);
const large = Buffer.alloc(32 * 1024 * 1024, "x");
const PIECE = "the beginning";
/** Requests that are at the module and have no answer. */
let waiting = 0;

const server = createServer((request, response) => {
  if (request.url === "/ok" || request.url === "/admin/health") response.end("ok");
  else if (request.url === "/large") response.end(large);
  else if (request.url === "/half-answer") {
    waiting += 1;
    response.writeHead(200, { "Content-Length": "1000" }).write(PIECE);
  } else {
    waiting += 1; // "/silent": takes what comes, and says nothing
    request.resume();
  }
});
server.requestTimeout = 0;
server.listen(0, "0.0.0.0");
await once(server, "listening");
const { port } = server.address() as AddressInfo; // it listens on host and port
process.stdout.write(`${port}\n`);

const head = "Host: library.example\r\nX-Okapi-Tenant: half\r\n";
/** What each kind sends, and what comes to it before it stands still. */
const kinds = [
  { sends: `GET /ok HTTP/1.1\r\n${head}\r\n`, awaits: "\r\n\r\nok" },
  { sends: "GET /ok HTTP/1.1\r\nX-A: ", awaits: null },
  { sends: `POST /silent HTTP/1.1\r\n${head}Content-Length: 100000\r\n\r\nthe beginning`, awaits: null },
  { sends: `GET /silent HTTP/1.1\r\n${head}\r\n`, awaits: null },
  { sends: `GET /large HTTP/1.1\r\n${head}\r\n`, awaits: "xxxx" },
] as const;

process.stdin.on("data", (line: Buffer) => {
  const [command, count] = line.toString().trim().split(" ");
  if (command === "open") void openAll(Number(count));
  if (command === "waiting") process.stdout.write(`${waiting}\n`);
});

async function openAll(count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    const kind = kinds[number % kinds.length];
    if (kind !== undefined) await open(kind);
  }
  process.stdout.write("open\n");
}

async function open({ sends, awaits }: (typeof kinds)[number]): Promise<void> {
  const socket = connect({ host: gatewayHost, port: Number(gatewayPort) });
  socket.on("error", () => undefined); // what it hears after it has vanished is nobody's
  await once(socket, "connect");
  socket.write(sends);
  if (awaits === null) return;
  await new Promise<void>((resolve) => {
    const look = (bytes: Buffer): void => {
      if (!bytes.includes(awaits)) return;
      socket.off("data", look).pause();
      resolve();
    };
    socket.on("data", look);
  });
}
