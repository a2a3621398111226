import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { type ModuleDatabase, sql, TenantUnknown } from "./index.ts";

let opened: ModuleDatabases;
let db: ModuleDatabase;
const north = { tenantId: "north", work: "foreground" as const };

beforeAll(async () => {
  opened = await moduleDatabases({ modules: ["octavo-notes"], tenants: ["north", "south"] });
  db = opened.databases.of("octavo-notes");
  for (const tenant of ["north", "south"]) {
    const place = opened.databases.place(tenant, "octavo-notes");
    await opened.provisioner.tx(place, (tx) =>
      tx.run(sql`create table note (id int primary key, text text not null)`),
    );
  }
});
afterAll(() => opened.close());

const count = async (): Promise<number | undefined> =>
  (await db.read(north, (tx) => tx.row<{ n: number }>(sql`select count(*)::int as n from note`)))?.n;

describe("a transaction", () => {
  it("writes all or nothing", async () => {
    await db.tx(north, (tx) => tx.run(sql`insert into note values (${1}, ${"one"})`));
    await expect(
      db.tx(north, async (tx) => {
        await tx.run(sql`insert into note values (2, 'two')`);
        throw new Error("changed my mind");
      }),
    ).rejects.toThrow("changed my mind");
    expect(await count()).toBe(1);
    await expect(db.read({ ...north, tenantId: "east" }, (tx) => tx.rows(sql`select 1`))).rejects.toThrow(
      TenantUnknown,
    );
  });
  it("gives up a part that takes too long, and goes on", async () => {
    const sleep = (seconds: number) => sql`select pg_sleep(${seconds})`;
    await db.read(north, async (tx) => {
      expect(await tx.within(50, () => tx.rows(sleep(10)))).toBeNull();
      expect(await tx.within(5000, () => tx.row(sql`select 1 as n`))).toEqual({ n: 1 });
      expect(await tx.rows(sleep(0.2)), "the limit is the one of before").toHaveLength(1);
    });
  });
  it("streams", async () => {
    await db.read(north, async (tx) => {
      const seen: number[] = [];
      for await (const { n } of tx.stream<{ n: number }>(
        sql`select n from generate_series(1, ${1050}::int) n`,
      )) {
        seen.push(n);
        if (n === 1000) break;
      }
      expect(seen.length).toBe(1000);
      expect(await tx.row(sql`select count(*)::int as n from pg_cursors where name <> ''`)).toEqual({ n: 0 });
    });
  });
});
