import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { type SpawnedOctavo, spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PgBouncer, pgbouncer, startPgBouncer } from "../module/start-pgbouncer.ts";

if (pgbouncer === undefined) process.stdout.write("SKIPPED: a gateway behind a pooler: no pgbouncer\n");

/** It takes seven seconds on a quiet machine. */
const HANG_MS = 60_000;
const token = "x".repeat(40);
const folder = temporaryFolder();
let database: FreshDatabase;
let pooler: PgBouncer;
let direct: SpawnedOctavo;
let deaf: SpawnedOctavo;

const call = (at: SpawnedOctavo, method: string, path: string, body?: string): Promise<Response> =>
  fetch(at.url + path, {
    method,
    headers: { "X-Okapi-Token": token },
    ...(body !== undefined && { body }),
  });

async function statusOf(at: SpawnedOctavo) {
  const answer = await call(at, "GET", "/_/octavo/cluster");
  // Cluster of the API
  return (await answer.json()) as { warnings: string[]; instances: { url: string; listening?: boolean }[] };
}

const start = (name: string, url: string): Promise<SpawnedOctavo> =>
  spawnOctavo(["gateway"], {
    DATABASE_URL: url,
    OCTAVO_KEY: "00".repeat(32),
    OCTAVO_OPERATOR_TOKEN: token,
    OCTAVO_HOST: "127.0.0.1",
    OCTAVO_DATA_DIR: `${folder.path}/${name}`,
    OCTAVO_DRAIN_DELAY_MS: "0",
  });

describe.skipIf(pgbouncer === undefined)("a gateway behind a pooler in transaction mode", () => {
  beforeAll(async () => {
    database = await freshDatabase();
    pooler = await startPgBouncer(database.url, 30);
    direct = await start("direct", database.url);
    await direct.healthy();
    deaf = await start("deaf", pooler.through(database.url));
    await deaf.healthy();
  }, 60_000);
  afterAll(async () => {
    await Promise.all([direct.stop(), deaf.stop()]);
    await pooler.stop();
    await database.drop();
    folder.remove();
  });

  it(
    "finds out that it hears nothing, and says so as long as it lasts",
    async () => {
      const warning = `${deaf.url} hears no notifications`;
      await expect
        .poll(async () => (await statusOf(direct)).warnings.join(), { timeout: HANG_MS })
        .toContain(warning);
      for (let look = 0; look < 10; look += 1) {
        const { warnings, instances } = await statusOf(direct);
        expect(warnings.join()).toContain(warning);
        expect(instances.find(({ url }) => url === direct.url)?.listening).toBe(true);
      }
      expect((deaf.output.stdout + deaf.output.stderr).match(/hears no notifications/g)).toHaveLength(1);
    },
    2 * HANG_MS,
  );

  it("follows all the same, and is waited for", async () => {
    const written = await call(direct, "POST", "/_/proxy/tenants", JSON.stringify({ id: "north" }));
    expect([written.status, written.headers.get("X-Octavo-Applied")]).toEqual([201, "2/2"]);
    expect((await call(deaf, "GET", "/_/proxy/tenants/north")).status).toBe(200);
    expect((await call(deaf, "POST", "/_/proxy/tenants", JSON.stringify({ id: "south" }))).status).toBe(201);
    expect((await call(direct, "GET", "/_/proxy/tenants/south")).status).toBe(200);
  });
});
