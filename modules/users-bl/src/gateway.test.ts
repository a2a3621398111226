import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configuration } from "@octavo/configuration";
import { login } from "@octavo/login";
import { descriptorOf, type ModuleHost, parseHostConfig, startModules } from "@octavo/module-kit";
import { passwordValidator } from "@octavo/password-validator";
import { permissionsModule } from "@octavo/permissions";
import { type FreshDatabase, freshDatabase } from "@octavo/testing/fresh-database";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { type SpawnedOctavo, spawnOctavo } from "@octavo/testing/spawn-octavo";
import { users } from "@octavo/users";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { usersBlModule } from "./users-bl.ts";
import { parseUsersBlConfig } from "./users-bl-config.ts";

// A real gateway with its own authority, and the modules that users-bl calls; notify and circulation are stood in for.

const operator = "an-operators-token-for-these-tests-only";
const folder = mkdtempSync(join(tmpdir(), "octavo-users-bl-"));
const usersBl = usersBlModule(parseUsersBlConfig({ OCTAVO_FORGOTTEN_ANSWER_MS: "0" }));
const ours = [users, permissionsModule, login, passwordValidator, configuration, usersBl];
let registry: FreshDatabase;
let made: ModuleDatabases;
let gateway: SpawnedOctavo;
let host: ModuleHost;

interface Notified {
  readonly eventConfigName: string;
  readonly context: { readonly link?: string; readonly user: { readonly username: string } };
}
const notified: Notified[] = [];
const takeMessage = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const text = (await request.toArray()).join("");
  if (text !== "") notified.push(JSON.parse(text) as Notified); // as: users-bl sends no other
  response.writeHead(request.method === "POST" ? 201 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify({ loans: [], totalRecords: 3 }));
};
const standIn = createServer((request, response) => {
  void takeMessage(request, response);
});
let standInUrl = "";
const provided = (id: string, version: string, handlers: readonly [string, string, string][]) => ({
  id: `mod-${id}-1.0.0`,
  provides: [
    {
      id,
      version,
      handlers: handlers.map(([method, pathPattern, permission]) => ({
        methods: [method],
        pathPattern,
        permissionsRequired: [permission],
      })),
    },
  ],
});
const notify = provided("notify", "2.2", [
  ["GET", "/notify", "notify.collection.get"],
  ["POST", "/notify", "notify.item.post"],
]);
const loans = provided("loan-storage", "7.1", [
  ["GET", "/loan-storage/loans", "circulation-storage.loans.collection.get"],
]);

beforeAll(async () => {
  [registry, made] = await Promise.all([freshDatabase(), moduleDatabases({ modules: [], tenants: [] })]);
  gateway = await spawnOctavo(["gateway"], {
    DATABASE_URL: registry.url,
    OCTAVO_OPERATOR_TOKEN: operator,
    OCTAVO_KEY: Buffer.alloc(32, 7).toString("base64"),
    OCTAVO_DATA_DIR: folder,
    OCTAVO_LOG_LEVEL: "warn",
  });
  await gateway.healthy(60_000);
  const env = {
    OCTAVO_URL: gateway.url,
    OCTAVO_GATEWAY_JWKS: `${gateway.url}/_/octavo/keys`,
    OCTAVO_DB_URL: made.url,
    OCTAVO_DB_ADMIN_URL: made.adminUrl,
  };
  const config = parseHostConfig(env, () => "");
  if (!config.ok) throw new Error(config.error.join("; "));
  host = await startModules(ours, config.value, { write: () => undefined });
  for (const { url } of host.modules) {
    await vi.waitUntil(async () => (await fetch(`${url}/admin/ready`)).ok, { timeout: 25_000 });
  }
  standIn.listen(0, "127.0.0.1");
  await once(standIn, "listening");
  standInUrl = `http://127.0.0.1:${(standIn.address() as AddressInfo).port}`; // as: it listens at a port
  const known = [...ours.map((module) => descriptorOf(module) as { readonly id: string }), notify, loans]; // as: a descriptor has an id
  await manage("POST /_/proxy/import/modules?check=false", known);
  for (const { id, url } of host.modules) await discover(id, url);
  await discover(notify.id, standInUrl);
  for (const tenant of ["north", "south"]) {
    await manage("POST /_/proxy/tenants", { id: tenant });
    const wanted = [...ours, notify].map(({ id }) => ({ id, action: "enable" }));
    await manage(`POST /_/proxy/tenants/${tenant}/install?tenantParameters=loadReference%3Dtrue`, wanted);
  }
}, 180_000);
afterAll(async () => {
  await host.drain();
  await gateway.kill9();
  standIn.closeAllConnections();
  standIn.close();
  await made.close();
  await registry.drop();
  rmSync(folder, { recursive: true });
});

async function discover(id: string, url: string): Promise<void> {
  await manage("POST /_/discovery/modules", { instId: `${id}-1`, srvcId: id, url });
}

interface Asked {
  readonly tenant?: string;
  readonly token?: string;
  readonly cookie?: string;
  readonly from?: string;
}

/** @param request "GET /users" */
async function ask(request: string, body?: unknown, { tenant = "north", token, cookie, from }: Asked = {}) {
  const [method = "", path = ""] = request.split(" ");
  const answer = await fetch(`${gateway.url}${path}`, {
    method,
    headers: {
      ...(!path.startsWith("/_/") && { "x-okapi-tenant": tenant }),
      ...(token !== undefined && { "x-okapi-token": token }),
      ...(cookie !== undefined && { cookie }),
      ...(from !== undefined && { "x-forwarded-for": from }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = (answer.headers.get("content-type") ?? "").includes("json");
  const parsed: unknown = isJson ? JSON.parse(text) : text;
  return { status: answer.status, body: parsed, headers: answer.headers };
}

/** As the operator, which may do everything. */
async function manage(request: string, body?: unknown): Promise<unknown> {
  const answer = await ask(request, body, { token: operator });
  if (answer.status >= 300) throw new Error(`${request}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const FIRST = "First-Passw0rd!";
const SECOND = "Second-Passw0rd!";

async function person(username: string): Promise<{ readonly id: string }> {
  const id = crypto.randomUUID();
  const personal = { lastName: username, email: `${username}@x.org` };
  await manage("POST /users", { id, username, active: true, personal });
  await manage("POST /perms/users", { userId: id, permissions: ["users-bl.transactions.get"] });
  await manage("POST /authn/credentials", { userId: id, password: FIRST });
  return { id };
}

const signIn = (username: string, password: string) =>
  ask("POST /bl-users/login-with-expiry?expandPermissions=true", { username, password });
const code = (value: string) => ({ errors: [expect.objectContaining({ code: value }) as object] });
const tokenOf = (link: string): string => new URL(link).pathname.split("/").at(-1) ?? "";
const linkFor = async (userId: string) =>
  tokenOf(((await manage("POST /bl-users/password-reset/link", { userId })) as { link: string }).link); // as: it answers so
const reset = (token: string, newPassword = SECOND) =>
  ask("POST /bl-users/password-reset/reset", { newPassword }, { token });

it("signs in with the user and its permissions, by cookies that the gateway takes", async () => {
  const { id } = await person("ann");
  const signed = await signIn("ann", FIRST);
  expect(signed).toMatchObject({
    status: 201,
    body: {
      user: { id, username: "ann" },
      permissions: { userId: id, permissions: [{ permissionName: "users-bl.transactions.get" }] },
      tenant: "north",
      tokenExpiration: { accessTokenExpiration: expect.any(String) as string },
    },
  });
  const cookie = signed.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
  expect(cookie).toMatch(/folioAccessToken=.*folioRefreshToken=/u);
  expect(await ask("GET /bl-users/_self", undefined, { cookie })).toMatchObject({
    status: 200,
    body: { user: { id } },
  });
  expect((await ask(`GET /bl-users/by-id/${id}`, undefined, { cookie })).status).toBe(403);
  expect((await ask("GET /bl-users/_self")).status).toBeGreaterThanOrEqual(400);
  const legacy = await ask("POST /bl-users/login", { username: "ann", password: FIRST });
  const token = legacy.headers.get("x-okapi-token") ?? "";
  expect((await ask("GET /bl-users/_self", undefined, { token })).status).toBe(200);
  expect(
    (await ask("GET /bl-users/_self", undefined, { token, tenant: "south" })).status,
  ).toBeGreaterThanOrEqual(400);
});

it("counts wrong passwords where login does: the fifth blocks", async () => {
  await person("guessed");
  const codes: unknown[] = [];
  for (let n = 0; n < 6; n++) {
    const { body } = await signIn("guessed", `guess ${n}`);
    codes.push((body as { errors: { code: string }[] }).errors[0]?.code); // as: login's refusals
  }
  expect(codes.slice(-2)).toEqual(["password.incorrect.block.user", "user.blocked"]);
  expect((await signIn("guessed", FIRST)).status).toBe(422);
});

describe("a link to a password", () => {
  it("makes one by the rules, once, for its user", async () => {
    const { id } = await person("linked");
    const token = await linkFor(id);
    expect((await ask("POST /bl-users/password-reset/validate", undefined, { token })).status).toBe(204);
    expect((await reset(token, "short")).status).toBe(422);
    expect((await reset(token)).status).toBe(204);
    expect(await reset(token, "Third-Passw0rd!")).toMatchObject({ status: 422, body: code("link.used") });
    expect((await signIn("linked", FIRST)).status).toBe(422);
    expect((await signIn("linked", SECOND)).status).toBe(201);
    expect(
      notified
        .filter(({ context }) => context.user.username === "linked")
        .map(({ eventConfigName }) => eventConfigName),
    ).toEqual(["RESET_PASSWORD_EVENT", "PASSWORD_CHANGED_EVENT"]);
  });

  it("opens nothing once its user has changed the password himself", async () => {
    const { id } = await person("changed");
    const token = await linkFor(id);
    const { headers } = await ask("POST /bl-users/login", { username: "changed", password: FIRST });
    const own = { userId: id, username: "changed", password: FIRST, newPassword: SECOND };
    const mine = { token: headers.get("x-okapi-token") ?? "" };
    expect((await ask("POST /bl-users/settings/myprofile/password", own, mine)).status).toBe(204);
    const validated = await ask("POST /bl-users/password-reset/validate", undefined, { token });
    expect(validated).toMatchObject({ status: 422, body: code("link.used") });
    expect(await reset(token, "Third-Passw0rd!")).toMatchObject({ status: 422, body: code("link.used") });
    expect((await signIn("changed", SECOND)).status).toBe(201);
  });

  it("is used once by 20 who come at once", async () => {
    const { id } = await person("raced");
    const token = await linkFor(id);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => reset(token, `Nr-${n}-Passw0rd!`)),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204, 422]));
  });

  it("opens nothing else, in no other tenant, and cannot be forged", async () => {
    const { id } = await person("stolen");
    const token = await linkFor(id);
    for (const request of [
      "GET /users",
      "GET /bl-users/_self",
      `GET /bl-users/by-id/${id}`,
      `DELETE /bl-users/by-id/${id}`,
      "POST /bl-users/password-reset/link",
    ]) {
      const body = request.startsWith("POST") ? { userId: id } : undefined;
      expect((await ask(request, body, { token })).status).toBeGreaterThanOrEqual(400);
    }
    const elsewhere = await ask(
      "POST /bl-users/password-reset/reset",
      { newPassword: SECOND },
      { token, tenant: "south" },
    );
    expect(elsewhere.status).toBeGreaterThanOrEqual(400);
    const [head, , signature] = token.split(".");
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as object; // as: a token's claims
    const forged = Buffer.from(
      JSON.stringify({ ...claims, sub: `UNDEFINED_USER__RESET_PASSWORD_${crypto.randomUUID()}` }),
    );
    expect((await reset(`${head}.${forged.toString("base64url")}.${signature}`)).status).toBe(401);
    expect(await reset(operator)).toMatchObject({ status: 422, body: code("link.invalid") });
    expect((await reset(token)).status).toBe(204);
  });

  it("expires", async () => {
    const { id } = await person("late");
    const set = {
      module: "USERSBL",
      configName: "resetPassword",
      code: "RESET_PASSWORD_LINK_EXPIRATION_TIME",
      value: "0",
      enabled: true,
    };
    const setting = (await manage("POST /configurations/entries", set)) as { id: string }; // as: what it made
    const token = await linkFor(id);
    await manage(`DELETE /configurations/entries/${setting.id}`);
    expect(await reset(token)).toMatchObject({ status: 422, body: code("link.expired") });
    expect((await signIn("late", FIRST)).status).toBe(201);
  });
});

it("sends a link to whoever forgot, and answers nobody in the same way", async () => {
  await person("forgetful");
  const asked = (id: string) => ask("POST /bl-users/forgotten/password", { id }, { from: "7.7.7.7" });
  const [known, unknown] = [await asked("forgetful@x.org"), await asked("nobody@x.org")];
  expect([known.status, unknown.status]).toEqual([204, 204]);
  expect([known.body, [...known.headers.keys()]]).toEqual([unknown.body, [...unknown.headers.keys()]]);
  const link = notified.findLast(({ context }) => context.user.username === "forgetful")?.context.link ?? "";
  expect((await reset(tokenOf(link))).status).toBe(204);
  expect((await signIn("forgetful", SECOND)).status).toBe(201);
  expect((await ask("POST /bl-users/forgotten/username", { id: "forgetful@x.org" })).status).toBe(204);
  expect(notified.at(-1)).toMatchObject({ eventConfigName: "USERNAME_LOCATED_EVENT" });
});

it("changes one's own password by the rules", async () => {
  const { id } = await person("changing");
  const signed = await ask("POST /bl-users/login", { username: "changing", password: FIRST });
  const token = signed.headers.get("x-okapi-token") ?? "";
  const change = (password: string, newPassword: string) =>
    ask(
      "POST /bl-users/settings/myprofile/password",
      { userId: id, username: "changing", password, newPassword },
      { token },
    );
  expect((await change(FIRST, "short")).status).toBe(400);
  expect((await change("wrong", SECOND)).status).toBe(401);
  expect((await change(FIRST, SECOND)).status).toBe(204);
  expect((await signIn("changing", SECOND)).status).toBe(201);
});

it("counts what is open by whoever is there, and deletes nobody while one of them does not run", async () => {
  const { id } = await person("borrower");
  const open = `GET /bl-users/by-id/${id}/open-transactions`;
  const may = { token: operator };
  expect((await ask(open, undefined, may)).body).toMatchObject({
    hasOpenTransactions: false,
    loans: 0,
    proxies: 0,
  });
  await manage("POST /_/proxy/tenants/north/modules", { id: loans.id });
  expect(await ask(open, undefined, may)).toMatchObject({
    status: 503,
    body: code("loan-storage-unavailable"),
  });
  expect((await ask(`DELETE /bl-users/by-id/${id}`, undefined, may)).status).toBe(503);
  await discover(loans.id, standInUrl);
  expect((await ask(open, undefined, may)).body).toMatchObject({ hasOpenTransactions: true, loans: 3 });
  expect((await ask(`DELETE /bl-users/by-id/${id}`, undefined, may)).status).toBe(409);
  await manage(`DELETE /_/proxy/tenants/north/modules/${loans.id}`);
  expect((await ask(`DELETE /bl-users/by-id/${id}`, undefined, may)).status).toBe(204);
  expect((await ask(open, undefined, may)).status).toBe(404);
});
