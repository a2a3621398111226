import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readBody, ReadingLists } from "./reading-lists.ts";

/** A module as the gateway sees one: an HTTP server. Which tenant calls is in X-Okapi-Tenant; that the caller may, the
 * gateway has seen to by the permissions of descriptor.json. */
export function createModule(): Server {
  const lists = new ReadingLists();
  return createServer((request, response) => {
    answer(lists, request, response).catch((cause: unknown) => {
      process.stderr.write(`reading-list: ${cause instanceof Error ? cause.message : String(cause)}\n`);
      response.destroy();
    });
  });
}

async function answer(
  lists: ReadingLists,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const tenant = request.headers["x-okapi-tenant"];
  if (typeof tenant !== "string") return sendText(response, 400, "X-Okapi-Tenant is missing");
  const { pathname } = new URL(request.url ?? "/", "http://module");
  if (pathname === "/_/tenant") return answerTenant(lists, tenant, request, response);
  const [collection, id = null, ...more] = pathname.slice(1).split("/");
  if (collection !== "reading-lists" || more.length > 0) return sendText(response, 404, "Not found");
  if (id === null) return answerAll(lists, tenant, request, response);
  return answerOne(lists, tenant, id, request, response);
}

/** The interface _tenant 2.0: the module comes to a tenant, goes to another version, or leaves him. Only the gateway can call
 * this. A module that keeps tables makes or changes them here. */
async function answerTenant(
  lists: ReadingLists,
  tenant: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const told = await textOf(request);
  const { purge = false }: { readonly purge?: boolean } = JSON.parse(told ?? "{}") as object; // as: what the interface says
  if (purge) lists.forget(tenant);
  response.writeHead(204).end();
}

async function answerAll(
  lists: ReadingLists,
  tenant: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === "GET") {
    const readingLists = lists.all(tenant);
    return sendJson(response, 200, { readingLists, totalRecords: readingLists.length });
  }
  const body = await bodyOf(request);
  if (typeof body === "string") return sendText(response, 422, body);
  const list = { id: randomUUID(), ...body };
  lists.put(tenant, list);
  response.setHeader("Location", `/reading-lists/${list.id}`);
  sendJson(response, 201, list);
}

async function answerOne(
  lists: ReadingLists,
  tenant: string,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const list = lists.find(tenant, id);
  if (list === null) return sendText(response, 404, `There is no reading list ${id}`);
  switch (request.method) {
    case "GET":
      return sendJson(response, 200, list);
    case "PUT": {
      const body = await bodyOf(request);
      if (typeof body === "string") return sendText(response, 422, body);
      lists.put(tenant, { id, ...body });
      break;
    }
    default: // DELETE: the gateway sends nothing else that descriptor.json does not name
      lists.remove(tenant, id);
  }
  response.writeHead(204).end();
}

const BODY_BYTES = 1024 * 1024;

async function bodyOf(request: IncomingMessage): Promise<ReturnType<typeof readBody>> {
  const text = await textOf(request);
  return text === null ? `The body is larger than ${BODY_BYTES} bytes` : readBody(text);
}

/** @returns null where it is too much */
async function textOf(request: IncomingMessage): Promise<string | null> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  // as: a request without an encoding gives Buffers
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    // What is too much is read all the same: its sender waits with the answer until he has sent it.
    if (bytes <= BODY_BYTES) pieces.push(piece);
  }
  return bytes > BODY_BYTES ? null : Buffer.concat(pieces).toString("utf8");
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain" }).end(text);
}
