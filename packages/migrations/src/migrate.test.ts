import { setTimeout as delay } from "node:timers/promises";
import { name, type Place, sql, type Statement } from "@octavo/database";
import { connect } from "@octavo/testing/connection";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  backfill,
  dumpSchema,
  expand,
  expandIndex,
  type MigrationEvent,
  type Migrator,
  type MigratorOptions,
  noRows,
  constraint,
  notNull,
  openMigrator,
  openTrash,
  type Release,
  verify,
} from "./index.ts";
import { loansDigest, loansOne, loansTwo, someLoans } from "./testing/loans.ts";

/** Of the moments at which an upgrade is undone: all of them in the build. */
const every = process.env["OCTAVO_HA"] === undefined ? 3 : 1;

let opened: ModuleDatabases;
let tenants = 0;

beforeAll(async () => {
  opened = await moduleDatabases({ modules: [], tenants: [] });
});
afterAll(() => opened.close());

function newPlace(): Place {
  tenants += 1;
  return opened.databases.place(`tenant${tenants}`, "octavo-loans");
}

function migratorWith(options: Partial<MigratorOptions> = {}): Migrator {
  return openMigrator({
    provisioner: opened.provisioner,
    instanceId: "one",
    batchRows: 400,
    leaseMs: 5000,
    ...options,
  });
}

const asOwner = <Row extends object>(place: Place, statement: Statement): Promise<readonly Row[]> =>
  opened.provisioner.tx(place, (tx) => tx.rows<Row>(statement));
const dump = (place: Place): Promise<readonly string[]> =>
  opened.provisioner.tx(place, (tx) => dumpSchema(tx, place));

async function installed(rows = 1000): Promise<Place> {
  const place = newPlace();
  expect(await migratorWith().migrate(place, loansOne, { from: null })).toMatchObject({ ok: true });
  if (rows > 0) await asOwner(place, someLoans(rows));
  return place;
}

const upgrade = { from: loansOne.version };

describe("a migration", () => {
  it("leaves an upgraded tenant as it leaves a new one, before its contracts and after them", async () => {
    const [fresh, upgraded, other] = [newPlace(), await installed(), await installed()];
    const before = await dump(other);
    const migrator = migratorWith();
    const first = await migrator.migrate(fresh, loansTwo, { from: null });
    const second = await migrator.migrate(upgraded, loansTwo, upgrade);
    expect(first).toMatchObject({ ok: true, value: { waiting: ["loans without status"], collisions: [] } });
    expect(second).toMatchObject({
      ok: true,
      value: { alreadyDone: expect.arrayContaining(["loans"]) as unknown },
    });
    const whole = await dump(upgraded);
    expect(whole.length).toBeGreaterThan(60);
    expect(whole).toEqual(await dump(fresh));
    expect(await asOwner(upgraded, loansDigest)).toMatchObject([{ count: 1000 }]);
    expect(await dump(other)).toEqual(before); // a tenant that stays with version 1

    for (const place of [fresh, upgraded]) {
      expect(await migrator.contract(place, loansTwo, 30)).toMatchObject({ ok: true, value: { done: [] } });
      const contracted = await migrator.contract(place, loansTwo, 0);
      expect(contracted).toMatchObject({ ok: true, value: { done: ["loans without status"], waiting: [] } });
    }
    expect(await dump(upgraded)).toEqual(await dump(fresh));
    expect(await dump(upgraded)).not.toEqual(whole);
  });

  it("does nothing twice, and an older version that meets a newer ledger leaves it alone", async () => {
    const place = await installed(10);
    const migrator = migratorWith();
    await migrator.migrate(place, loansTwo, upgrade);
    const whole = await dump(place);
    expect(await migrator.migrate(place, loansTwo, upgrade)).toMatchObject({ ok: true, value: { done: [] } });
    expect(await migrator.migrate(place, loansOne, upgrade)).toMatchObject({
      ok: true,
      value: { done: ["kinds"] },
    });
    expect(await dump(place)).toEqual(whole);
  });

  it(
    "can be undone after every one of its steps: what is left is what was there",
    { timeout: 120_000 },
    async () => {
      const place = await installed();
      const before = await dump(place);
      const digest = sql`select md5(string_agg(jsonb::text || status, ',' order by id)) as digest from loan`;
      const rows = [await asOwner(place, digest), await asOwner(place, sql`select * from kind order by id`)];
      const migrator = migratorWith();
      for (let after = 1, isWhole = false; !isWhole; after += every) {
        const stop = new AbortController();
        let events = 0;
        const stopping = migratorWith({
          onEvent: () => {
            events += 1;
            if (events === after) stop.abort();
          },
        });
        const migrated = await stopping.migrate(place, loansTwo, { ...upgrade, signal: stop.signal });
        isWhole = migrated.ok && events < after;
        expect(await migrator.undo(place)).toEqual({ ok: true, value: expect.anything() as unknown });
        expect(await dump(place)).toEqual(before);
        expect([
          await asOwner(place, digest),
          await asOwner(place, sql`select * from kind order by id`),
        ]).toEqual(rows);
      }
      expect(await migrator.migrate(place, loansTwo, upgrade)).toMatchObject({ ok: true });
      await migrator.settle(place);
      expect(await migrator.undo(place)).toEqual({ ok: true, value: [] });
    },
  );

  it("puts a table with rows into the trash when it is undone", async () => {
    const place = newPlace();
    const migrator = migratorWith();
    await migrator.migrate(place, loansOne, { from: null });
    await asOwner(place, someLoans(3));
    expect(await migrator.undo(place)).toMatchObject({ ok: true });
    const [trashed] = await openTrash(opened.provisioner).list(place);
    const kept = await asOwner(
      place,
      sql`select count(*)::int as n from ${name(trashed?.schema ?? "")}.loan`,
    );
    expect([trashed?.isWhole, kept]).toEqual([false, [{ n: 3 }]]);
  });
});

describe("a step", () => {
  const table = expand("things", "create table thing (id int primary key, n int)");
  const filled = (rows: number) => ({
    text: `insert into thing select n, null from generate_series(1, ${rows}) n`,
    values: [],
  });
  const release = (version: string, ...steps: Release["steps"]): Release => ({
    version,
    steps: [table, ...steps],
  });

  async function placeWithThings(rows: number): Promise<Place> {
    const place = newPlace();
    await migratorWith().migrate(place, release("v1"), { from: null });
    await asOwner(place, filled(rows));
    return place;
  }

  it("that is done and changed stops the migration before anything is done; one that failed may be mended", async () => {
    const place = await placeWithThings(0);
    const changed = {
      version: "v2",
      steps: [expand("things", "create table thing (id bigint)"), expand("new", "create table b ()")],
    };
    expect(await migratorWith().migrate(place, changed, { from: "v1" })).toMatchObject({
      error: { kind: "changed-step", stepId: "things" },
    });
    const wrong = release("v2", expand("more", "create table more (id nonsense)"));
    expect(await migratorWith().migrate(place, wrong, { from: "v1" })).toMatchObject({
      error: { kind: "step-failed", stepId: "more", sqlState: "42704" },
    });
    const mended = release("v3", expand("more", "create table more (id int)"));
    expect(await migratorWith().migrate(place, mended, { from: "v1" })).toMatchObject({
      value: { done: ["more"] },
    });
  });

  it("that lint refuses lets nothing begin", async () => {
    const place = newPlace();
    const refused = await migratorWith().migrate(place, release("v1", expand("gone", "drop table thing")), {
      from: null,
    });
    expect(refused).toMatchObject({ error: { kind: "refused-step", problems: [{ stepId: "gone" }] } });
    await expect(asOwner(place, sql`select 1`)).rejects.toThrow(/not there/u);
  });

  it("waits for locks in turns of its own, so that nobody queues behind it, and is done when they are free", async () => {
    const place = await placeWithThings(1);
    const other = await connect(opened.adminUrl);
    await other.query(`begin; lock table "${place.schema}".thing in access share mode`);
    const waits: string[] = [];
    const migrator = migratorWith({
      onEvent: ({ what }) => {
        waits.push(what);
        if (what === "wait") void other.query("commit");
      },
    });
    const migrated = await migrator.migrate(
      place,
      release("v2", expand("m", "alter table thing add column m int")),
      { from: "v1" },
    );
    await other.end();
    expect(migrated).toMatchObject({ value: { done: ["m"] } });
    expect(waits).toContain("wait");
  });

  it("that builds an index builds an INVALID one anew, and leaves none when it cannot be built", async () => {
    const place = await placeWithThings(10);
    const index = expandIndex("unique", {
      name: "thing_n",
      definition: "thing_n ON thing USING btree ((n is null))",
      isUnique: true,
    });
    const failed = await migratorWith().migrate(place, release("v2", index), { from: "v1" });
    expect(failed).toMatchObject({ error: { kind: "step-failed", sqlState: "23505" } });
    const names = sql`select indexrelid::regclass::text as name, indisvalid as valid from pg_index where indrelid = 'thing'::regclass order by 1`;
    expect(await asOwner(place, names)).toEqual([{ name: "thing_pkey", valid: true }]);
    // What a killed builder leaves.
    await expect(
      opened.provisioner.run(place, sql`create unique index concurrently thing_n on thing ((n is null))`),
    ).rejects.toThrow(/could not create/u);
    await asOwner(place, sql`delete from thing where id > 1`);
    // And what one leaves that was killed before it had dropped it.
    await asOwner(place, sql`create index octavo_aside_1_other on thing (id)`);
    expect(await migratorWith().migrate(place, release("v2", index), { from: "v1" })).toMatchObject({
      ok: true,
    });
    expect(await asOwner(place, names)).toEqual([
      { name: "thing_n", valid: true },
      { name: "thing_pkey", valid: true },
    ]);
  });

  it("that builds an index waits for one that the server still builds for a killed instance, and takes it", async () => {
    const place = await placeWithThings(10);
    const definition = "thing_n ON thing USING btree (n)";
    const old = await connect(opened.adminUrl);
    await old.query(`begin; lock table "${place.schema}".thing in row exclusive mode`); // a build waits for its end
    const orphan = opened.provisioner.run(place, {
      text: `create index concurrently ${definition}`,
      values: [],
    });
    let looks = 0;
    const migrator = migratorWith({
      onEvent: ({ what }) => {
        if (what === "wait") looks += 1;
        if (looks === 2) void old.query("commit");
      },
    });
    const built = expandIndex("index", { name: "thing_n", definition });
    const migrating = migrator.migrate(place, release("v2", built), { from: "v1" });
    expect(await migrating).toMatchObject({ value: { done: ["index"] } });
    await Promise.all([orphan, old.end()]);
    expect(looks).toBeGreaterThanOrEqual(2);
    expect(
      await asOwner(
        place,
        sql`select indisvalid as valid, indexrelid::regclass::text as name from pg_index where indrelid = 'thing'::regclass order by 2`,
      ),
    ).toEqual([
      { valid: true, name: "thing_n" },
      { valid: true, name: "thing_pkey" },
    ]);
  });

  it("that backfills brings along what the version before writes behind it, and refuses to go on for ever", async () => {
    const place = await placeWithThings(1000);
    const fill = backfill("n", {
      table: "thing",
      remaining: sql`n is null`,
      each: (rows) => sql`update thing set n = ${7} where ${rows}`,
    });
    let late = 0;
    const migrator = migratorWith({
      throttle: async () => {
        late += 1;
        if (late <= 2) await asOwner(place, { text: `insert into thing values (${-late})`, values: [] });
        return 0;
      },
    });
    const events: MigrationEvent[] = [];
    const done = await migrator.migrate(
      place,
      release("v2", fill, verify("all", noRows(sql`select * from thing where n is null`))),
      { from: "v1" },
    );
    expect(done).toMatchObject({ ok: true });
    expect(await asOwner(place, sql`select count(*)::int as rows, sum(n)::int as sum from thing`)).toEqual([
      { rows: 1002, sum: 7014 },
    ]);
    const rate = await asOwner<{ ms: number }>(
      place,
      sql`select (progress ->> 'ms')::int as ms from octavo_step where step_id = 'n'`,
    );
    expect(rate[0]?.ms).toBeGreaterThan(0);
    const endless = backfill("m", {
      table: "thing",
      remaining: sql`n > 0`,
      each: (rows) => sql`update thing set n = n + 1 where ${rows}`,
    });
    const stopped = await migratorWith({ onEvent: (event) => events.push(event) }).migrate(
      place,
      release("v3", fill, endless),
      { from: "v2" },
    );
    expect(stopped).toMatchObject({ error: { kind: "step-failed", stepId: "m" } });
    expect(await asOwner(place, sql`select max(n)::int as max from thing`)).toEqual([{ max: 7 }]);
  });

  it("that verifies leaves nothing behind where it does not hold", async () => {
    const place = await placeWithThings(3);
    const before = await dump(place);
    const checks = [
      [noRows(sql`select id from thing where n is null`), `{"id":1}`],
      [constraint("thing", "positive", "CHECK (id > 1)"), "violated"],
      [notNull("thing", "n"), "violated"],
    ] as const;
    for (const [check, why] of checks) {
      const failed = await migratorWith().migrate(place, release("v2", verify("check", check)), {
        from: "v1",
      });
      expect(failed).toMatchObject({
        error: { kind: "verify-failed", message: expect.stringContaining(why) as unknown },
      });
      expect(await dump(place)).toEqual(before);
      await migratorWith().undo(place);
    }
  });
});

describe("two instances", () => {
  it("do not migrate one tenant at once; whoever was too slow writes nothing more", async () => {
    const place = await installed(2000);
    const takenOver: Promise<unknown>[] = [];
    const quick = migratorWith({ instanceId: "quick" });
    const takeOver = async (): Promise<unknown> => {
      for (;;) {
        const answer = await quick.migrate(place, loansTwo, upgrade);
        if (answer.ok || answer.error.kind !== "held") return answer;
        await delay(answer.error.retryAfterMs);
      }
    };
    const slow = migratorWith({
      instanceId: "slow",
      leaseMs: 300,
      throttle: async () => {
        if (takenOver.length === 0) takenOver.push(takeOver()); // it renews nothing while it is here
        await takenOver[0];
        return 0;
      },
    });
    expect(await slow.migrate(place, loansTwo, upgrade)).toMatchObject({
      ok: false,
      error: { kind: "lease-lost" },
    });
    expect(await Promise.all(takenOver)).toMatchObject([{ ok: true }]);
    expect(await asOwner(place, loansDigest)).toMatchObject([{ count: 2000 }]);
    const fresh = newPlace();
    await quick.migrate(fresh, loansTwo, { from: null });
    expect(await dump(place)).toEqual(await dump(fresh));
  });

  it("heed a pause, whoever was told, and go on from the last batch", async () => {
    const place = await installed(2000);
    const other = migratorWith({ instanceId: "other" });
    let batches = 0;
    const migrator = migratorWith({
      throttle: async () => {
        batches += 1;
        if (batches === 2) await other.pause(place);
        return 0;
      },
    });
    expect(await migrator.migrate(place, loansTwo, upgrade)).toMatchObject({
      error: { kind: "paused", stepId: "loans are due" },
    });
    const paused = await asOwner<{ rows: number }>(
      place,
      sql`select (progress ->> 'changed')::int as rows from octavo_step where step_id = 'loans are due'`,
    );
    expect(paused[0]?.rows).toBeLessThan(2000);
    expect(await other.migrate(place, loansTwo, upgrade)).toMatchObject({ error: { kind: "paused" } });
    expect(await other.preflight(place, loansTwo)).toMatchObject({
      value: { warnings: [{ kind: "paused" }] },
    });
    await other.resume(place);
    expect(await other.migrate(place, loansTwo, upgrade)).toMatchObject({ ok: true });
    const whole = await asOwner(
      place,
      sql`select (progress ->> 'changed')::int as rows from octavo_step where step_id = 'loans are due'`,
    );
    expect(whole).toEqual([{ rows: 2000 }]); // none was done twice
  });
});
