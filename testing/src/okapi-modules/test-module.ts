import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import {
  header,
  pathOf,
  queryOf,
  readText,
  type RunningModule,
  sendText,
  startHttpModule,
} from "./http-module.ts";

/** What Okapi's okapi-test-module does, as facts:
 * - /testb and below, /testr: GET answers "It works", POST greets and gives the body back, DELETE answers 204. Request
 *   headers ask for more: X-all-headers with H (echo "X-..." headers as headers) and B (echo all in the body), X-my-header
 *   (echoed in the body), X-stop-here (answered as X-Okapi-Stop), X-delay (milliseconds), X-handler-error (500),
 *   X-tenant-reqs and X-tenant-parameters (what the tenant interface saw); text/plain posted with Accept: text/xml comes
 *   back as XML.
 * - /recurse?depth=N calls itself through the gateway N times.
 * - POST /_/tenant, POST /_/tenant/disable, DELETE /_/tenant, POST /_/tenantpermissions. */
export function startTestModule(greeting = "Hello"): Promise<RunningModule> {
  const module = new OkapiTestModule(greeting);
  return startHttpModule((request, response) => module.handle(request, response));
}

class OkapiTestModule {
  readonly #greeting: string;
  #tenantRequests = "";
  #tenantParameters: unknown = null;

  constructor(greeting: string) {
    this.#greeting = greeting;
  }

  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void> {
    const path = pathOf(request);
    if (path === "/testb" || path.startsWith("/testb/") || path === "/testr")
      return this.#work(request, response);
    if (path === "/recurse") return recurse(request, response);
    if (path === "/_/tenant" || path === "/_/tenant/disable") return this.#tenant(request, response);
    if (path === "/_/tenantpermissions") return void request.resume().on("end", () => response.end());
    sendText(response, 404, "not found");
  }

  async #work(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "DELETE") {
      await readText(request);
      response.writeHead(204).end();
      return;
    }
    if (header(request, "x-handler-error") !== null) {
      request.resume();
      response.writeHead(500).end("It does not work");
      return;
    }
    const message = (header(request, "x-my-header") ?? "") + this.#report(request, response);
    const contentType = header(request, "content-type");
    const wantsXml = header(request, "accept")?.toLowerCase().includes("text/xml") === true;
    const isXml = wantsXml && contentType?.includes("text/plain") === true;
    response.setHeader("X-Handler-header", "OK");
    if (isXml) response.setHeader("Content-Type", "text/xml");
    else if (contentType !== null) response.setHeader("Content-Type", contentType);
    const stop = header(request, "x-stop-here");
    if (stop !== null) response.setHeader("X-Okapi-Stop", stop);
    const wait = header(request, "x-delay");
    if (wait !== null) await delay(Number(wait));
    if (request.method === "GET") {
      await readText(request);
      response.end(`It works${message}`);
      return;
    }
    response.write(`${isXml ? "<test>" : ""}${this.#greeting} ${message}`);
    for await (const piece of request) {
      if (!response.write(piece)) await new Promise((resolve) => response.once("drain", resolve));
    }
    response.end(isXml ? "</test>" : "");
  }

  /** Headers as asked for by X-all-headers; returns what the body reports. */
  #report(request: IncomingMessage, response: ServerResponse): string {
    let report = "";
    if (header(request, "x-tenant-reqs") !== null) report += ` Tenant requests: ${this.#tenantRequests}`;
    if (header(request, "x-tenant-parameters") !== null) {
      report += ` Tenant parameters: ${JSON.stringify(this.#tenantParameters)}`;
    }
    const asked = header(request, "x-all-headers");
    if (asked === null) return report;
    const query = queryOf(request);
    const seen = [...request.rawHeaders, ...(query === null ? [] : ["X-Url-Params", query])];
    for (let at = 0; at + 1 < seen.length; at += 2) {
      const name = seen[at] ?? "";
      const value = seen[at + 1] ?? "";
      if (asked.includes("H") && name.startsWith("X-")) response.setHeader(name, value);
      if (asked.includes("B")) report += ` ${name}:${value}\n`;
    }
    return report;
  }

  async #tenant(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const tenant = header(request, "x-okapi-tenant") ?? "";
    const body = await readText(request);
    if (request.method === "DELETE") {
      response.writeHead(204).end();
      return;
    }
    const hasToken = header(request, "x-okapi-token") !== null;
    this.#tenantRequests += `${request.method}-${tenant}${hasToken ? "-auth" : ""} `;
    const { parameters = null } = JSON.parse(body) as { parameters?: unknown }; // TenantAttributes of the interface
    this.#tenantParameters = parameters;
    sendText(response, 200, `${request.method} ${request.url} to okapi-test-module for tenant ${tenant}\n`);
  }
}

async function recurse(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const depth = Number(new URLSearchParams(queryOf(request) ?? "").get("depth") ?? "1");
  if (depth < 0) {
    sendText(response, 400, `Bad recursion, depth cannot be negative: ${depth}`);
  } else if (depth === 0) {
    sendText(response, 200, "Recursion done");
  } else {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(request.headers)) {
      if (name.startsWith("x-okapi-") && typeof value === "string") headers[name] = value;
    }
    const answer = await fetch(`${header(request, "x-okapi-url")}/recurse?depth=${depth - 1}`, { headers });
    const text = await answer.text();
    if (answer.ok) sendText(response, 200, `${depth} ${text}`);
    else sendText(response, 500, `Recurse ${depth} failed with ${text}`);
  }
}
