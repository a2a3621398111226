import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { query } from "@octavo/testing/query";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type StartedModule, startModule } from "../testing/start-module.ts";

const NEW = "octavo-tested-1.1.0";
const BODY = {
  module_to: NEW,
  parameters: [
    { key: "loadReference", value: "true" },
    { key: "loadSample", value: "true" },
  ],
};
let made: ModuleDatabases;
beforeAll(async () => {
  made = await moduleDatabases({ modules: [], tenants: [] });
});
afterAll(() => made.close());

async function start(): Promise<StartedModule> {
  const env = { OCTAVO_DB_URL: made.url, OCTAVO_DB_ADMIN_URL: made.adminUrl };
  const started = await startModule({ env, version: "1.1.0", loadMs: 50 });
  await vi.waitUntil(async () => (await fetch(`${started.url}/admin/ready`)).ok, {
    timeout: 25_000,
    interval: 50,
  });
  return started;
}

interface Job {
  readonly complete: boolean;
  readonly error?: string;
}

async function post({ url }: StartedModule, tenantId: string): Promise<string> {
  const headers = { "x-okapi-tenant": tenantId, "content-type": "application/json" };
  const answer = await fetch(`${url}/_/tenant`, { method: "POST", headers, body: JSON.stringify(BODY) });
  expect(answer.status).toBe(201);
  return answer.headers.get("location") ?? "";
}

async function ended({ url }: StartedModule, tenantId: string, location: string): Promise<Job> {
  for (;;) {
    const answer = await fetch(`${url}${location}?wait=5000`, { headers: { "x-okapi-tenant": tenantId } });
    const job = (await answer.json()) as Job;
    if (job.complete) return job;
  }
}

/** All that a tenant has, without what tells of when and by whom. */
async function contents(tenantId: string): Promise<unknown> {
  const schema = `${tenantId}_octavo_tested`;
  const columns = await query(
    made.adminUrl,
    `select table_name, column_name, data_type, is_nullable from information_schema.columns
     where table_schema = '${schema}' order by 1, 2`,
  );
  const indexes = await query(
    made.adminUrl,
    `select indexname, replace(indexdef, '${schema}', '') as definition from pg_indexes where schemaname = '${schema}' order by 1`,
  );
  const things = await query(made.adminUrl, `select * from ${schema}.thing order by id`);
  const kinds = await query(made.adminUrl, `select id, jsonb from ${schema}.kind order by id`);
  return { columns, indexes, things, kinds };
}

describe("a tenant job whose instance is killed", () => {
  it("after any of its steps is finished by another one, and the tenant is as if nothing had been", async () => {
    const spare = await start();
    const whole = await start();
    spare.signal("SIGSTOP");
    const location = await post(whole, "whole");
    expect(await ended(whole, "whole", location)).not.toHaveProperty("error");
    const wanted = await contents("whole");
    const events = whole.lines.filter((line) => line.includes(MIGRATION("whole"))).length;
    expect(events).toBeGreaterThan(10);
    whole.signal("SIGKILL");
    await whole.ended;
    spare.signal("SIGCONT");

    for (const [tenantId, text, times] of [...killPoints(events), ["loading", "loading", 1] as const]) {
      const killed = await start();
      spare.signal("SIGSTOP");
      const at = await post(killed, tenantId);
      await killed.saidTimes(text, times);
      killed.signal("SIGKILL");
      await killed.ended;
      spare.signal("SIGCONT");
      expect(await ended(spare, tenantId, at)).not.toHaveProperty("error");
      expect(await contents(tenantId), `killed at ${tenantId}`).toEqual(wanted);
    }
    const taken = await query(
      made.adminUrl,
      "select count(*)::int as n from octavo_tested.octavo_job where attempt = 2",
    );
    expect(Number(taken[0]?.["n"]), "killed in time").toBeGreaterThan(2);
    spare.signal("SIGTERM");
    await spare.ended;
  }, 180_000);
});

/** What a line of the log says of a migration of this tenant. */
const MIGRATION = (tenantId: string): string => `"schema":"${tenantId}_octavo_tested"`;

/** Each third event, beginning with another one in each run (OCTAVO_TEST_SEED); all of them with OCTAVO_HA. */
function killPoints(events: number): (readonly [string, string, number])[] {
  const all = Array.from(
    { length: events },
    (_, n) => [`at${n + 1}`, MIGRATION(`at${n + 1}`), n + 1] as const,
  );
  if (process.env["OCTAVO_HA"] !== undefined) return all;
  const seed = Number(process.env["OCTAVO_TEST_SEED"] ?? 1);
  return all.filter((_, n) => n % 3 === seed % 3);
}
