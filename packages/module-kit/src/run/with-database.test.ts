import { sql } from "@octavo/database";
import { expand } from "@octavo/migrations";
import { moduleDatabases, type ModuleDatabases } from "@octavo/testing/module-databases";
import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defineModule } from "../define-module.ts";
import { defineInterface } from "../definition/interface.ts";
import { route } from "../definition/route.ts";
import { parseHostConfig } from "./host-config.ts";
import { type ModuleHost, startModules } from "./module-host.ts";

const name = "octavo-ledger";
const Line = Type.Object({ text: Type.String() });

/** Writes a line, and does in the middle of it what its query says. */
const ledger = defineModule({
  name,
  version: "1.0.0",
  title: "Ledger",
  steps: [expand("table line", "create table line (text text primary key)")],
  interfaces: [
    defineInterface("ledger", "1.0", [
      route({
        method: "POST",
        path: "/ledger",
        query: Type.Object({ next: Type.Optional(Type.String()) }),
        body: Line,
        answers: { 201: Line },
        handle: async ({ body, query, db, calls }) => {
          await db.tx(async (tx) => {
            await tx.run(sql`insert into line (text) values (${body.text})`);
            if (query.next === "call")
              await calls.send({ method: "GET", path: "/users", answer: Type.Unknown() });
            if (query.next === "fail") throw new Error("after the insert");
          });
          return { status: 201, body };
        },
      }),
      route({
        method: "GET",
        path: "/ledger",
        answers: { 200: Type.Array(Line) },
        handle: async ({ db }) => ({
          status: 200,
          body: await db.read((tx) => tx.rows<{ text: string }>(sql`select text from line order by text`)),
        }),
      }),
    ]),
  ],
});

let databases: ModuleDatabases;
let host: ModuleHost;
let url = "";
const lines: string[] = [];

async function call(tenantId: string, method: string, path: string, body?: unknown) {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      "x-okapi-tenant": tenantId,
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? null : (JSON.parse(text) as unknown) };
}

async function enable(tenantId: string): Promise<void> {
  const job = await call(tenantId, "POST", "/_/tenant", { module_to: ledger.id });
  const { id } = job.body as { id: string };
  const done = await call(tenantId, "GET", `/_/tenant/${id}?wait=20000`);
  expect(done).toMatchObject({ status: 200, body: { complete: true } });
}

beforeAll(async () => {
  databases = await moduleDatabases({ modules: [], tenants: [] });
  const config = parseHostConfig(
    {
      OCTAVO_TRUST: "network",
      OCTAVO_DB_URL: databases.url,
      OCTAVO_DB_ADMIN_URL: databases.adminUrl,
      OCTAVO_CHECK_ANSWERS: "on",
      OCTAVO_URL: "http://127.0.0.1:1",
    },
    () => "",
  );
  if (!config.ok) throw new Error(config.error.join("; "));
  host = await startModules([ledger], config.value, { write: (line) => lines.push(line) });
  const [module] = host.modules;
  await module?.whenReady(AbortSignal.timeout(30_000));
  url = module?.url ?? "";
  await enable("north");
  await enable("south");
});
afterAll(async () => {
  await host.drain();
  await databases.close();
});

describe("a module with tables, hosted", () => {
  it("keeps what each tenant writes from the others", async () => {
    expect(await call("north", "POST", "/ledger", { text: "a" })).toMatchObject({ status: 201 });
    expect(await call("north", "GET", "/ledger")).toEqual({ status: 200, body: [{ text: "a" }] });
    expect(await call("south", "GET", "/ledger")).toEqual({ status: 200, body: [] });
    expect(await call("east", "GET", "/ledger")).toMatchObject({
      status: 404,
      body: { errors: [{ code: "tenant-unknown" }] },
    });
  });

  it.each([
    ["a failure", "fail", "after the insert"],
    ["a call to another module", "call", "within a transaction"],
  ])("writes nothing of a transaction with %s in it", async (_of, next, sentence) => {
    expect(await call("south", "POST", `/ledger?next=${next}`, { text: next })).toMatchObject({
      status: 500,
    });
    expect(await call("south", "GET", "/ledger")).toEqual({ status: 200, body: [] });
    expect(lines.join("")).toContain(sentence);
  });

  it("shows its connections, never more than the budget", async () => {
    const burst = Array.from({ length: 40 }, () => call("north", "GET", "/ledger"));
    expect((await Promise.all(burst)).every(({ status }) => status === 200)).toBe(true);
    const metrics = await (await fetch(`${url}/admin/metrics`)).text();
    const [used = 0, idle = 0] = ["used", "idle"].map((state) =>
      Number(new RegExp(`octavo_database_connections\\{state="${state}"\\} (\\d+)`, "u").exec(metrics)?.[1]),
    );
    expect(used + idle).toBeGreaterThan(0);
    expect(used + idle).toBeLessThanOrEqual(5);
    expect(metrics).toContain('octavo_database_connections{state="budget"} 5');
    // The test's own process has reserved as many.
    for (const [by, count] of [
      ["process", 5],
      ["all", 10],
    ])
      expect(metrics).toContain(`octavo_database_reserved_connections{cluster="main",by="${by}"} ${count}`);
    expect(metrics).toMatch(/octavo_database_pool_events\{event="retire"\} \d/u);
    const { facts } = (await (await fetch(`${url}/admin/ready`)).json()) as { facts: object[] };
    expect(facts).toContainEqual({
      name: "connections",
      isReady: true,
      detail: expect.stringMatching(
        /^\d of 5 connections are used, .* at cluster main 5 are reserved, 10 of \d+ by 2 processes$/u,
      ),
    });
  });
});
