import { randomBytes } from "node:crypto";
import { operations } from "@octavo/management-api";
import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GatewayInTest, gatewayInTest } from "./testing/gateway-in-test.ts";

/** Attacks on a fresh gateway over its real port: every operation of the table, by everybody who may not. */

const adminToken = randomBytes(32).toString("hex");
let database: FreshDatabase;
let running: GatewayInTest;
let viewerToken = "";

beforeAll(async () => {
  database = await freshDatabase();
  running = await gatewayInTest({ DATABASE_URL: database.url, OCTAVO_OPERATOR_TOKEN: adminToken });
  viewerToken = await newOperator("a viewer", "viewer");
});
afterAll(async () => {
  await running.gateway.close();
  await database.drop();
});

function call(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: string) {
  return fetch(running.gateway.url + path, { method, headers, ...(body === undefined ? {} : { body }) });
}
const asAdmin = { "X-Okapi-Token": adminToken };

async function newOperator(name: string, ...roles: string[]): Promise<string> {
  const answer = await call("POST", "/_/octavo/operators", asAdmin, JSON.stringify({ name, roles }));
  expect(answer.status).toBe(201);
  const { token } = (await answer.json()) as { token: string }; // OperatorWithToken of the API
  return token;
}

async function revision(): Promise<number> {
  const answer = await call("GET", "/_/health/ready");
  const { revision } = (await answer.json()) as { revision: number }; // Readiness of the API
  return revision;
}

const named = operations.map((operation) => ({
  ...operation,
  url: operation.path.replaceAll(/\{\w+\}/g, "x"),
  send: operation.body === null || operation.method === "GET" ? undefined : "{}",
}));
const guarded = named.filter(({ access }) => access.kind !== "public");

/** Everything that a client could claim to be, and that is the gateway's alone to say. */
const forged = {
  "X-Okapi-User-Id": "00000000-0000-0000-0000-000000000000",
  "X-Okapi-Permissions": '["okapi.all"]',
  "X-Okapi-Permissions-Required": "",
  "X-Okapi-Module-Permissions": '{"okapi-7.2.0":["okapi.all"]}',
  "X-Okapi-Module-Tokens": '{"_":"a"}',
  "X-Okapi-Extra-Permissions": '["okapi.all"]',
  "X-Okapi-Filter": "auth",
  "X-Okapi-Auth-Result": "200",
  "X-Okapi-Supertenant": "true",
  X_Okapi_Token: adminToken,
  "X-Octavo-Operator": "env",
  "X-Forwarded-For": "127.0.0.1",
  "X-Okapi-Tenant": "supertenant",
  Cookie: `folioAccessToken=${adminToken}`,
};

describe.each(guarded)("$method $path", ({ method, url, send }) => {
  it("is 401 without a token, with the way in, and changes nothing", async () => {
    const before = await revision();
    const answer = await call(method, url, {}, send);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="octavo"');
    expect(await answer.text()).toMatch(
      /^Token missing, access requires permission: [a-z.]+\. Send an operator's token/,
    );
    expect(await revision()).toBe(before);
  });

  it("is 401 for whoever claims to be somebody by other headers", async () => {
    expect((await call(method, url, forged, send)).status).toBe(401);
  });

  it.each([
    ["made up", "oct_op_env_".padEnd(60, "a")],
    ["that is nearly right", adminToken.slice(0, -1) + (adminToken.endsWith("0") ? "1" : "0")],
    ["of another system", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."],
  ])("is 401 with a token %s", async (_name, token) => {
    const answer = await call(method, url, { Authorization: `Bearer ${token}` }, send);
    expect(answer.status).toBe(401);
    expect(await answer.text()).toMatch(/^Invalid Token/);
  });

  it("is 400 with two different tokens, one of them right", async () => {
    const answer = await call(method, url, { ...asAdmin, Authorization: `Bearer ${viewerToken}` }, send);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toBe(
      "Different tokens in Authentication and X-Okapi-Token. Use only one of them",
    );
  });
});

describe.each(guarded.filter(({ writes }) => writes))("$method $path", ({ method, url, send }) => {
  it("is 403 for a viewer, and changes nothing", async () => {
    const before = await revision();
    const answer = await call(method, url, { "X-Okapi-Token": viewerToken }, send);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toMatch(/^Operator \w+ may not do this: it needs .*admin/);
    expect(await revision()).toBe(before);
  });
});

describe("a fresh gateway", () => {
  it("answers everybody what is public, and nothing else", async () => {
    const open = named.filter(({ access }) => access.kind === "public");
    expect(open.map(({ name }) => name).sort()).toEqual([
      "health.live",
      "health.proxy",
      "health.ready",
      "keys.list",
      "openapi.get",
    ]);
    for (const { method, url } of open) expect((await call(method, url)).status).toBe(200);
  });

  it.each([
    ["GET", "/_/proxy/tenants/"],
    ["GET", "/_/nothing"],
    ["PUT", "/_/proxy/modules"],
    ["GET", "/_//proxy/tenants"],
    ["GET", "/_/PROXY/tenants"],
    ["GET", "/users"],
    ["GET", "/"],
  ])("knows no %s %s, and says so in Okapi's words", async (method, path) => {
    const answer = await call(method, path, { ...asAdmin, "X-Okapi-Tenant": "supertenant" });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe("No suitable module found for path and tenant");
  });

  it("takes no tenant from a token that names none", async () => {
    const answer = await call("GET", "/users", asAdmin);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(/^Invalid Token: /);
  });

  it("does not read the body of somebody who may not call", async () => {
    const answer = await call("POST", "/_/proxy/import/modules", {}, "x".repeat(8 * 1024 * 1024));
    expect(answer.status).toBe(401);
    expect(answer.headers.get("connection")).toBe("close");
  });

  it("does not tell an anonymous caller which tenants there are", async () => {
    const known = await call("GET", "/_/proxy/tenants", { "X-Okapi-Tenant": "supertenant" });
    const unknown = await call("GET", "/_/proxy/tenants", { "X-Okapi-Tenant": "nobody" });
    expect([known.status, await known.text()]).toEqual([unknown.status, await unknown.text()]);
  });

  it("refuses an unknown tenant to those who may call", async () => {
    const answer = await call("GET", "/_/proxy/tenants", { ...asAdmin, "X-Okapi-Tenant": "nobody" });
    expect([answer.status, await answer.text()]).toEqual([400, "No such Tenant nobody"]);
  });

  it("lets an operator in no longer once it is removed", async () => {
    const token = await newOperator("a guest", "viewer");
    expect((await call("GET", "/_/proxy/tenants", { "X-Okapi-Token": token })).status).toBe(200);
    const id = token.split("_")[2] ?? "";
    expect((await call("DELETE", `/_/octavo/operators/${id}`, asAdmin)).status).toBe(204);
    expect((await call("GET", "/_/proxy/tenants", { "X-Okapi-Token": token })).status).toBe(401);
  });
});

describe("answers", () => {
  it("of writes name the revision, of reads do not", async () => {
    const written = await call("POST", "/_/proxy/tenants", asAdmin, '{"id":"revisions"}');
    expect(Number(written.headers.get("x-octavo-revision"))).toBe(await revision());
    const read = await call("GET", "/_/proxy/tenants", asAdmin);
    expect(read.headers.get("x-octavo-revision")).toBeNull();
  });

  it("carry the request's id, behind the caller's own", async () => {
    const answer = await call("GET", "/_/proxy/health", { "X-Okapi-Request-Id": "123456/mine" });
    expect(answer.headers.get("x-octavo-request-id")).toMatch(/^123456\/mine;\d{6}\/proxy$/);
  });

  it("are problems for who asks for them", async () => {
    const answer = await call("GET", "/_/proxy/tenants", { Accept: "application/problem+json" });
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({ type: "urn:octavo:problem:unauthorized", status: 401 });
  });

  it("to HEAD are those to GET without the body", async () => {
    const answer = await call("HEAD", "/_/proxy/health");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-length")).toBe("3");
  });

  it.each([
    [
      "an Idempotency-Key with spaces",
      { "Idempotency-Key": "a b" },
      '{"id":"keyed"}',
      /^Idempotency-Key must be/,
    ],
    ["a coded body", { "Content-Encoding": "gzip" }, '{"id":"keyed"}', /^Content-Encoding gzip is not taken/],
    ["a body that is no UTF-8", {}, Buffer.from('{"id":"\xff"}', "latin1"), /^The body is not UTF-8/],
  ])("refuse %s", async (_name, headers, body, sentence) => {
    const answer = await fetch(`${running.gateway.url}/_/proxy/tenants`, {
      method: "POST",
      headers: { ...asAdmin, ...headers },
      body,
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(sentence);
  });

  it("refuse a body above its limit", async () => {
    const answer = await call("POST", "/_/proxy/tenants", asAdmin, `{"id":"${"a".repeat(70_000)}"}`);
    expect(answer.status).toBe(413);
    expect(await answer.text()).toContain("at most 65536 bytes");
  });
});

it("the log holds no token, wherever it stood, and tells who did what", async () => {
  const planted = "oct_op_planted_".padEnd(60, "p");
  await call("GET", `/_/proxy/tenants?token=${planted}`, { ...asAdmin });
  await call("GET", `/_/proxy/modules/${planted}`, { ...asAdmin });
  await call("GET", "/_/proxy/tenants", { "X-Okapi-Token": planted, "X-Okapi-Request-Id": "1/a" });
  await call("GET", "/_/proxy/tenants", { Authorization: `Basic ${planted}` });
  await call("POST", "/_/proxy/tenants", asAdmin, `{"id":"${planted}"}`);
  const log = running.logged();
  for (const secret of [adminToken, viewerToken, planted, new URL(database.url).password]) {
    expect(secret === "" || !log.includes(secret)).toBe(true);
  }
  expect(log).toContain('"operation":"operators.create","caller":"operator:env","status":201');
  expect(log).toContain('"caller":"invalid-credential","status":401');
});
