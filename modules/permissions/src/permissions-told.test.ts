import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { askingUserId, moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { permissionsModule } from "./index.ts";

/** What a gateway is told, and what a caller with a token may give. */
let running: ModuleOfTenant;
const told: unknown[] = [];
const gateway = createServer((request, response) => {
  void keep(request, response);
});
async function keep(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const sent = await text(request);
  if (request.url === "/token/identity-pushes") {
    response.writeHead(201).end(JSON.stringify({ token: "for.pushes.only" }));
    return;
  }
  told.push({ path: request.url, token: request.headers["x-okapi-token"], ...parsed(sent) });
  response.writeHead(204).end();
}
const parsed = (sent: string): object => JSON.parse(sent) as object; // as: the module sends objects
let headers: Record<string, string> = {};

beforeAll(async () => {
  await new Promise<void>((listening) => gateway.listen(0, "127.0.0.1", listening));
  const { port } = gateway.address() as AddressInfo; // as: it listens on a port
  headers = { "x-okapi-url": `http://127.0.0.1:${port}`, "x-okapi-token": "a.b.c" };
  running = await moduleOfTenant(permissionsModule);
  const sets = [{ permissionName: "a.get" }, { permissionName: "a.put" }, { permissionName: "okapi.all" }];
  await running.ask("POST /_/tenantpermissions", { moduleId: "mod-a-1.0.0", perms: sets });
});
beforeEach(() => {
  told.length = 0;
});
afterAll(async () => {
  await running.close();
  gateway.close();
});

const everything = ["immutable", "mutable", "okapi"].map((kind) => `perms.users.assign.${kind}`);
const invalidation = { path: "/_/octavo/identity/invalidations?wait=all", token: "a.b.c" };

it("gateways know before the answer whose permissions have changed, and that a set has; not of who is new", async () => {
  const userId = randomUUID();
  const as = { permissions: everything, headers };
  await running.ask("POST /perms/users", { userId, permissions: ["a.get"] }, as);
  const by = "indexField=userId";
  await running.ask(`DELETE /perms/users/${userId}/permissions/a.get?${by}`, undefined, as);
  await running.ask(`POST /perms/users/${userId}/permissions?${by}`, { permissionName: "a.put" }, as);
  const made = await running.ask("POST /perms/permissions", { permissionName: "mine" }, as);
  const set = made.body as { readonly id: string }; // as: what was made
  await running.ask(`PUT /perms/permissions/${set.id}`, { ...set, subPermissions: ["a.get"] }, as);
  await running.ask(`DELETE /perms/permissions/${set.id}`, undefined, as);
  const again = { moduleId: "mod-a-1.0.1", perms: [{ permissionName: "a.get" }] };
  await running.ask("POST /_/tenantpermissions", again, as);
  await running.ask("POST /_/tenantpermissions", again, as);
  const user = { ...invalidation, changed: [userId], ended: [] };
  const everybody = { ...invalidation, everybody: "changed" };
  expect(told).toEqual([user, user, everybody, everybody, everybody]);
});

it("nobody gives what is not his own, but who may assign permissions of that kind", async () => {
  await running.ask("POST /perms/users", { userId: askingUserId, permissions: ["a.put"] });
  const give = async (permission: string, permissions: readonly string[]) => {
    const body = { userId: randomUUID(), permissions: [permission] };
    const answer = await running.ask("POST /perms/users", body, { permissions, headers });
    return [answer.status, JSON.stringify(answer.body)];
  };
  await running.ask("POST /_/tenantpermissions", {
    moduleId: "mod-b-1.0.0",
    perms: [{ permissionName: "b.get" }, { permissionName: "okapi.b" }],
  });
  expect((await give("a.put", []))[0]).toBe(201);
  expect(await give("b.get", [])).toEqual([
    403,
    expect.stringContaining(
      `Cannot add immutable permission b.get not owned by operating user ${askingUserId}`,
    ),
  ]);
  expect((await give("b.get", ["perms.users.assign.immutable"]))[0]).toBe(201);
  expect(await give("okapi.b", ["perms.users.assign.immutable"])).toEqual([
    403,
    expect.stringContaining("Cannot add okapi permission okapi.b"),
  ]);
  expect((await give("okapi.b", everything))[0]).toBe(201);
});
