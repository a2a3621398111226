import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { descriptorOf, type ModuleHost, parseHostConfig, startModules } from "@octavo/module-kit";
import { type FreshDatabase, freshDatabase } from "@octavo/testing/fresh-database";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { type SpawnedOctavo, spawnOctavo } from "@octavo/testing/spawn-octavo";
import { withoutDatabase } from "@octavo/testing/without-database";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { loginModule } from "./login.ts";
import { parseLoginConfig } from "./login-config.ts";

// A real gateway with its own authority; users and permissions are stood in for.

const operator = "an-operators-token-for-these-tests-only";
const folder = mkdtempSync(join(tmpdir(), "octavo-login-gateway-"));
const ann = { id: "4f1c0d3e-5b1a-4000-8000-0000000000aa", username: "ann", active: true };
const module = loginModule(
  parseLoginConfig({ OCTAVO_LOGIN_ARGON2_MEMORY_KIB: "64", OCTAVO_LOGIN_ARGON2_PASSES: "1" }),
);
let registry: FreshDatabase;
let made: ModuleDatabases;
let gateway: SpawnedOctavo;
let host: ModuleHost;

const users = createServer((request, response) => {
  const path = request.url ?? "";
  const body = path.startsWith("/users?")
    ? { users: [ann], totalRecords: 1 }
    : path.startsWith("/perms")
      ? { permissionNames: ["login.item.post", "login.attempts.item.get"], totalRecords: 2 }
      : ann;
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
});
const get = { methods: ["GET"] };
const usersDescriptor = {
  id: "mod-users-1.0.0",
  provides: [
    {
      id: "users",
      version: "16.0",
      handlers: [
        { ...get, pathPattern: "/users", permissionsRequired: ["users.collection.get"] },
        { ...get, pathPattern: "/users/{id}", permissionsRequired: ["users.item.get"] },
      ],
    },
    { id: "user-tenants", version: "1.0" },
    {
      id: "permissions",
      version: "5.6",
      handlers: [
        { ...get, pathPattern: "/perms/users/{id}/permissions", permissionsRequired: ["perms.users.get"] },
      ],
    },
  ],
};

beforeAll(async () => {
  registry = await freshDatabase();
  made = await moduleDatabases({ modules: [], tenants: [] });
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
  host = await startModules([module], config.value, { write: () => undefined });
  const url = host.modules[0]?.url ?? "";
  await vi.waitUntil(async () => (await fetch(`${url}/admin/ready`)).ok, { timeout: 25_000 });
  users.listen(0, "127.0.0.1");
  await once(users, "listening");
  const usersUrl = `http://127.0.0.1:${(users.address() as AddressInfo).port}`; // as: it listens at a port
  const placed = [
    ["mod-users-1.0.0", usersDescriptor, usersUrl],
    [module.id, descriptorOf(module), url],
  ] as const;
  for (const [id, descriptor, at] of placed) {
    await manage("/_/proxy/modules?check=false", descriptor);
    await manage("/_/discovery/modules", { instId: `${id}-1`, srvcId: id, url: at });
  }
  for (const tenant of ["north", "south"]) {
    await manage("/_/proxy/tenants", { id: tenant });
    await manage(
      `/_/proxy/tenants/${tenant}/install`,
      placed.map(([id]) => ({ id, action: "enable" })),
    );
    const credential = { userId: ann.id, password: `of ${tenant}` };
    await manage("/authn/credentials", credential, { "x-okapi-tenant": tenant });
  }
}, 120_000);
afterAll(async () => {
  await host.drain();
  await gateway.kill9();
  users.closeAllConnections();
  users.close();
  await made.close();
  await registry.drop();
  rmSync(folder, { recursive: true });
});

async function manage(
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const answer = await fetch(`${gateway.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-okapi-token": operator, ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
}

interface Asked {
  readonly tenant?: string;
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

async function post(path: string, { tenant = "north", cookie, headers = {}, body }: Asked) {
  const answer = await fetch(`${gateway.url}${path}`, {
    method: "POST",
    headers: {
      "x-okapi-tenant": tenant,
      ...(cookie !== undefined && { cookie }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const cookies = answer.headers.getSetCookie();
  const valueOf = (name: string): string =>
    cookies.map((each) => each.split(";")[0] ?? "").find((each) => each.startsWith(`${name}=`)) ?? "";
  const [access, refresh] = [valueOf("folioAccessToken"), valueOf("folioRefreshToken")];
  await answer.text();
  return { status: answer.status, access, refresh, cookies };
}

const signIn = (tenant = "north") =>
  post("/authn/login-with-expiry", { tenant, body: { username: "ann", password: `of ${tenant}` } });
const attempts = async (access: string, tenant = "north"): Promise<number> => {
  const headers = { "x-okapi-tenant": tenant, cookie: access };
  return (await fetch(`${gateway.url}/authn/loginAttempts/${ann.id}`, { headers })).status;
};

it("signs in with cookies that the gateway takes, in this tenant and in no other", async () => {
  const signedIn = await signIn();
  expect(signedIn.status).toBe(201);
  expect(await attempts(signedIn.access)).toBe(200);
  expect(await attempts(signedIn.access, "south")).toBeGreaterThanOrEqual(400);
  expect((await post("/authn/refresh", { tenant: "south", cookie: signedIn.refresh })).status).toBe(422);
  expect(
    (await post("/authn/login-with-expiry", { body: { username: "ann", password: "of south" } })).status,
  ).toBe(422);
});

it("gives one successor to 50 refreshes at once, and ends the family of a token that was replayed", async () => {
  const { refresh } = await signIn();
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => post("/authn/refresh", { cookie: refresh })),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  expect(new Set(answers.map((each) => each.refresh)).size).toBe(1);
  const second = await post("/authn/refresh", { cookie: answers[0]?.refresh ?? "" });
  expect(second.status).toBe(201);
  expect((await post("/authn/refresh", { cookie: refresh })).status).toBe(422);
  expect((await post("/authn/refresh", { cookie: second.refresh })).status).toBe(422);
  expect(await attempts(second.access)).toBe(401);
});

it("takes no token that was tampered with", async () => {
  const { refresh } = await signIn();
  const forged = `${refresh.slice(0, -4)}AAAA`;
  expect((await post("/authn/refresh", { cookie: forged })).status).toBe(422);
  expect((await post("/authn/refresh", { cookie: refresh })).status).toBe(201);
});

it("signs out: neither cookie is taken again", async () => {
  const { access, refresh } = await signIn();
  expect((await post("/authn/logout", { cookie: `${access}; ${refresh}` })).status).toBe(204);
  expect(await attempts(access)).toBe(401);
  expect((await post("/authn/refresh", { cookie: refresh })).status).toBe(422);
});

it("signs out everywhere, and not for a page of another site", async () => {
  const [one, other] = [await signIn(), await signIn()];
  const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  expect((await post("/authn/logout-all", { cookie: one.access, headers })).status).toBeGreaterThanOrEqual(
    400,
  );
  expect(await attempts(other.access)).toBe(200);
  expect((await post("/authn/logout-all", { cookie: one.access })).status).toBe(204);
  for (const each of [one, other]) expect(await attempts(each.access)).toBe(401);
});

const fromElsewhere = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };

it.each(["/authn/refresh", "/authn/logout", "/authn/logout-all"])(
  "does nothing for a page of another site at %s, whichever of the cookies its form brings along",
  async (path) => {
    const { access, refresh } = await signIn();
    for (const cookie of [refresh, access, `${access}; ${refresh}`]) {
      const { status, cookies } = await post(path, { cookie, headers: fromElsewhere });
      expect([cookie, status, cookies]).toEqual([cookie, 403, []]);
    }
    expect(await attempts(access)).toBe(200);
    expect((await post("/authn/refresh", { cookie: refresh })).status).toBe(201);
  },
);

it("keeps everybody's session while the database is away: the same cookie is good afterwards", async () => {
  const { access, refresh } = await signIn();
  expect(await attempts(access)).toBe(200);
  await withoutDatabase(registry.url, async () => {
    for (const path of ["/authn/refresh", "/authn/logout"]) {
      const answer = await post(path, { cookie: refresh });
      expect([path, answer.status, answer.cookies]).toEqual([path, 503, []]);
    }
    expect(await attempts(access)).toBe(200);
  });
  const again = await vi.waitFor(
    async () => {
      const answer = await post("/authn/refresh", { cookie: refresh });
      expect(answer.status).not.toBe(503);
      return answer;
    },
    { timeout: 25_000, interval: 100 },
  );
  expect([again.status, await attempts(again.access)]).toEqual([201, 200]);
});
