import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Connection } from "./connection.ts";

const KEPT = 500;
const COLD = 600;

let opened: ModuleDatabases;
beforeAll(async () => {
  opened = await moduleDatabases({ modules: [], tenants: [] });
});
afterAll(() => opened.close());

const hot = { text: "select $1::int as hot", values: [1] };
const cold = (n: number) => ({ text: `select $1::int as cold_${n}`, values: [n] });

async function named(connection: Connection): Promise<readonly Record<string, unknown>[]> {
  const text = `select statement, prepare_time::text as since, (generic_plans + custom_plans)::int as plans
    from pg_prepared_statements`;
  return (await connection.query({ text, values: [] }, null)).rows;
}

describe("the prepared statements of a connection", () => {
  it("are 500 at most: the least recently used goes, and one that is used stays prepared", async () => {
    const connection = await Connection.open({ connectionString: opened.url }, true);
    await connection.query(hot, 0);
    const [before] = await named(connection);
    for (let n = 0; n < COLD; n += 1) {
      const both = [connection.query(cold(n), 0), connection.query(hot, 0)];
      expect((await Promise.all(both)).map(({ rows }) => rows)).toEqual([
        [{ [`cold_${n}`]: n }],
        [{ hot: 1 }],
      ]);
    }
    const after = await named(connection);
    expect(after).toHaveLength(KEPT);
    expect(after).toContainEqual({ ...before, plans: COLD + 1 });
    const texts = after.map(({ statement }) => statement);
    expect(texts).toContain(cold(COLD - 1).text);
    expect(texts).not.toContain(cold(COLD - KEPT).text);
    expect((await connection.query(cold(0), 0)).rows).toEqual([{ cold_0: 0 }]);
    expect(await named(connection)).toHaveLength(KEPT);
    await connection.close();
  });

  it("make room within a transaction that has failed, and where all of them are under way", async () => {
    const connection = await Connection.open({ connectionString: opened.url }, true);
    const all = Array.from({ length: COLD }, (_, n) => connection.query(cold(n), 0));
    await Promise.all(all);
    expect(await named(connection)).toHaveLength(KEPT);
    await connection.send("BEGIN");
    await expect(connection.query({ text: "select 1 / $1::int", values: [0] }, 0)).rejects.toThrow("zero");
    await expect(connection.query(cold(COLD), 0)).rejects.toThrow("aborted");
    await connection.send("ROLLBACK");
    for (let n = COLD; n >= 0; n -= 1)
      expect((await connection.query(cold(n), 0)).rows).toEqual([{ [`cold_${n}`]: n }]);
    expect(await named(connection)).toHaveLength(KEPT);
    await connection.close();
  });
});
