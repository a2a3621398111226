import { randomUUID } from "node:crypto";
import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { createTokenIssuer, type TokenIssuer } from "./issue-tokens.ts";
import { moduleFor, type Routed } from "./module-routes.ts";
import { type Pick, roundRobin } from "./pick.ts";

/** A process that a request can be brought to: where each of its modules listens. */
export interface Target {
  readonly number: number;
  readonly modules: readonly { readonly url: string; readonly descriptor: Routed }[];
}

/** Named in each answer: who served it. */
export const SERVED_BY = "x-octavo-test-instance";

/** What stands before the instances: it chooses one for each request, whoever has served the one before. Callers are believed: a tenant in
 * X-Okapi-Tenant and, if they like, a user in X-Okapi-User-Id; the module gets a signed token, as from the real one. An instance that cannot be reached
 * is passed over; one that ends in the middle of an answer is a 502, and is not asked again. */
export class FakeGateway {
  pick: Pick = roundRobin();
  /** Who is asked. */
  targets: readonly Target[] = [];
  /** Told when a request was brought to an instance. */
  onForward: ((target: Target) => void) | null = null;
  readonly tokens: TokenIssuer = createTokenIssuer();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<FakeGateway> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new FakeGateway(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // a TCP server that listens
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? "";
    if (target === "/_/octavo/keys") return end(response, 200, JSON.stringify(this.tokens.keySet));
    const body: Buffer[] = [];
    for await (const piece of request) body.push(piece as Buffer); // no encoding is set
    const left = [...this.targets];
    while (left.length > 0) {
      const [chosen] = left.splice(this.pick(left.length), 1);
      if (chosen === undefined) break;
      const at = moduleFor(
        chosen.modules.map(({ descriptor }) => descriptor),
        request.method ?? "",
        target.split("?", 1)[0] ?? "",
      );
      const module = chosen.modules[at];
      // In the words of a gateway: modules know by them that nobody is there to be asked.
      if (module === undefined) return end(response, 404, "No suitable module found for path and tenant");
      const headers = this.#headers(request.headers);
      this.onForward?.(chosen);
      const outcome = await forward(
        new URL(target, module.url),
        { request, headers, body: Buffer.concat(body) },
        response,
        chosen,
      );
      if (outcome === "done") return;
    }
    end(response, 503, "no instance can be reached");
  }

  #headers(given: IncomingHttpHeaders): Record<string, string> {
    const tenantId = String(given["x-okapi-tenant"] ?? "");
    const userId = given["x-okapi-user-id"];
    const token =
      given["x-okapi-token"] ?? this.tokens.tokenFor(tenantId, userId === undefined ? null : String(userId));
    const kept = Object.entries(given).filter(([name]) => !HOP.has(name));
    return {
      ...Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
      "x-okapi-token": String(token),
      "x-okapi-url": this.url,
      "x-okapi-request-id": String(given["x-okapi-request-id"] ?? randomUUID()),
    };
  }
}

/** Of one connection only; the length is that of what we send. */
const HOP = new Set(["host", "connection", "keep-alive", "transfer-encoding", "content-length", "expect"]);

interface Forwarded {
  readonly request: IncomingMessage;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** Each on a connection of its own: none is left that a killed instance has closed. */
function forward(
  url: URL,
  { request, headers, body }: Forwarded,
  response: ServerResponse,
  { number }: Target,
): Promise<"done" | "unreachable"> {
  return new Promise((resolve) => {
    const length = body.length > 0 ? { "content-length": String(body.length) } : {};
    const sent = httpRequest(url, {
      method: request.method,
      headers: { ...headers, ...length },
      agent: false,
    });
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error.code === "ECONNREFUSED") return resolve("unreachable");
      if (response.headersSent) response.destroy();
      else end(response, 502, `the instance ended: ${error.message}`, { [SERVED_BY]: String(number) });
      resolve("done");
    };
    sent.on("error", failed);
    sent.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, [SERVED_BY]: String(number) });
      answer.on("error", failed);
      answer.on("end", () => resolve("done"));
      answer.pipe(response);
    });
    response.on("close", () => {
      if (!response.writableFinished) sent.destroy();
    });
    sent.end(body);
  });
}

function end(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "text/plain", ...headers }).end(text);
}
