import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessClaims, createSigningKey, signToken } from "@octavo/tokens";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { sql } from "@octavo/database";
import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collection, collections, crudRoutes, searchable } from "../collections/index.ts";
import { defineModule } from "../define-module.ts";
import { defineInterface } from "../definition/interface.ts";
import { route } from "../definition/route.ts";
import { parseHostConfig } from "../run/host-config.ts";
import { type ModuleHost, startModules } from "../run/module-host.ts";

/** Whatever stands in the headers: no answer is a mistake of ours, and none holds a row of another tenant. */

const notes = collection("note", {
  schema: Type.Object({ text: Type.String() }),
  indexes: [searchable.text("text", ["exact"])],
});
let holding = Promise.withResolvers<null>();
const module = defineModule({
  name: "octavo-hostile",
  version: "1.0.0",
  title: "Notes",
  parts: [collections(notes)],
  interfaces: [
    defineInterface("notes", "1.0", [
      ...crudRoutes(notes, { path: "/notes", permissions: "notes", listName: "notes" }),
      route({
        method: "POST",
        path: "/notes/hold",
        answers: { 204: null },
        handle: async ({ db }) => {
          await db.tx(async (tx) => {
            holding.resolve(null);
            await tx.run(sql`select pg_sleep(1)`);
          });
          return { status: 204 };
        },
      }),
      route({
        method: "GET",
        path: "/notes/elsewhere",
        answers: { 200: Type.Unknown() },
        handle: async ({ calls }) => ({
          status: 200,
          body: { outcome: await calls.send({ method: "GET", path: "/notes", answer: Type.Unknown() }) },
        }),
      }),
    ]),
  ],
});

const key = createSigningKey(new Uint8Array(32).fill(7));
const nowMs = (): number => performance.timeOrigin + performance.now();
function tokenFor(tenantId: string, userId = "u1"): string {
  const by = { issuer: "octavo", tenantId, epoch: 0, nowMs: nowMs(), tokenId: "t1", lifeMs: 600_000 };
  return signToken(accessClaims(by, { userId, username: userId, userEpoch: 0 }, "s1"), key);
}

let databases: ModuleDatabases;
let folder = "";
const hosts: ModuleHost[] = [];
const urls: { readonly network: string; readonly token: string } = { network: "", token: "" };

async function open(trust: Record<string, string>): Promise<string> {
  const env = {
    ...trust,
    OCTAVO_DB_URL: databases.url,
    OCTAVO_DB_ADMIN_URL: databases.adminUrl,
    OCTAVO_DB_BUDGET: "1", // whatever does not give its connection back stops all that comes after
    OCTAVO_DB_RESERVE: "off",
  };
  const config = parseHostConfig(env, () => "");
  if (!config.ok) throw new Error(config.error.join("; "));
  const host = await startModules([module], config.value, { write: () => undefined });
  hosts.push(host);
  await host.modules[0]?.whenReady(AbortSignal.timeout(30_000));
  return host.modules[0]?.url ?? "";
}

beforeAll(async () => {
  databases = await moduleDatabases({ modules: [], tenants: [] });
  folder = await mkdtemp(join(tmpdir(), "octavo-keys-"));
  const keySet = { keys: [{ kty: "OKP", kid: key.kid, x: key.x }] };
  await writeFile(join(folder, "keys.json"), JSON.stringify(keySet));
  const network = await open({ OCTAVO_TRUST: "network" });
  const token = await open({ OCTAVO_GATEWAY_JWKS: join(folder, "keys.json") });
  Object.assign(urls, { network, token });
  for (const tenantId of ["north", "south"]) {
    const headers = { "x-okapi-tenant": tenantId, "content-type": "application/json" };
    const enabled = await fetch(`${network}/_/tenant`, {
      method: "POST",
      headers,
      body: JSON.stringify({ module_to: module.id }),
    });
    await fetch(`${network}${enabled.headers.get("location")}?wait=30000`, { headers });
    const body = JSON.stringify({ text: `secret of ${tenantId}` });
    await fetch(`${network}/notes`, { method: "POST", headers, body });
  }
}, 120_000);
afterAll(async () => {
  for (const host of hosts) await host.drain();
  await databases.close();
  await rm(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Header lines as bytes, so that what no client library lets through arrives too. */
async function send(url: string, method: string, path: string, lines: readonly string[]): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const body = method === "POST" ? JSON.stringify({ text: "written" }) : "";
  const head = [
    `${method} ${path} HTTP/1.1`,
    "Host: module",
    "Connection: close",
    ...(body === "" ? [] : ["Content-Type: application/json", `Content-Length: ${body.length}`]),
    ...lines,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`, "latin1");
  let text = "";
  for await (const piece of socket) text += String(piece);
  return { status: Number(/^HTTP\/1\.1 (\d+)/u.exec(text)?.[1] ?? 0), text };
}

const north = "X-Okapi-Tenant: north";
/** Sent beside a tenant that is right. */
const values: readonly string[] = [
  "",
  " ",
  "north",
  "south",
  "north, south",
  "NORTH",
  "north'; drop schema north_octavo_hostile cascade; --",
  '"north"',
  "../south",
  "south_octavo_hostile",
  "north%00south",
  "é\u00ff\u0080",
  "-1",
  "0",
  "null",
  "undefined",
  "{}",
  '["notes.item.get"',
  "[".repeat(5_000),
  '{"__proto__":{"length":1}}',
  '[null,1,{"a":[]},"notes.item.get"]',
  "a".repeat(8_000),
  "http://[::1",
  "http://user:secret@127.0.0.1:1/",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "eyJhbGciOiJub25lIn0.eyJ0ZW5hbnQiOiJzb3V0aCJ9.",
  "a.b.c",
  "1e9",
  "99999999999999999999",
];
/** Answered, and not by a mistake of ours. */
const isClients = (status: number): boolean => status >= 200 && status < 500;
const names = [
  "X-Okapi-User-Id",
  "X-Okapi-Permissions",
  "X-Okapi-Request-Id",
  "X-Okapi-Url",
  "X-Okapi-Token",
  "X-Request-Deadline",
  "Idempotency-Key",
];
const requests = [
  ["GET", "/notes"],
  ["POST", "/notes"],
  ["GET", "/notes/elsewhere"],
] as const;

describe.each(["network", "token"] as const)("where callers are known by %s", (trust) => {
  const known = trust === "network" ? [] : [`X-Okapi-Token: ${tokenFor("north")}`];

  it.each(names)("no value of %s is a mistake of ours, or another tenant's key", async (name) => {
    for (const value of values) {
      for (const [method, path] of requests) {
        const lines = [north, ...known, `${name}: ${value}`];
        const { status, text } = await send(urls[trust], method, path, lines);
        // A deadline that has passed is 504 as at the gateway: nobody waits.
        const isLate = name === "X-Request-Deadline" && value === "0" && status === 504;
        expect([name, value, status, isLate || isClients(status)]).toEqual([name, value, status, true]);
        expect(text).not.toContain("secret of south");
      }
    }
  });

  it("no value of X-Okapi-Tenant is a mistake of ours; only a tenant's own name finds its rows", async () => {
    for (const value of [...values, "a_", "n".repeat(31), `a_${"n".repeat(29)}`, "n".repeat(63), "0"]) {
      const lines = [...known, `X-Okapi-Tenant: ${value}`];
      const { status, text } = await send(urls[trust], "GET", "/notes", lines);
      const isItsOwn = value === "south" && trust === "network";
      const seen = [value, status, isClients(status), text.includes("secret of south")];
      expect(seen).toEqual([value, status, true, isItsOwn]);
    }
  });
});

describe("a token that the gateway's key has signed", () => {
  it.each([
    ["", 401],
    ["another", 404],
    ["north-", 404],
    ...["NORTH", "../south", "no rth", "n".repeat(64), "supertenant\u0000", "_", "'"].map(
      (tenantId): [string, number] => [tenantId, 400],
    ),
  ])(
    "for the tenant %j is refused by %i where it is not the name of one that has the module",
    async (tenantId, refused) => {
      const { status, text } = await send(urls.token, "GET", "/notes", [
        `X-Okapi-Token: ${tokenFor(tenantId)}`,
      ]);
      expect([status, text.includes("tenant-malformed")]).toEqual([refused, refused === 400]);
    },
  );
});

describe("a request with a deadline", () => {
  const ask = (method: string, path: string, deadlineMs: number | string) =>
    send(urls.network, method, path, [north, `X-Request-Deadline: ${deadlineMs}`]);
  const count = async (): Promise<number> => {
    const { text } = await send(urls.network, "GET", "/notes?limit=0", [north]);
    return Number(/"totalRecords":(\d+)/u.exec(text)?.[1]);
  };

  it.each([
    ["that has passed", () => Math.floor(nowMs()) - 1, 504],
    ["of which the earlier of two has passed", () => `${Math.floor(nowMs()) + 60_000}, 1`, 504],
    ["that is to come", () => Math.floor(nowMs()) + 60_000, 201],
    ["that is no number", () => "soon", 201],
  ])("%s: nothing is written after it", async (_of, deadline, status) => {
    const before = await count();
    const answer = await ask("POST", "/notes", deadline());
    expect([answer.status, answer.text.includes('"code":"deadline"')]).toEqual([status, status === 504]);
    expect(await count()).toBe(before + (status === 201 ? 1 : 0));
  });

  it("does not wait for a connection beyond it", async () => {
    holding = Promise.withResolvers();
    const held = send(urls.network, "POST", "/notes/hold", [north]);
    await holding.promise;
    const answers = await Promise.race([ask("GET", "/notes", Math.floor(nowMs()) + 100), held]);
    expect(answers).toMatchObject({ status: 504 });
    expect((await held).status).toBe(204);
  });
});
