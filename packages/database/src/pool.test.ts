import { FirstCome } from "@octavo/testing/first-come";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { query } from "@octavo/testing/query";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatabaseBusy, type Databases, type DatabasesOptions, sql, type Transaction } from "./index.ts";

const MODULE = "octavo-shared";
const tenants = Array.from({ length: 24 }, (_, n) => `t${n}`);

let opened: ModuleDatabases;
beforeAll(async () => {
  opened = await moduleDatabases({ modules: [MODULE], tenants: [...tenants, "noisy", "quiet"] });
});
afterAll(() => opened.close());

const open = (options: Partial<DatabasesOptions>): Promise<Databases> =>
  opened.open({ clusters: { main: { url: opened.url, adminUrl: null } }, reserves: false, ...options });

const run = <T>(databases: Databases, tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  databases.of(MODULE).tx({ tenantId, work: "foreground" }, work);

const sleep = (ms: number) => (tx: Transaction) => tx.rows(sql`select pg_sleep(${ms / 1000}::float8)`);

describe("the connections of processes", () => {
  it("stay at their budgets, whichever tenants ask and however many", async () => {
    const processes = await Promise.all([1, 2, 3].map(() => open({ budget: 4 })));
    const before = await sessions();
    let most = 0;
    const requests = Array.from({ length: 1500 }, async (_, n) => {
      const databases = processes[n % 3];
      if (databases === undefined) throw new Error("three were opened");
      await run(databases, tenants[n % tenants.length] ?? "", async (tx) => {
        const row = await tx.row<{ role: string }>(sql`select current_user::text as role`);
        expect(row?.role).toBe(`${tenants[n % tenants.length]}_octavo_shared`);
      });
      if (n % 150 === 0) most = Math.max(most, (await sessions()) - before);
    });
    await Promise.all(requests);
    most = Math.max(most, (await sessions()) - before);
    expect(most).toBeGreaterThan(3);
    expect(most).toBeLessThanOrEqual(12);
    for (const { gauges } of processes) expect(gauges).toMatchObject({ used: 0, queued: 0, refused: 0 });
    await Promise.all(processes.map((databases) => databases.close()));
    expect(await sessions(), "all are given back").toBe(before);
  });

  it("are refused in time where none comes free, with a hint when to come again", async () => {
    const databases = await open({ budget: 1, waitMs: 50 });
    const release = Promise.withResolvers<null>();
    const holding = run(databases, "t0", async (tx) => {
      await tx.row(sql`select 1`);
      await release.promise;
    });
    const refused = run(databases, "t1", sleep(0));
    await expect(refused).rejects.toThrow(DatabaseBusy);
    await expect(refused).rejects.toMatchObject({ retryAfterSeconds: 1 });
    release.resolve(null);
    await holding;
    expect(await run(databases, "t1", sleep(0))).toHaveLength(1);
    expect(databases.gauges).toMatchObject({ refused: 1, used: 0, connects: 1 });
  });

  it("are left to those whom somebody waits for: the background has 30 % at most", async () => {
    const databases = await open({ budget: 6 });
    const release = Promise.withResolvers<null>();
    const work = tenants
      .slice(0, 5)
      .map((tenantId) => databases.of(MODULE).tx({ tenantId, work: "background" }, () => release.promise));
    await run(databases, "t0", sleep(0));
    expect(databases.gauges).toMatchObject({ queued: 4, used: 1 });
    release.resolve(null);
    await Promise.all(work);
  });

  it("are closed when they have met too many tenants, or have had nothing to do", async () => {
    const databases = await open({ budget: 1, limits: { maxTenants: 4, minAgeMs: 0, idleMs: 20 } });
    for (const tenant of tenants.slice(0, 9)) await run(databases, tenant, sleep(0));
    expect(databases.gauges.connects).toBe(3);
    await expect.poll(() => databases.gauges).toMatchObject({ idle: 0, used: 0 });
  });
});

describe("beside a noisy tenant", () => {
  it("a quiet one waits a quarter at most of what it would in a first-come queue", async () => {
    const fair = await open({ budget: 4 });
    const wide = await open({ budget: 8 }); // behind a queue of four, so that its own never has anything in it
    const turns = new FirstCome(4);
    const times = {
      fair: await quietBeside((tenant, ms) => run(fair, tenant, sleep(ms))),
      firstCome: await quietBeside((tenant, ms) => turns.take(() => run(wide, tenant, sleep(ms)))),
    };
    expect(
      times.fair / times.firstCome,
      `p99 of ${times.fair} ms against ${times.firstCome} ms`,
    ).toBeLessThanOrEqual(0.25);
  });
});

/** @returns the longest time that a quiet tenant's request took, in milliseconds */
async function quietBeside(request: (tenant: string, ms: number) => Promise<unknown>): Promise<number> {
  const ended = new AbortController();
  const noise = Array.from({ length: 60 }, async () => {
    while (!ended.signal.aborted) await request("noisy", 10);
  });
  let longest = 0;
  for (let n = 0; n < 20; n += 1) {
    const start = performance.now();
    await request("quiet", 1);
    if (n > 1) longest = Math.max(longest, performance.now() - start); // the first ones open connections
  }
  ended.abort();
  await Promise.all(noise);
  return longest;
}

async function sessions(): Promise<number> {
  const login = new URL(opened.url).username;
  const [row] = await query(
    opened.adminUrl,
    `select count(*)::int as n from pg_stat_activity where usename = '${login}'`,
  );
  return Number(row?.["n"]);
}
