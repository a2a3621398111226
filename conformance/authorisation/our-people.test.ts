import { randomUUID } from "node:crypto";
import { login } from "@octavo/login";
import { descriptorOf, type ModuleHost, parseHostConfig, startModules } from "@octavo/module-kit";
import { permissionsModule } from "@octavo/permissions";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { query } from "@octavo/testing/query";
import { users } from "@octavo/users";
import type { SpawnedOctavo } from "@octavo/testing/spawn-octavo";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type ClosedPlatform, startClosedPlatform } from "./closed-platform.ts";

/** Our own users, permissions and sign-in behind three gateways. Whoever has the answer to a change knows that it holds: the next request at each
 * gateway is refused. Counted, not timed: not one of them is let through. */

const rounds = 50;
const tenant = "north";
const permission = "usergroups.collection.get";
const modules = [users, permissionsModule, login];
let platform: ClosedPlatform;
let made: ModuleDatabases;
let host: ModuleHost;

beforeAll(async () => {
  platform = await startClosedPlatform(3);
  made = await moduleDatabases({ modules: [], tenants: [] });
  const gateway = platform.processes[0]?.url ?? "";
  const config = parseHostConfig(
    {
      OCTAVO_URL: gateway,
      OCTAVO_GATEWAY_JWKS: `${gateway}/_/octavo/keys`,
      OCTAVO_DB_URL: made.url,
      OCTAVO_DB_ADMIN_URL: made.adminUrl,
    },
    () => "",
  );
  if (!config.ok) throw new Error(config.error.join("; "));
  host = await startModules(modules, config.value, { write: () => undefined });
  await platform.manage("POST", "/_/proxy/tenants", { id: tenant });
  for (const { id, url, definition } of host.modules) {
    await vi.waitUntil(async () => (await fetch(`${url}/admin/ready`)).ok, { timeout: 25_000 });
    await platform.manage("POST", "/_/proxy/modules?check=false", descriptorOf(definition));
    await platform.manage("POST", "/_/discovery/modules", { instId: `${id}-1`, srvcId: id, url });
  }
  await install(...modules.map(({ id }) => id));
}, 120_000);
afterAll(async () => {
  await host.drain();
  await platform.close();
  await made.close();
});

function install(...ids: readonly string[]): Promise<unknown> {
  const path = `/_/proxy/tenants/${tenant}/install?depCheck=false`;
  return platform.manage(
    "POST",
    path,
    ids.map((id) => ({ id, action: "enable" })),
  );
}

/** As the tenant's system operator, each time at another gateway unless told at which. */
let asked = 0;
async function manage(method: string, path: string, body?: unknown, at = asked++ % 3): Promise<unknown> {
  const answer = await call(at, method, path, platform.operatorToken, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.text === "" ? null : JSON.parse(answer.text);
}

async function call(at: number, method: string, path: string, token: string | null, body?: unknown) {
  const answer = await platform.clients[at]?.call({
    method,
    path,
    headers: {
      "X-Okapi-Tenant": tenant,
      ...(token !== null && { "X-Okapi-Token": token }),
      ...(body !== undefined && { "Content-Type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (answer === undefined) throw new Error(`there is no gateway ${at}`);
  return answer;
}

interface Person {
  readonly id: string;
  readonly username: string;
}

async function person(permissions: readonly string[]): Promise<Person> {
  const id = randomUUID();
  const username = `reader-${id}`;
  await manage("POST", "/users", { id, username, active: true, personal: { lastName: "Reader" } });
  await manage("POST", "/perms/users", { userId: id, permissions });
  await manage("POST", "/authn/credentials", { userId: id, password: "as secret as it gets" });
  return { id, username };
}

async function signIn({ username }: Person): Promise<string> {
  const credentials = { username, password: "as secret as it gets" };
  const answer = await call(asked++ % 3, "POST", "/authn/login", null, credentials);
  const { okapiToken } = JSON.parse(answer.text) as { okapiToken?: string }; // mod-login's
  if (okapiToken === undefined) throw new Error(answer.text);
  return okapiToken;
}

/** What each gateway answers to a request that needs the permission. */
async function everywhere(token: string): Promise<readonly number[]> {
  const answers = await Promise.all([0, 1, 2].map((at) => call(at, "GET", "/groups?limit=0", token)));
  return answers.map(({ status }) => status);
}

it(`a permission that was taken opens nothing at any gateway, ${rounds} times`, async () => {
  const reader = await person([]);
  const token = await signIn(reader);
  const path = `/perms/users/${reader.id}/permissions`;
  for (let round = 0; round < rounds; round += 1) {
    await manage("POST", `${path}?indexField=userId`, { permissionName: permission });
    expect([round, await everywhere(token)]).toEqual([round, [200, 200, 200]]);
    await manage("DELETE", `${path}/${permission}?indexField=userId`);
    expect([round, await everywhere(token)]).toEqual([round, [403, 403, 403]]);
  }
}, 120_000);

it("nor does one that a set no longer contains, whoever has it", async () => {
  const set = { id: randomUUID(), permissionName: "my readers", subPermissions: [permission] };
  await manage("POST", "/perms/permissions", set);
  const outer = { permissionName: "our readers", subPermissions: [set.permissionName] };
  await manage("POST", "/perms/permissions", outer);
  const token = await signIn(await person([outer.permissionName]));
  for (let round = 0; round < 5; round += 1) {
    expect([round, await everywhere(token)]).toEqual([round, [200, 200, 200]]);
    await manage("PUT", `/perms/permissions/${set.id}`, { ...set, subPermissions: [] });
    expect([round, await everywhere(token)]).toEqual([round, [403, 403, 403]]);
    await manage("PUT", `/perms/permissions/${set.id}`, set);
  }
});

it("nor one that a module's next version takes out of its set: the module that is told tells the gateways", async () => {
  const version = (patch: number, subPermissions: readonly string[]) => ({
    id: `mod-set-1.0.${patch}`,
    permissionSets: [{ permissionName: "set.all", displayName: "All of it", subPermissions }],
  });
  for (const each of [version(0, [permission]), version(1, [])]) {
    await platform.manage("POST", "/_/proxy/modules", each);
  }
  await install("mod-set-1.0.0");
  const token = await signIn(await person(["set.all"]));
  expect(await everywhere(token)).toEqual([200, 200, 200]);
  await install("mod-set-1.0.1");
  expect(await everywhere(token)).toEqual([403, 403, 403]);
});

it(`who was set inactive is refused at every gateway, ${rounds} times`, async () => {
  const reader = await person([permission]);
  const path = `/users/${reader.id}`;
  for (let round = 0; round < rounds; round += 1) {
    const token = await signIn(reader);
    expect([round, await everywhere(token)]).toEqual([round, [200, 200, 200]]);
    const stored = (await manage("GET", path)) as object; // a user
    await manage("PUT", path, { ...stored, active: false });
    expect([round, await everywhere(token)]).toEqual([round, [401, 401, 401]]);
    await manage("PUT", path, { ...((await manage("GET", path)) as object), active: true });
    expect([round, await everywhere(token)], "a token that has ended stays so").toEqual([
      round,
      [401, 401, 401],
    ]);
  }
}, 120_000);

it("and so is, with all that he held, whose password was guessed at five times", async () => {
  const reader = await person([permission]);
  const token = await signIn(reader);
  expect(await everywhere(token)).toEqual([200, 200, 200]);
  const guess = { username: reader.username, password: "is it this" };
  const answers = [];
  for (let at = 0; at < 5; at += 1) answers.push(await call(at % 3, "POST", "/authn/login", null, guess));
  expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422]);
  expect(answers.at(-1)?.text).toContain("password.incorrect.block.user");
  expect(await everywhere(token)).toEqual([401, 401, 401]);
  await expect(signIn(reader)).rejects.toThrow("user.blocked");
});

it.each([
  ["deleted", ({ id }: Person) => `/users/${id}`],
  ["deleted with others by a query", ({ username }: Person) => `/users?query=username==${username}`],
])("and so is who was %s", async (_how, pathOf) => {
  const reader = await person([permission]);
  const token = await signIn(reader);
  expect(await everywhere(token)).toEqual([200, 200, 200]);
  await manage("DELETE", pathOf(reader));
  expect(await everywhere(token)).toEqual([401, 401, 401]);
});

it("and so is whose time is over", async () => {
  const reader = await person([permission]);
  const token = await signIn(reader);
  const path = `/users/${reader.id}`;
  const stored = (await manage("GET", path)) as object; // a user
  await manage("PUT", path, { ...stored, expirationDate: "2001-01-01" });
  expect(await everywhere(token)).toEqual([401, 401, 401]);
});

/** Of a change that gateways do not know yet. */
async function storedToken(): Promise<string | null> {
  const tables = await query(
    made.adminUrl,
    "select quote_ident(schemaname) as schema from pg_tables where tablename = 'octavo_identity_push'",
  );
  for (const { schema } of tables) {
    const [row] = await query(made.adminUrl, `select token from ${String(schema)}.octavo_identity_push`);
    if (typeof row?.["token"] === "string") return row["token"];
  }
  return null;
}

describe("where one of the gateways", () => {
  const taking = async (
    meanwhile: (gateway: SpawnedOctavo) => unknown,
    then: (gateway: SpawnedOctavo) => unknown,
  ): Promise<string> => {
    const [, , third] = platform.processes;
    if (third === undefined) throw new Error("there are three");
    const reader = await person([permission]);
    const token = await signIn(reader);
    expect(await everywhere(token)).toEqual([200, 200, 200]);
    await meanwhile(third);
    await manage(
      "DELETE",
      `/perms/users/${reader.id}/permissions/${permission}?indexField=userId`,
      undefined,
      0,
    );
    await then(third);
    return token;
  };

  it("stands still, it knows before it answers again", async () => {
    const token = await taking(
      ({ pid }) => process.kill(pid, "SIGSTOP"),
      ({ pid }) => process.kill(pid, "SIGCONT"),
    );
    expect(await everywhere(token)).toEqual([403, 403, 403]);
  });

  it("stands still, what waits for it in the database is no token of a caller: it opens nothing", async () => {
    const [, , third] = platform.processes;
    const reader = await person([permission]);
    const path = `/perms/users/${reader.id}/permissions/${permission}?indexField=userId`;
    process.kill(third?.pid ?? 0, "SIGSTOP");
    const taken = manage("DELETE", path, undefined, 0);
    try {
      const token = await vi.waitUntil(storedToken, { timeout: 20_000, interval: 5 });
      const tried = ["/groups", "/users", `/perms/users/${reader.id}`, "/authn/credentials-existence"];
      for (const each of tried)
        expect([each, (await call(1, "GET", each, token)).status]).toEqual([each, 403]);
      const told = await call(1, "POST", "/_/octavo/identity/invalidations", token, { changed: [reader.id] });
      expect(told.status).toBe(204);
    } finally {
      process.kill(third?.pid ?? 0, "SIGCONT");
      await taken;
    }
  });

  it("was killed, the others know, and the answer comes", async () => {
    const token = await taking(
      (gateway) => gateway.kill9(),
      () => undefined,
    );
    const answers = await Promise.all([0, 1].map((at) => call(at, "GET", "/groups?limit=0", token)));
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
  });
});
