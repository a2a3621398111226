import type { IncomingMessage, ServerResponse } from "node:http";
import { header, pathOf, readText, type RunningModule, sendText, startHttpModule } from "./http-module.ts";

/** What Okapi's okapi-test-auth-module does, as facts:
 * - POST /authn/login {tenant, username, password, permissions}: the password of U is "U-password"; answers 200 with an
 *   unsigned token in X-Okapi-Token.
 * - GET /authn/listTenants: tenants that were initialised with the magic permission.
 * - everything else is a filter: in phase auth it checks the token (400, 401, 403, or 202 with user, permissions and module
 *   tokens); in other phases X-filter-pre and X-filter-post say what to answer, and X-request-pre-error or
 *   X-request-post-error ask for 500 when the request's own headers are seen.
 * One difference: module tokens name the true tenant, and the module under "module"; Okapi's name the module as the tenant,
 * which a gateway that compares token and header refuses. */
export function startAuthModule(): Promise<RunningModule> {
  const tenants: string[] = [];
  return startHttpModule(async (request, response) => {
    const path = pathOf(request);
    if (path === "/authn/login") {
      if (request.method === "POST") return login(response, await readText(request));
      return echo(request, response, 202, "text/plain");
    }
    if (path === "/authn/listTenants") {
      response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(tenants));
      return;
    }
    const isMagic = header(request, "x-okapi-permissions") === "magic";
    if (path === "/_/tenant" && request.method === "POST" && isMagic) {
      tenants.push(header(request, "x-okapi-tenant") ?? "");
      request.resume();
      response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
      return;
    }
    return filter(request, response);
  });
}

/** The payload of the module's unsigned tokens. */
export interface TestTokenPayload {
  readonly sub: string;
  readonly tenant: string;
  readonly permissions?: readonly string[];
  readonly module?: string;
}

export function testToken(payload: TestTokenPayload): string {
  return `dummyJwt.${Buffer.from(JSON.stringify(payload)).toString("base64")}.sig`;
}

function login(response: ServerResponse, body: string): void {
  if (body === "") {
    sendText(response, 202, "Auth accept in /authn/login");
    return;
  }
  let login: { tenant: string; username: string; password: string; permissions?: string[] };
  try {
    login = JSON.parse(body) as typeof login; // LoginParameters of the module
  } catch (cause) {
    sendText(response, 400, `Error in decoding parameters: ${String(cause)}`);
    return;
  }
  const { tenant, username, password, permissions } = login;
  if (password !== `${username}-password`) {
    sendText(response, 401, "Wrong username or password");
    return;
  }
  const token = testToken({ sub: username, tenant, ...(permissions === undefined ? {} : { permissions }) });
  response.writeHead(200, { "Content-Type": "application/json", "X-Okapi-Token": token }).end(body);
}

async function filter(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const filterHeader = header(request, "x-okapi-filter");
  if (filterHeader === null || filterHeader.startsWith("auth")) return check(request, response);
  const phase = filterHeader.split(" ", 1)[0] ?? "";
  response.setHeader("X-Auth-Filter-Phase", filterHeader);
  let status = Number(header(request, `x-filter-${phase}`) ?? "200");
  if (header(request, `x-filter-${phase}-error`) !== null) status = 500;
  const seesRequest = ["ip", "timestamp", "method"].every(
    (each) => header(request, `x-okapi-request-${each}`) !== null,
  );
  if (header(request, `x-request-${phase}-error`) !== null && seesRequest) status = 500;
  return echo(request, response, status, header(request, "content-type"));
}

async function check(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const required = header(request, "x-okapi-permissions-required");
  const tenant = header(request, "x-okapi-tenant") ?? "supertenant";
  const given = header(request, "x-okapi-token");
  const refuse = (status: number, text: string) => {
    request.resume();
    sendText(response, status, text);
  };
  let payload: TestTokenPayload = { sub: "?", tenant };
  if (given === null && required !== null && required !== "") {
    return refuse(401, `Permissions required: ${required}`);
  }
  if (given !== null) {
    const [first, second, ...more] = given.split(".");
    if (second === undefined || more.length !== 1) return refuse(400, "Auth.check: Bad JWT");
    if (first !== "dummyJwt") return refuse(400, "Auth.check needs a dummyJwt");
    try {
      payload = JSON.parse(Buffer.from(second, "base64").toString("utf8")) as TestTokenPayload;
    } catch {
      return refuse(400, `Bad Json payload ${second}`);
    }
    const additional = header(request, "x-okapi-additional-token");
    if (additional !== null && additional !== "dummyJwt") {
      return refuse(400, `Bad additonal token: ${additional}`);
    }
  }
  if (pathOf(request) === "/_/tenant" && required !== null) {
    return refuse(403, "/_/tenant can not require permissions");
  }
  const desired = header(request, "x-okapi-permissions-desired");
  if (desired !== null) response.setHeader("X-Okapi-Permissions", desired);
  else if (pathOf(request) === "/_/tenant") response.setHeader("X-Okapi-Permissions", "magic");
  response.setHeader("X-Okapi-Module-Tokens", moduleTokens(request, tenant, given));
  if (required !== null) {
    response.setHeader("X-Auth-Permissions-Required", required);
    const { permissions } = payload;
    const missing =
      permissions === undefined ? null : required.split(",").find((each) => !permissions.includes(each));
    if (missing !== undefined && missing !== null) return refuse(403, `Call requires permission ${missing}`);
  }
  if (desired !== null) response.setHeader("X-Auth-Permissions-Desired", desired);
  response.setHeader("X-Okapi-Token", given ?? testToken({ sub: "-", tenant }));
  response.setHeader("X-Okapi-User-Id", payload.sub);
  return echo(request, response, 202, header(request, "content-type") ?? "text/plain");
}

function moduleTokens(request: IncomingMessage, tenant: string, given: string | null): string {
  const asked = header(request, "x-okapi-module-permissions");
  const byModule = JSON.parse(asked === null || asked === "" ? "{}" : asked) as Record<string, string[]>; // Okapi's form
  const tokens: Record<string, string | null> = { _: given };
  for (const [module, permissions] of Object.entries(byModule)) {
    tokens[module] = testToken({ sub: permissions.join(","), tenant, module });
  }
  return JSON.stringify(tokens);
}

async function echo(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  contentType: string | null,
): Promise<void> {
  if (contentType !== null) response.setHeader("Content-Type", contentType);
  response.writeHead(status);
  for await (const piece of request) {
    if (!response.write(piece)) await new Promise((resolve) => response.once("drain", resolve));
  }
  response.end();
}
