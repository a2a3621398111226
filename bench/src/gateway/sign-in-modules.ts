import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** The modules that a tenant's sign-in needs, as small as can be: users and permissions that know everybody, and a login
 * that signs as mod-login does. They are called when something is not known yet, never in the measured path. */
export interface SignInModules {
  readonly url: string;
  /** Calls that asked for a user or his permissions. */
  readonly lookups: () => number;
  close(): Promise<void>;
}

const USER_PERMISSIONS = ["bench.get", ...Array.from({ length: 100 }, (_, at) => `bench.other-${at}.get`)];

export const signInDescriptors = [
  {
    id: "mod-users-1.0.0",
    provides: [
      { id: "users", version: "16.0", handlers: [route("GET", "/users/{id}")] },
      { id: "permissions", version: "5.6", handlers: [route("GET", "/perms/users/{id}/permissions")] },
    ],
    metadata: { octavo: { pushesIdentity: true } },
  },
  {
    id: "mod-login-1.0.0",
    provides: [
      {
        id: "login",
        version: "7.0",
        handlers: ["/authn/login", "/authn/refresh"].map((path) =>
          Object.assign(route("POST", path), {
            modulePermissions: ["auth.token.sign.post", "auth.token.refresh.post"],
          }),
        ),
      },
    ],
  },
] as const;

function route(method: string, pathPattern: string) {
  return { methods: [method], pathPattern, permissionsRequired: [] };
}

const pathOf: Readonly<Record<string, string>> = {
  "/authn/login": "/token/sign",
  "/authn/refresh": "/token/refresh",
};

export async function startSignInModules(): Promise<SignInModules> {
  let lookups = 0;
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => answer(response, 500, String(error)));
  });
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = "/" } = request;
    const [, id, ofPermissions] = /^\/(?:perms\/)?users\/([^/?]+)(\/permissions)?/.exec(url) ?? [];
    if (id !== undefined) {
      lookups += 1;
      const user = { id, username: id, active: true };
      const found = ofPermissions === undefined ? user : { permissionNames: USER_PERMISSIONS };
      answer(response, 200, JSON.stringify(found));
      return;
    }
    if (pathOf[url] === undefined) {
      answer(response, 200, "{}");
      return;
    }
    const { "x-okapi-url": gateway, "x-okapi-token": token, "x-okapi-tenant": tenant } = request.headers;
    const signed = await fetch(`${String(gateway)}${pathOf[url]}`, {
      method: "POST",
      headers: { "X-Okapi-Token": String(token), "X-Okapi-Tenant": String(tenant) },
      body: await textOf(request),
    });
    answer(response, signed.status, await signed.text());
  }
  return {
    url: await listening(server),
    lookups: () => lookups,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of request) text += String(piece);
  return text;
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(text);
}
