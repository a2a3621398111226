import { err } from "@octavo/result";
import { describe, expect, it } from "vitest";
import { inspectDatabase, type DatabaseFacts } from "./inspect-database.ts";
import { allMigrations } from "./migrations/all-migrations.ts";
import { databasePerTest } from "./testing/with-database.ts";

const database = databasePerTest();
const now = () => new Date().getTime();
const newestKnown = allMigrations.at(-1)?.version;

async function facts(url = database.url, clock = now): Promise<DatabaseFacts> {
  const found = await inspectDatabase(url, clock);
  if (!found.ok) throw new Error(found.error.message);
  return found.value;
}

describe("a look at a database", () => {
  it("finds an empty one ready, and leaves it empty", async () => {
    const { schema, isReadOnly, name, version, connections } = await facts();
    expect(schema).toEqual({ version: null, newestKnown, isChangeable: true });
    expect({ isReadOnly, name }).toEqual({
      isReadOnly: false,
      name: new URL(database.url).pathname.slice(1),
    });
    expect(version).toMatch(/^\d+\.\d+/u);
    expect(connections.free).toBeGreaterThan(0);
    expect(connections.free).toBeLessThan(connections.most);
    expect(await database.query("select to_regnamespace('octavo') as schema")).toEqual([{ schema: null }]);
  });

  it("knows the version of a schema", async () => {
    await database.open();
    expect((await facts()).schema).toMatchObject({ version: newestKnown, isChangeable: true });
    await database.query("insert into octavo.migration (version, name, checksum) values (999, '', '')");
    expect((await facts()).schema).toMatchObject({ version: 999 });
  });

  it("knows a user who may not make the schema, and one who may not change it", async () => {
    const role = `octavo_test_reader_${process.pid}`;
    await database.query(`create role ${role} login password 'reader'`);
    database.onEnd(() => database.query(`drop owned by ${role}; drop role ${role}`));
    const url = new URL(database.url);
    url.username = role;
    url.password = "reader";
    expect((await facts(url.href)).schema).toMatchObject({ version: null, isChangeable: false });
    await database.open();
    await database.query(
      `grant usage on schema octavo to ${role}; grant select on octavo.migration to ${role}`,
    );
    expect(await facts(url.href)).toMatchObject({
      user: role,
      schema: { version: newestKnown, isChangeable: false },
    });
  });

  it("knows one that refuses writes", async () => {
    const name = new URL(database.url).pathname.slice(1);
    await database.query(`alter database ${name} set default_transaction_read_only = on`);
    expect(await facts()).toMatchObject({ isReadOnly: true });
  });

  it("compares the clocks", async () => {
    const { clockAheadMs } = await facts(database.url, () => now() - 3_600_000);
    expect(Math.round(clockAheadMs / 60_000)).toBe(60);
  });

  it("says why it could not look, without the password", async () => {
    const url = new URL(database.url);
    url.password = "s3cret";
    url.pathname = "/octavo_test_of_nobody";
    const found = await inspectDatabase(url.href, now);
    expect(found).toMatchObject(err({ kind: "unreachable" }));
    expect(JSON.stringify(found)).not.toContain("s3cret");
  });
});
