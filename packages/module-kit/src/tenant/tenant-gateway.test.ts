import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FreshDatabase, freshDatabase } from "@octavo/testing/fresh-database";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { query } from "@octavo/testing/query";
import { type SpawnedOctavo, spawnOctavo } from "@octavo/testing/spawn-octavo";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type StartedModule, startModule } from "../testing/start-module.ts";

// A real gateway installs the module: two instances of 1.0.0, two of 1.1.0.

const folder = mkdtempSync(join(tmpdir(), "octavo-tenant-gateway-"));
const started: StartedModule[] = [];
let registry: FreshDatabase;
let made: ModuleDatabases;
let gateway: SpawnedOctavo;

beforeAll(async () => {
  registry = await freshDatabase();
  made = await moduleDatabases({ modules: [], tenants: [] });
  gateway = await spawnOctavo(["gateway"], {
    DATABASE_URL: registry.url,
    OCTAVO_MANAGEMENT_AUTH: "open",
    OCTAVO_DATA_DIR: folder,
    OCTAVO_LOG_LEVEL: "warn",
  });
  await gateway.healthy(60_000);
  for (const version of ["1.0.0", "1.1.0"] as const) {
    for (const nth of [1, 2]) {
      const env = { OCTAVO_DB_URL: made.url, OCTAVO_DB_ADMIN_URL: made.adminUrl };
      const module = await startModule({ env, version, loadMs: 1000 });
      started.push(module);
      await vi.waitUntil(async () => (await fetch(`${module.url}/admin/ready`)).ok, {
        timeout: 25_000,
        interval: 50,
      });
      const descriptor = await (await fetch(`${module.url}/admin/descriptor`)).json();
      if (nth === 1) await ask("POST", "/_/proxy/modules?check=false", descriptor);
      const srvcId = `octavo-tested-${version}`;
      await ask("POST", "/_/discovery/modules", { instId: `${srvcId}-${nth}`, srvcId, url: module.url });
    }
  }
  await ask("POST", "/_/proxy/tenants", { id: "north" });
}, 120_000);
afterAll(async () => {
  await gateway.kill9();
  for (const module of started) {
    module.signal("SIGKILL");
    await module.ended;
  }
  await made.close();
  await registry.drop();
  rmSync(folder, { recursive: true });
});

async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${gateway.url}${path}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}

const things = async (module: StartedModule | undefined): Promise<unknown> => {
  const answer = await fetch(`${module?.url ?? ""}/things`, { headers: { "x-okapi-tenant": "north" } });
  return answer.status === 200 ? answer.json() : answer.status;
};
const install = (id: string, action: string, options = ""): Promise<unknown> =>
  ask("POST", `/_/proxy/tenants/north/install${options}`, [{ id, action }]);
const LOADS = "?tenantParameters=loadReference%3Dtrue,loadSample%3Dtrue";

describe("a gateway", () => {
  it("installs, upgrades, disables and purges a module of the kit", async () => {
    await install("octavo-tested-1.0.0", "enable", LOADS);
    expect(await things(started[0])).toEqual({ things: 0, samples: 3, types: 2 });
    await install("octavo-tested-1.1.0", "enable");
    expect(await things(started[2])).toMatchObject({ samples: 3 });
    await install("octavo-tested-1.1.0", "disable");
    expect(await things(started[2])).toBe(404);
    await install("octavo-tested-1.1.0", "enable");
    expect(await things(started[2])).toMatchObject({ samples: 3 });
    await install("octavo-tested-1.1.0", "disable", "?purge=true");
    expect(await things(started[2])).toBe(404);
    // The gateway removes jobs when it has seen their end; those of quick operations were never told of.
    const rows = await query(
      made.adminUrl,
      "select payload -> 'attributes' ->> 'module_to' as to from octavo_tested.octavo_job",
    );
    expect(rows.filter(({ to }) => to !== null)).toEqual([]);
  });

  it("gets the end of a job whose instance was killed from another one", async () => {
    const enabling = install("octavo-tested-1.0.0", "enable", LOADS);
    const loading = await Promise.race(
      started.slice(0, 2).map(async (module) => {
        const before = module.lines.filter((line) => line === "loading").length;
        await module.saidTimes("loading", before + 1);
        return module;
      }),
    );
    loading.signal("SIGKILL");
    await enabling;
    const other = started.slice(0, 2).find((module) => module !== loading);
    expect(await things(other)).toEqual({ things: 0, samples: 3, types: 2 });
  }, 60_000);
});
