import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { sql } from "@octavo/database";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { lendingDesk, onReturned } from "../../../docs/guide/lending-desk.ts";
import { parseHostConfig } from "./run/host-config.ts";
import { type ModuleHost, startModules } from "./run/module-host.ts";

const guide = join(import.meta.dirname, "..", "..", "..", "docs", "guide");
let made: ModuleDatabases;
let host: ModuleHost;
beforeAll(async () => {
  made = await moduleDatabases({ modules: [], tenants: [] });
  const env = { OCTAVO_TRUST: "network", OCTAVO_DB_URL: made.url, OCTAVO_DB_ADMIN_URL: made.adminUrl };
  const config = parseHostConfig({ ...env, OCTAVO_CHECK_ANSWERS: "on" }, () => "");
  if (!config.ok) throw new Error(config.error.join("; "));
  host = await startModules([lendingDesk], config.value, { write: () => undefined });
  await vi.waitUntil(async () => (await fetch(`${url()}/admin/ready`)).ok, { timeout: 25_000, interval: 50 });
  const { json } = await send("POST", "/_/tenant", { module_to: "octavo-lending-desk-1.0.0" });
  const job = await send("GET", `/_/tenant/${String(json["id"])}?wait=20000`);
  if (job.json["complete"] !== true || "error" in job.json) throw new Error(JSON.stringify(job.json));
});
afterAll(async () => {
  await host.drain();
  await made.close();
});

const url = (): string => host.modules[0]?.url ?? "";

async function send(method: string, path: string, body?: object, key?: string) {
  const answer = await fetch(`${url()}${path}`, {
    method,
    headers: {
      "x-okapi-tenant": "north",
      "content-type": "application/json",
      ...(key !== undefined && { "idempotency-key": key }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

describe("the module of the guide's page on state", () => {
  it("is the one of the page", () => {
    const text = readFileSync(join(guide, "lending-desk.ts"), "utf8");
    expect(readFileSync(join(guide, "state.md"), "utf8")).toContain(text);
  });

  it("lends what was scanned once, tells of it, and reminds", async () => {
    await send("POST", "/desk/baskets/b1/scans", { barcode: "one" });
    expect(await send("POST", "/desk/baskets/b1/scans", { barcode: "two" })).toEqual({
      status: 200,
      json: { barcodes: ["one", "two"] },
    });
    const lent = { status: 201, json: { lent: 2 } };
    expect(await send("POST", "/desk/baskets/b1/loans", undefined, "key")).toEqual(lent);
    expect(await send("POST", "/desk/baskets/b1/loans", undefined, "key")).toEqual(lent);
    expect((await send("POST", "/desk/baskets/b1/loans")).status).toBe(404);

    const read = async () =>
      (await send("GET", "/desk/events?limit=10")).json["events"] as { payload: object }[];
    await vi.waitUntil(async () => (await read()).length === 2, { timeout: 20_000, interval: 20 });
    expect((await read()).map(({ payload }) => payload)).toEqual(
      expect.arrayContaining([{ barcode: "one" }, { barcode: "two" }]),
    );
    const database = made.databases.of("octavo-lending-desk");
    const context = { tenantId: "north", work: "foreground" } as const;
    const loans = () =>
      database.read(context, (tx) => tx.rows(sql`select barcode, reminders from loan order by barcode`));
    const reminded = [
      { barcode: "one", reminders: 1 },
      { barcode: "two", reminders: 1 },
    ];
    await vi.waitUntil(async () => JSON.stringify(await loans()) === JSON.stringify(reminded), {
      timeout: 20_000,
      interval: 20,
    });
    const returned = { id: "7f7f5c3f-1f0e-4a0e-9d0a-0b6c1f5e0001", payload: { barcode: "one" } };
    const had = [];
    for (let n = 0; n < 2; n += 1) had.push(await database.tx(context, (tx) => onReturned(tx, returned)));
    expect(had).toEqual([true, false]);
    expect(await loans()).toEqual(reminded.slice(1));
    expect((await send("GET", "/desk/policy")).json).toEqual({ policy: "policy of north" });
  });
});
