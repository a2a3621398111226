import { once } from "node:events";
import { request } from "node:http";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { query } from "@octavo/testing/query";
import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { defineModule } from "../define-module.ts";
import { defineInterface } from "../definition/interface.ts";
import { badRequest, invalid } from "../http/refusal.ts";
import { parseHostConfig } from "../run/host-config.ts";
import { type ModuleHost, startModules } from "../run/module-host.ts";
import { collection, collections, crudRoutes, searchable } from "./index.ts";

const records = collection("record", {
  schema: Type.Object({ title: Type.String(), n: Type.Integer() }, { additionalProperties: false }),
  indexes: [searchable.text("title", ["exact"]), searchable.number("n")],
});
const module = defineModule({
  name: "octavo-records",
  version: "1.0.0",
  title: "Records",
  interfaces: [
    defineInterface(
      "records",
      "1.0",
      crudRoutes(records, {
        path: "/records",
        permissions: "records",
        listName: "records",
        hasResultInfo: true,
      }),
    ),
    defineInterface(
      "sealed-records",
      "1.0",
      crudRoutes(
        records,
        { path: "/sealed-records", permissions: "sealed-records", listName: "records" },
        {
          create: async (tx, record, author) => {
            const created = await records.create(tx, { ...record, title: record.title.trim() }, author);
            if (record.n < 0) throw invalid("n", String(record.n), "A record has a number of its own");
            return created;
          },
          delete: () => Promise.reject(badRequest("A sealed record stays")),
        },
      ),
    ),
  ],
  parts: [collections(records)],
});
const ROWS = 50_000;

let made: ModuleDatabases;
let host: ModuleHost;
const url = (): string => host.modules[0]?.url ?? "";
const headers = { "x-okapi-tenant": "north", "content-type": "application/json" };

async function ask(method: string, path: string, body?: unknown, key?: string) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const keyed = key === undefined ? headers : { ...headers, "idempotency-key": key };
  const answer = await fetch(`${url()}${path}`, { method, headers: keyed, ...sent });
  const text = await answer.text();
  return { status: answer.status, text, location: answer.headers.get("location") ?? "" };
}

beforeAll(async () => {
  made = await moduleDatabases({ modules: [], tenants: [] });
  const env = { OCTAVO_TRUST: "network", OCTAVO_DB_URL: made.url, OCTAVO_DB_ADMIN_URL: made.adminUrl };
  const config = parseHostConfig(env, () => "");
  if (!config.ok) throw new Error(config.error.join("; "));
  host = await startModules([module], config.value, { write: () => undefined });
  await vi.waitUntil(async () => (await fetch(`${url()}/admin/ready`)).ok, { timeout: 50_000 });
  const { location } = await ask("POST", "/_/tenant", { module_to: module.id });
  await ask("GET", `${location}?wait=50000`);
  await query(
    made.adminUrl,
    `insert into north_octavo_records.record (id, jsonb)
     select id, jsonb_build_object('id', id, 'title', 'T' || n, 'n', n, '_version', 1)
     from (select gen_random_uuid() as id, n from generate_series(1, ${ROWS}) as n) as made`,
  );
  await query(made.adminUrl, "analyze north_octavo_records.record");
}, 120_000);
afterAll(async () => {
  await host.drain();
  await made.close();
});

/** Sessions of the module that have a transaction. */
async function busySessions(): Promise<number> {
  const [row] = await query(
    made.adminUrl,
    "select count(*)::int as n from pg_stat_activity where datname = current_database() and usename like 'octavo_login%' and state like 'idle in%'",
  );
  return Number(row?.["n"]);
}

describe("a list over HTTP", () => {
  it("has ten documents unless told, its number and resultInfo", async () => {
    const { status, text } = await ask("GET", "/records?query=n<=12 sortby n");
    expect(status).toBe(200);
    const list = JSON.parse(text) as { readonly records: readonly { readonly n: number }[] };
    expect(list.records.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const end = '"totalRecords":12,"resultInfo":{"totalRecords":12,"facets":[],"diagnostics":[]}}';
    expect(text.slice(-end.length)).toBe(end);
  });

  it("comes whole, however long it is", async () => {
    const { text } = await ask("GET", `/records?limit=${ROWS}&totalRecords=exact`);
    expect(JSON.parse(text)).toMatchObject({ totalRecords: ROWS, resultInfo: { totalRecords: ROWS } });
    expect((JSON.parse(text) as { records: unknown[] }).records).toHaveLength(ROWS);
  });

  it("holds no connection any more when its client leaves in the middle", async () => {
    for (let n = 0; n < 10; n += 1) {
      const asked = request(`${url()}/records?limit=${ROWS}`, { headers }).end();
      const [answer] = (await once(asked, "response")) as [NodeJS.ReadableStream]; // as: what the event brings
      await once(answer, "readable");
      asked.destroy();
    }
    await vi.waitUntil(async () => (await busySessions()) === 0, { timeout: 20_000 });
    // Were one kept for each of those that left, none of the five would be free.
    expect((await ask("GET", "/records?limit=1")).status).toBe(200);
  });
});

it("a record that somebody else has changed is not overwritten", async () => {
  const { location, text } = await ask("POST", "/records", { title: "mine", n: 0 });
  const record = JSON.parse(text) as object;
  expect((await ask("PUT", location, { ...record, title: "theirs" })).status).toBe(204);
  const refused = await ask("PUT", location, { ...record, title: "mine again" });
  expect(refused.status).toBe(409);
  expect(JSON.parse(refused.text)).toMatchObject({
    errors: [
      { message: expect.stringContaining("Stored _version is 2, _version of request is 1") as string },
    ],
    total_records: 1,
  });
  expect((await ask("DELETE", location)).status).toBe(204);
});

it("a write with an Idempotency-Key takes effect once, and is answered as it was", async () => {
  const create = () => ask("POST", "/records", { title: "once", n: -1 }, "create");
  const created = await create();
  expect(await create()).toEqual(created);
  expect(created).toMatchObject({ status: 201, location: expect.stringMatching(/^\/records\/./u) as string });
  const list = JSON.parse((await ask("GET", "/records?query=n==-1&totalRecords=exact")).text) as object;
  expect(list).toMatchObject({ totalRecords: 1 });

  // Without the key each repetition would be 409 (_version) and 404.
  const record = { ...(JSON.parse(created.text) as object), title: "replaced" };
  const replace = () => ask("PUT", created.location, record, "replace");
  expect([(await replace()).status, (await replace()).status]).toEqual([204, 204]);
  const remove = () => ask("DELETE", created.location, undefined, "remove");
  expect([(await remove()).status, (await remove()).status]).toEqual([204, 204]);
  expect((await ask("DELETE", created.location)).status).toBe(404);
  expect((await ask("POST", "/records", { title: "another", n: -1 }, "create")).status).toBe(422);
});

it("a write that means more is the module's own, and what it refuses leaves nothing", async () => {
  const at = "/sealed-records";
  const created = await ask("POST", at, { title: " trimmed ", n: 1 }, "sealed");
  expect([created.status, JSON.parse(created.text)]).toMatchObject([201, { title: "trimmed" }]);
  expect(await ask("POST", at, { title: " trimmed ", n: 1 }, "sealed")).toEqual(created);
  expect(await ask("DELETE", created.location)).toMatchObject({
    status: 400,
    text: expect.stringContaining("A sealed record stays") as string,
  });
  const record = JSON.parse(created.text) as object;
  expect((await ask("PUT", created.location, { ...record, n: 2 })).status).toBe(204); // as the collection has it
  expect((await ask("POST", at, { title: "refused", n: -1 })).status).toBe(422);
  const list = JSON.parse((await ask("GET", `${at}?query=title==refused&totalRecords=exact`)).text) as object;
  expect(list).toMatchObject({ totalRecords: 0 });
});
