import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inventoryStorage } from "@octavo/inventory-storage";
import { login } from "@octavo/login";
import { descriptorOf, type ModuleHost, parseHostConfig, startModules } from "@octavo/module-kit";
import { permissionsModule } from "@octavo/permissions";
import { type FreshDatabase, freshDatabase } from "@octavo/testing/fresh-database";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { type SpawnedOctavo, spawnOctavo } from "@octavo/testing/spawn-octavo";
import { users } from "@octavo/users";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { inventory } from "./index.ts";

// A real gateway, the real storage, and people who may do what the inventory does, but nothing at its storage: what the routes' modulePermissions are for.

const operator = "an-operators-token-for-these-tests-only";
const folder = mkdtempSync(join(tmpdir(), "octavo-inventory-"));
const ours = [users, permissionsModule, login, inventoryStorage, inventory];
let registry: FreshDatabase;
let made: ModuleDatabases;
let gateway: SpawnedOctavo;
let host: ModuleHost;
let librarian: string;
let reader: string;
/** What records need, by the name of their field. */
let needed: Readonly<Record<string, string>>;

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
  await manage(
    "POST /_/proxy/import/modules?check=false",
    ours.map((module) => descriptorOf(module)),
  );
  for (const { id, url } of host.modules) {
    await manage("POST /_/discovery/modules", { instId: `${id}-1`, srvcId: id, url });
  }
  await manage("POST /_/proxy/tenants", { id: "north" });
  await manage(
    "POST /_/proxy/tenants/north/install?tenantParameters=loadReference%3Dtrue",
    ours.map(({ id }) => ({ id, action: "enable" })),
  );
  const granted = inventory.permissionSets
    .map(({ permissionName }) => permissionName)
    .filter((name) => name.startsWith("inventory.") || name.startsWith("isbn-utils."));
  librarian = await person("librarian", granted);
  reader = await person("reader", ["inventory.items.item.get"]);
  needed = await library();
}, 180_000);
afterAll(async () => {
  await host.drain();
  await gateway.kill9();
  await made.close();
  await registry.drop();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** @param request "GET /inventory/items" */
async function ask(request: string, body?: unknown, token?: string): Promise<Answer> {
  const [method = "", path = ""] = request.split(/ (.*)/u);
  const answer = await fetch(`${gateway.url}${path}`, {
    method,
    headers: {
      ...(!path.startsWith("/_/") && { "x-okapi-tenant": "north" }),
      ...(token !== undefined && { "x-okapi-token": token }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = text !== "" && (answer.headers.get("content-type") ?? "").includes("json");
  const parsed = isJson ? (JSON.parse(text) as Answer["body"]) : { text }; // as: routes answer with objects
  return { status: answer.status, headers: answer.headers, body: parsed };
}

/** As the operator, which may do everything. */
async function manage(request: string, body?: unknown): Promise<Answer["body"]> {
  const answer = await ask(request, body, operator);
  if (answer.status >= 300) throw new Error(`${request}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function person(username: string, permissions: readonly string[]): Promise<string> {
  const [id, password] = [crypto.randomUUID(), "First-Passw0rd!"];
  await manage("POST /users", { id, username, active: true, personal: { lastName: username } });
  await manage("POST /perms/users", { userId: id, permissions });
  await manage("POST /authn/credentials", { userId: id, password });
  const signed = await ask("POST /authn/login", { username, password });
  return signed.headers.get("x-okapi-token") ?? "";
}

async function library(): Promise<Readonly<Record<string, string>>> {
  const make = async (path: string, record: object) => String((await manage(`POST ${path}`, record))["id"]);
  const first = async (path: string, list: string) => {
    const rows = (await manage(`GET ${path}?limit=1`))[list] as { readonly id: string }[]; // as: reference rows
    return rows[0]?.id ?? "";
  };
  const institutionId = await make("/location-units/institutions", { name: "University", code: "U" });
  const campusId = await make("/location-units/campuses", { name: "City", code: "C", institutionId });
  const libraryId = await make("/location-units/libraries", { name: "Central", code: "L", campusId });
  const desk = { name: "Desk", code: "desk", discoveryDisplayName: "Desk" };
  const primaryServicePoint = await make("/service-points", desk);
  const where = { institutionId, campusId, libraryId, primaryServicePoint };
  const location = { name: "Main", code: "M", ...where, servicePointIds: [primaryServicePoint] };
  return {
    permanentLocationId: await make("/locations", location),
    instanceTypeId: await first("/instance-types", "instanceTypes"),
    relationshipTypeId: await first("/instance-relationship-types", "instanceRelationshipTypes"),
    materialTypeId: await first("/material-types", "mtypes"),
    loanTypeId: await first("/loan-types", "loantypes"),
  };
}

const done = async (request: string, body?: unknown): Promise<Answer> => {
  const answer = await ask(request, body, librarian);
  if (answer.status >= 300) throw new Error(`${request}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
};
const instance = async (fields: object = {}): Promise<string> => {
  const { instanceTypeId } = needed;
  const body = { title: "Walden", source: "FOLIO", instanceTypeId, ...fields };
  const { headers } = await done("POST /inventory/instances", body);
  return headers.get("location")?.split("/").at(-1) ?? "";
};
const holdings = async (instanceId: string): Promise<string> => {
  const { permanentLocationId } = needed;
  return String((await manage("POST /holdings-storage/holdings", { instanceId, permanentLocationId }))["id"]);
};
const itemIn = (holdingsRecordId: string, fields: object = {}) =>
  done("POST /inventory/items", {
    holdingsRecordId,
    status: { name: "Available" },
    materialType: { id: needed["materialTypeId"] },
    permanentLoanType: { id: needed["loanTypeId"] },
    ...fields,
  });

it("every route does its work for whoever may only use the inventory, and for nobody else", async () => {
  const [parent, other] = [await instance(), await instance()];
  const id = await instance({
    parentInstances: [{ superInstanceId: parent, instanceRelationshipTypeId: needed["relationshipTypeId"] }],
    precedingTitles: [{ precedingInstanceId: other }],
    succeedingTitles: [{ title: "Another title" }],
  });
  const [first, second] = [await holdings(id), await holdings(other)];
  const note = { noteType: "Check in", note: "Look inside", staffOnly: false };
  const { body: item } = await itemIn(first, { barcode: "36105", circulationNotes: [note] });
  expect(item).toMatchObject({
    title: "Walden",
    effectiveLocation: { name: "Main" },
    circulationNotes: [{ source: { personal: { lastName: "librarian" } } }],
  });
  const itemId = String(item["id"]);
  const { body: shown } = await done(`GET /inventory/instances/${id}`);
  expect(shown).toMatchObject({
    parentInstances: [{ superInstanceId: parent }],
    precedingTitles: [{ precedingInstanceId: other, title: "Walden" }],
    succeedingTitles: [{ title: "Another title" }],
  });
  const marked = async (name: string): Promise<readonly [string, unknown?]> => {
    const { body } = await itemIn(first);
    return [`POST /inventory/items/${String(body["id"])}/mark-${name}`];
  };
  const names = [
    "withdrawn",
    "in-process",
    "in-process-non-requestable",
    "intellectual-item",
    "long-missing",
  ];
  const more = ["missing", "restricted", "unavailable", "unknown"];
  const requests: readonly (readonly [string, unknown?])[] = [
    ["GET /inventory/items?query=barcode==36105"],
    [`GET /inventory/items/${itemId}`],
    [`PUT /inventory/items/${itemId}`, { ...item, copyNumber: "2" }],
    ...(await Promise.all([...names, ...more].map(marked))),
    [`GET /inventory/items-by-holdings-id?query=holdingsRecordId==${first}`],
    ["GET /inventory/instances?query=title=Walden"],
    [`PUT /inventory/instances/${id}`, { ...shown, succeedingTitles: [], parentInstances: [] }],
    [`PUT /inventory/holdings/${second}`, await manage(`GET /holdings-storage/holdings/${second}`)],
    ["POST /inventory/items/move", { toHoldingsRecordId: second, itemIds: [itemId] }],
    ["POST /inventory/holdings/move", { toInstanceId: parent, holdingsRecordIds: [first] }],
    [
      "POST /inventory/instances/batch",
      { instances: [{ title: "Batched", source: "FOLIO", instanceTypeId: needed["instanceTypeId"] }] },
    ],
    ["GET /inventory/config/instances/blocked-fields"],
    ["GET /inventory/config/holdings/blocked-fields"],
    ["GET /isbn/convertTo13?isbn=1930110995"],
    ["GET /isbn/convertTo10?isbn=9781930110991"],
    ["GET /isbn/validator?isbn=1930110995"],
    [`DELETE /inventory/instances/${await instance()}`],
    ["DELETE /inventory/instances?query=title==Batched"],
    [`DELETE /inventory/items/${itemId}`],
    ["DELETE /inventory/items?query=barcode==36105"],
  ];
  for (const [request, body] of requests) {
    const refused = await ask(request, body, reader);
    const mayRead = request === `GET /inventory/items/${itemId}`;
    expect({ request, status: refused.status }).toEqual({ request, status: mayRead ? 200 : 403 });
    const { status } = await ask(request, body, librarian);
    expect({ request, isDone: status < 300 }).toEqual({ request, isDone: true });
  }
  const straight = await ask("GET /item-storage/items", undefined, librarian);
  expect(straight.status).toBe(403);
}, 120_000);

it("an instance is marked as deleted by whoever is signed in, as mod-inventory's descriptor has it", async () => {
  const id = await instance();
  expect((await ask(`DELETE /inventory/instances/${id}/mark-deleted`)).status).toBeGreaterThanOrEqual(400);
  expect((await ask(`DELETE /inventory/instances/${id}/mark-deleted`, undefined, reader)).status).toBe(204);
  const { body } = await done(`GET /inventory/instances/${id}`);
  expect(body).toMatchObject({ staffSuppress: true, discoverySuppress: true });
});
