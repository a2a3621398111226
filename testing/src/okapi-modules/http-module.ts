import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A module that runs in this process, on a port of its own. */
export interface RunningModule {
  readonly url: string;
  /** Closes its connections too, as a process that ends does. */
  close(): Promise<void>;
}

export type ModuleHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** A handler that throws answers 500 with what was thrown. */
export async function startHttpModule(handle: ModuleHandler): Promise<RunningModule> {
  const server = createServer((request, response) => {
    void answer(handle, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on host and port
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  handle: ModuleHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await handle(request, response);
  } catch (cause) {
    if (response.headersSent) response.destroy();
    else response.writeHead(500).end(String(cause));
  }
}

/** The header as one text; null where it is missing. `name` in lower case. */
export function header(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return value === undefined ? null : Array.isArray(value) ? value.join(", ") : value;
}

export async function readText(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer); // no encoding is set
  return Buffer.concat(pieces).toString("utf8");
}

export function pathOf(request: IncomingMessage): string {
  return (request.url ?? "").split("?", 1)[0] ?? "";
}

export function queryOf(request: IncomingMessage): string | null {
  const { url = "" } = request;
  const mark = url.indexOf("?");
  return mark === -1 ? null : url.slice(mark + 1);
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain" }).end(text);
}
