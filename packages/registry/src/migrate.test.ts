import { err } from "@octavo/result";
import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { createPool } from "./connect.ts";
import { migrate, type Migration } from "./migrate.ts";
import { allMigrations } from "./migrations/all-migrations.ts";
import { openRegistry } from "./open-registry.ts";
import { eventually, optionsFor } from "./testing/open-on.ts";
import { databasePerTest } from "./testing/with-database.ts";

const database = databasePerTest();

const versions = allMigrations.map(({ version }) => version);
const newest = versions.at(-1) ?? 0;
const more: Migration = {
  version: newest + 1,
  name: "one more",
  sql: "create table octavo.one_more (id text)",
};

async function run(migrations: readonly Migration[]) {
  const pool = createPool(optionsFor(database.url));
  const applied: number[] = [];
  const result = await migrate(pool, migrations, ({ version }) => applied.push(version));
  await pool.end();
  return { result, applied };
}

describe("migrating", () => {
  it("is done by one of those that start at once", async () => {
    const runs = await Promise.all(Array.from({ length: 4 }, () => run([...allMigrations, more])));
    expect(runs.map(({ result }) => result.ok)).toEqual([true, true, true, true]);
    expect(new Set(runs.flatMap(({ applied }) => applied))).toEqual(new Set([...versions, more.version]));
    expect(runs.flatMap(({ applied }) => applied)).toHaveLength(versions.length + 1);
    expect(await database.query("select version from octavo.migration order by 1")).toEqual(
      [...versions, more.version].map((version) => ({ version })),
    );
  });

  it("goes on where an older program left it, and is nothing to do the second time", async () => {
    expect((await run(allMigrations)).applied).toEqual(versions);
    expect((await run([...allMigrations, more])).applied).toEqual([more.version]);
    expect((await run([...allMigrations, more])).applied).toEqual([]);
  });

  it("leaves what failed as it was", async () => {
    const broken: Migration = {
      version: more.version,
      name: "broken",
      sql: "create table octavo.half (id text); select 1/0",
    };
    const { result } = await run([...allMigrations, broken]);
    expect(result).toMatchObject(
      err({ kind: "migration-failed", message: expect.stringContaining("division by zero") }),
    );
    expect(await database.query("select to_regclass('octavo.half') as half")).toEqual([{ half: null }]);
  });

  it("waits in short turns for a table that somebody uses", async () => {
    await run(allMigrations);
    const user = new Client({ connectionString: database.url });
    await user.connect();
    await user.query("begin; select from octavo.meta");
    const alter: Migration = {
      version: more.version,
      name: "alter",
      sql: "alter table octavo.meta add column note text",
    };
    const migrating = run([...allMigrations, alter]);
    await eventually("it waits", async () => (await waiting()) > 0);
    await eventually("it has let go", async () => (await waiting()) === 0);
    await user.end();
    expect((await migrating).applied).toEqual([more.version]);
  });

  it("begins on a schema to which a newer program has added: the protocol says whether it may", async () => {
    await run([...allMigrations, more]);
    const opened = await openRegistry(optionsFor(database.url));
    expect(opened.ok).toBe(true);
    if (opened.ok) await opened.value.close();
  });

  it("refuses a state in which instances already speak what this program does not know", async () => {
    await run(allMigrations);
    await database.query("update octavo.meta set value = '2' where name = 'active_protocol'");
    const opened = await openRegistry(optionsFor(database.url));
    expect(opened).toMatchObject(
      err({
        kind: "schema-newer",
        message: expect.stringContaining("use protocol 2, this program knows 1 to 1"),
      }),
    );
  });

  it("refuses a migration that was edited after it was applied", async () => {
    await run([...allMigrations, more]);
    const { result } = await run([...allMigrations, { ...more, sql: `${more.sql} -- only a comment` }]);
    expect(result).toMatchObject(
      err({
        kind: "migration-changed",
        message: expect.stringContaining(`migration ${more.version} (one more)`),
      }),
    );
  });

  it("does not begin in a database that cannot hold every text", async () => {
    const name = `octavo_test_latin_${process.pid}`;
    await database.query(
      `create database ${name} encoding 'LATIN1' locale_provider libc locale 'C' template template0`,
    );
    const url = new URL(database.url);
    url.pathname = `/${name}`;
    const opened = await openRegistry(optionsFor(url.href));
    await database.query(`drop database ${name} with (force)`);
    expect(opened).toMatchObject(err({ kind: "not-utf8", message: expect.stringContaining("LATIN1") }));
  });
});

async function waiting(): Promise<number> {
  const rows = await database.query<{ n: number }>(
    "select count(*)::int as n from pg_locks join pg_class on pg_class.oid = relation where relname = 'meta' and not granted",
  );
  return rows[0]?.n ?? 0;
}
