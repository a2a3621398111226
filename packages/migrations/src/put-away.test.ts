import { name, type Place, type Statement, sql, TenantUnknown } from "@octavo/database";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dumpSchema, type Migrator, openMigrator, openTrash, type Trash } from "./index.ts";
import { loansOne, loansTwo, someLoans } from "./testing/loans.ts";

let opened: ModuleDatabases;
let migrator: Migrator;
let trash: Trash;

beforeAll(async () => {
  opened = await moduleDatabases({ modules: [], tenants: [] });
  migrator = openMigrator({ provisioner: opened.provisioner, instanceId: "one" });
  trash = openTrash(opened.provisioner);
});
afterAll(() => opened.close());

async function upgraded(tenantId: string): Promise<Place> {
  const place = opened.databases.place(tenantId, "octavo-loans");
  await migrator.migrate(place, loansOne, { from: null });
  await run(place, someLoans(10));
  await run(place, sql`insert into old_note select id, 'a note' from loan limit 4`);
  expect(await migrator.migrate(place, loansTwo, { from: loansOne.version })).toMatchObject({ ok: true });
  return place;
}

const run = (place: Place, statement: Statement): Promise<unknown> =>
  opened.provisioner.tx(place, (tx) => tx.run(statement));
const asOwner = (place: Place, statement: Statement): Promise<readonly object[]> =>
  opened.provisioner.tx(place, (tx) => tx.rows(statement));
const dump = (place: Place): Promise<readonly string[]> =>
  opened.provisioner.tx(place, (tx) => dumpSchema(tx, place));
/** As requests do. */
const served = (tenantId: string, statement: Statement): Promise<readonly object[]> =>
  opened.databases.of("octavo-loans").read({ tenantId, work: "foreground" }, (tx) => tx.rows(statement));

describe("a contract", () => {
  it("puts away with all values, comes back from it, and is gone for good after the retention", async () => {
    const place = await upgraded("contracted");
    const before = await dump(place);
    expect(await migrator.contract(place, loansTwo, 0)).toMatchObject({ ok: true });
    await expect(served("contracted", sql`select status from loan`)).rejects.toMatchObject({ code: "42703" });
    await expect(served("contracted", sql`select * from old_note`)).rejects.toMatchObject({ code: "42P01" });

    expect(await migrator.restore(place, "loans without status")).toEqual({ ok: true, value: null });
    expect(await asOwner(place, sql`select count(*)::int as n, max(note) as note from old_note`)).toEqual([
      { n: 4, note: "a note" },
    ]);
    expect(
      await asOwner(place, sql`select count(*)::int as n from loan where status = jsonb ->> 'status'`),
    ).toEqual([{ n: 10 }]);
    // A NOT NULL does not come back: rows were written without a value meanwhile.
    const changed = (await dump(place)).filter((line) => !before.includes(line));
    expect(changed).toEqual([expect.stringMatching(/^column loan.status .*notnull=f/u)]);

    expect(await migrator.contract(place, loansTwo, 0)).toMatchObject({
      value: { done: ["loans without status"] },
    });
    expect(await trash.expire(place, 1)).toEqual({ schemas: [], contracts: [] });
    expect(await trash.expire(place, 0)).toMatchObject({ contracts: ["loans without status"] });
    expect(await trash.list(place)).toEqual([]);
    const columns = sql`select attname::text as name from pg_attribute where attrelid = 'loan'::regclass and attnum > 0 and not attisdropped order by 1`;
    expect((await asOwner(place, columns)).map((row) => Object.values(row)[0])).toEqual([
      "due",
      "id",
      "jsonb",
      "renewals",
    ]);
    expect(await migrator.restore(place, "loans without status")).toMatchObject({
      error: { kind: "step-failed" },
    });
  });

  it("is refused where something else rests on its parts, and nothing of it is done", async () => {
    const place = await upgraded("used");
    await run(place, sql`create view open_loan as select id from loan where status = 'open'`);
    const before = await dump(place);
    const refused = await migrator.contract(place, loansTwo, 0);
    expect(refused).toMatchObject({ error: { kind: "step-failed", sqlState: "2BP01" } });
    expect(await dump(place)).toEqual(before);
    await run(place, sql`drop view open_loan`);
    expect(await migrator.contract(place, loansTwo, 0)).toMatchObject({
      value: { done: ["loans without status"] },
    });
  });

  it("ends undo", async () => {
    const place = await upgraded("settled");
    await migrator.contract(place, loansTwo, 30);
    expect(await migrator.undo(place)).toEqual({ ok: true, value: [] });
  });
});

describe("a purge", () => {
  it("puts a tenant's schema away, which comes back as it was, even after another has taken its place", async () => {
    const place = await upgraded("purged");
    const before = await dump(place);
    const trashed = await trash.purge(place);
    await expect(served("purged", sql`select 1`)).rejects.toThrow(TenantUnknown);

    await migrator.migrate(place, loansTwo, { from: null });
    expect(await served("purged", sql`select count(*)::int as n from loan`)).toEqual([{ n: 0 }]);
    await expect(trash.restore(place, trashed ?? "")).rejects.toMatchObject({ code: "42P06" });
    const second = await trash.purge(place);
    expect(await trash.list(place)).toEqual(
      [second, trashed].map((schema) => ({ schema, days: 0, isWhole: true })),
    );

    await trash.restore(place, trashed ?? "");
    expect(await served("purged", sql`select count(*)::int as n from loan`)).toEqual([{ n: 10 }]);
    expect(await dump(place)).toEqual(before);
    expect(await trash.expire(place, 0)).toMatchObject({ schemas: [second] });
    expect(await trash.list(place)).toEqual([]);
    expect(await served("purged", sql`select count(*)::int as n from loan`)).toEqual([{ n: 10 }]);
  });

  it("of one tenant is nobody else's: neither listed nor restored", async () => {
    const [one, other] = [await upgraded("one"), await upgraded("other")];
    const trashed = await trash.purge(one);
    expect(await trash.list(other)).toEqual([]);
    await trash.purge(other);
    await expect(trash.restore(other, trashed ?? "")).rejects.toThrow(/no schema that/u);
    expect(await trash.expire(other, 0)).toMatchObject({ schemas: [expect.stringContaining("other")] });
    expect(await trash.list(one)).toHaveLength(1);
  });
});

describe("the ledger", () => {
  it("is out of reach of requests, after a restore too", async () => {
    const place = await upgraded("closed");
    const read = sql`select * from octavo_step`;
    await expect(served("closed", read)).rejects.toMatchObject({ code: "42501" });
    await trash.restore(place, (await trash.purge(place)) ?? "");
    await expect(served("closed", read)).rejects.toMatchObject({ code: "42501" });
    await expect(served("closed", sql`select * from ${name("octavo_shipped")}`)).rejects.toMatchObject({
      code: "42501",
    });
  });
});
