import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** Small real modules of a tenant: users with permissions, sign-in as mod-login does it, and one that tells what it got. */

export interface StandIn {
  readonly url: string;
  /** Method and target of every call that it got. */
  readonly calls: readonly string[];
  close(): Promise<void>;
}

interface StoredUser {
  active: boolean;
  expirationDate?: string;
  /** null: the permissions module does not know him. */
  permissions: string[] | null;
}

export interface UsersModule extends StandIn {
  readonly users: Map<string, StoredUser>;
  /** How it answers: as it should, with a 500, with something else than JSON, or not at all. */
  mode: "works" | "fails" | "garbage" | "hangs";
  /** Awaited before each answer, for what happens meanwhile. */
  before: () => Promise<unknown>;
}

/** `users` and `permissions` in one. Whatever else it is asked it answers as the module that tells what it got. */
export async function startUsersModule(): Promise<UsersModule> {
  const users = new Map<string, StoredUser>();
  const module = await start(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const [, id, ofPermissions] = /^\/(?:perms\/)?users\/([^/]+)(\/permissions)?$/.exec(pathname) ?? [];
    if (id === undefined) return tell(request, response);
    await state.before();
    if (state.mode === "hangs") return;
    if (state.mode === "fails") return answer(response, 500, "it failed");
    if (state.mode === "garbage") return answer(response, 200, "<html>");
    const user = users.get(decodeURIComponent(id));
    if (user === undefined || (ofPermissions !== undefined && user.permissions === null)) {
      return answer(response, 404, "not found");
    }
    const { permissions, ...record } = user;
    if (ofPermissions === undefined) return json(response, 200, { id, ...record });
    return json(response, 200, { permissionNames: permissions, totalRecords: permissions?.length });
  });
  const state: UsersModule = { ...module, users, mode: "works", before: async () => undefined };
  return state;
}

/** Signs in, refreshes and signs out by the gateway's token routes, with the token that it was called with. */
export function startLoginModule(): Promise<StandIn> {
  const pathOf: Readonly<Record<string, string>> = {
    "/authn/login": "/token/sign",
    "/authn/refresh": "/token/refresh",
    "/authn/logout": "/token/invalidate",
    "/authn/logout-all": "/token/invalidate-all",
  };
  return start(async (request, response) => {
    const path = pathOf[request.url ?? ""];
    if (path === undefined) return tell(request, response);
    const { "x-okapi-url": url, "x-okapi-token": token, "x-okapi-tenant": tenant } = request.headers;
    const answered = await fetch(`${String(url)}${path}`, {
      method: "POST",
      headers: { "X-Okapi-Token": String(token), "X-Okapi-Tenant": String(tenant) },
      body: await bodyOf(request),
    });
    return answer(response, answered.status, await answered.text());
  });
}

/** Answers with the headers that it got, names in lower case. */
export function startTellingModule(): Promise<StandIn> {
  return start(async (request, response) => tell(request, response));
}

async function tell(request: IncomingMessage, response: ServerResponse): Promise<void> {
  await bodyOf(request);
  json(response, 200, request.headers);
}

async function start(
  serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<StandIn> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url}`);
    serve(request, response).catch((error: unknown) => answer(response, 500, String(error)));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return { url: `http://127.0.0.1:${portOf(server)}`, calls, close: () => close(server) };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of request) text += String(piece);
  return text;
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.setHeader("Content-Type", "application/json");
  answer(response, status, JSON.stringify(value));
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.end(text);
}
