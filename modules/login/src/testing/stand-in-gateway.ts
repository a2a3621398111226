import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** The other modules behind a gateway, as far as sign-in calls them: users, configuration entries and the token authority. */
export interface StandInGateway {
  readonly url: string;
  readonly users: Map<string, StandInUser>;
  /** What `GET /configurations/entries` gives. */
  readonly entries: object[];
  /** Every call, "POST /token/sign", with its body. */
  readonly calls: { readonly request: string; readonly body: unknown }[];
  /** What a route answers instead, "POST /token/refresh" → 401. */
  readonly refusals: Map<string, number>;
  close(): Promise<void>;
}

export interface StandInUser {
  readonly id: string;
  readonly username: string;
  readonly active?: boolean;
}

export async function standInGateway(): Promise<StandInGateway> {
  const users = new Map<string, StandInUser>();
  const entries: object[] = [];
  const calls: { request: string; body: unknown }[] = [];
  const refusals = new Map<string, number>();
  const answer = async (message: IncomingMessage): Promise<readonly [number, unknown]> => {
    const url = new URL(message.url ?? "", "http://gateway");
    const request = `${message.method} ${url.pathname}`;
    const text = (await message.toArray()).join("");
    const body: unknown = text === "" ? null : JSON.parse(text);
    calls.push({ request, body });
    const refused = refusals.get(request);
    if (refused !== undefined) return [refused, "refused"];
    if (request === "GET /configurations/entries") return [200, { configs: entries }];
    if (request === "GET /users") {
      const [, field, value] = /^(\w+)=="(.*)"$/u.exec(url.searchParams.get("query") ?? "") ?? [];
      const found = [...users.values()].filter((user) =>
        field === "id" ? user.id === value : user.username.toLowerCase() === value?.toLowerCase(),
      );
      return [200, { users: found, totalRecords: found.length }];
    }
    if (request.startsWith("PUT /users/")) {
      const user = body as StandInUser; // as: the module sends back what it was given
      users.set(user.id, user);
      return [204, null];
    }
    if (request === "POST /token") return [201, { token: "legacy.token" }];
    if (request === "POST /token/sign" || request === "POST /token/refresh") return [201, pair()];
    if (request.startsWith("POST /token/invalidate")) return [204, null];
    return [404, null];
  };
  const server = createServer((message, response) => {
    void respond(message, response);
  });
  const respond = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [status, body] = await answer(message);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(body === null ? "" : JSON.stringify(body));
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // as: it listens at a port
  return {
    url: `http://127.0.0.1:${port}`,
    users,
    entries,
    calls,
    refusals,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function pair() {
  const at = (seconds: number) =>
    new Date(performance.timeOrigin + performance.now() + seconds * 1000)
      .toISOString()
      .replace(/\.\d+Z$/u, "Z");
  return {
    accessToken: "access.token",
    refreshToken: "refresh.token",
    accessTokenExpiration: at(600),
    refreshTokenExpiration: at(604_800),
    tenantId: "north",
  };
}
