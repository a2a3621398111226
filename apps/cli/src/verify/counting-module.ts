import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A module that answers everything and counts each POST by the id in its body. It reads what a gateway sends and no more: a head,
 * and a body of a stated length. */
export interface CountingModule {
  readonly url: string;
  readonly posts: ReadonlyMap<string, number>;
  close(): void;
}

export async function startCountingModule(): Promise<CountingModule> {
  const posts = new Map<string, number>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    let unread = "";
    socket.setEncoding("latin1").on("data", (text: string) => {
      unread += text;
      for (let body = nextBody(unread); body !== null; body = nextBody(unread)) {
        unread = unread.slice(body.end);
        if (body.text !== "") posts.set(body.text, (posts.get(body.text) ?? 0) + 1);
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok");
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server that listens
  return {
    url: `http://127.0.0.1:${port}`,
    posts,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** @returns the first request's body and where it ends; null where it is not all there */
function nextBody(unread: string): { readonly text: string; readonly end: number } | null {
  const head = unread.indexOf("\r\n\r\n");
  if (head === -1) return null;
  const length = Number(/^content-length: *(\d+)/im.exec(unread.slice(0, head))?.[1] ?? "0");
  const end = head + 4 + length;
  return unread.length < end ? null : { text: unread.slice(head + 4, end), end };
}
