import { randomUUID } from "node:crypto";
import { sql } from "@octavo/database";
import { query } from "@octavo/testing/query";
import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Refusal } from "../http/refusal.ts";
import { type CollectionDatabase, collectionDatabase } from "../testing/collection-databases.ts";
import { collection, collections, type Place, type Search, searchable, type TotalRecords } from "./index.ts";
import { listJson } from "./list-json.ts";
import { piecesWithin } from "./pieces-within.ts";

const isSoak = process.env["OCTAVO_SOAK"] !== undefined;
const ROWS = isSoak ? 1_000_000 : 30_000;
const KIND = 20;
/** Of one statement, which has its time. */
const ROWS_AT_ONCE = 50_000;

const items = collection("item", {
  schema: Type.Object({ title: Type.String(), n: Type.Integer(), note: Type.Optional(Type.String()) }),
  indexes: [searchable.text("title", ["exact", "words"]), searchable.number("n")],
  dynamic: ["note"],
  isVersioned: false,
  hasMetadata: false,
});

let made: CollectionDatabase;

beforeAll(async () => {
  // One connection: whatever does not give it back stops everything that comes after.
  made = await collectionDatabase(collections(items).steps ?? [], { budget: 1, statementTimeoutMs: 20_000 });
  for (let from = 1; from <= ROWS; from += ROWS_AT_ONCE) {
    const to = Math.min(ROWS, from + ROWS_AT_ONCE - 1);
    await made.tx((tx) =>
      tx.run(sql`insert into item (id, jsonb)
        select id, jsonb_build_object('id', id, 'title', 'Kind ' || n % ${KIND}::int, 'n', n)
        from (select gen_random_uuid() as id, n from generate_series(${from}::int, ${to}::int) as n) as made`),
    );
  }
  const place = made.opened.databases.place("north", made.moduleName);
  await made.opened.provisioner.tx(place, (tx) => tx.run(sql`analyze item`));
}, 300_000);
afterAll(() => made.opened.close());

const wanted = (more: Partial<Search> = {}): Search => ({
  query: null,
  offset: 0,
  limit: 10,
  totalRecords: "auto",
  ...more,
});
const first = (n: number): string => `n <= ${n} sortby n`;

describe("the number of all that a query finds", () => {
  it.each<[string, Partial<Search>, number | null]>([
    ["is told by a page that is not full", { query: first(7) }, 7],
    ["also by a later one", { query: first(25), offset: 20 }, 25],
    ["is 0 where nothing is found", { query: "n > 99000000" }, 0],
    ["is counted where it is small", { query: first(600) }, 600],
    ["is not more than what is behind us", { query: first(30), offset: 20_000 }, 30],
    ["is exact for a page of no rows", { query: first(5000), limit: 0 }, 5000],
    ["is exact when asked for", { query: first(5000), totalRecords: "exact" }, 5000],
    ["is not told when it is not asked for", { query: first(30), totalRecords: "none" }, null],
  ])("%s", async (_what, more, count) => {
    const { total } = await made.read((tx) => items.search(tx, wanted(more)));
    expect(total).toEqual(count === null ? null : { count, isEstimated: false });
  });

  it.each<[string, Partial<Search>, number]>([
    ["at least 1,000", { query: first(5000) }, 1000],
    ["at least what was seen", { query: null, offset: ROWS - 20 }, ROWS - 10],
    [
      "what the planner thinks, if it is asked for",
      { query: 'title == "kind 7"', totalRecords: "estimated" },
      10,
    ],
  ])("is an estimate beyond 1,000: %s", async (_what, more, least) => {
    const { total } = await made.read((tx) => items.search(tx, wanted(more)));
    expect(total).toMatchObject({ isEstimated: true });
    expect(total?.count).toBeGreaterThanOrEqual(least);
    expect(total?.count).toBeLessThan(ROWS * 1.5);
  });
});

describe("words in an order", () => {
  it.each([
    ["few have", "7*", 0, [7, 27, 47]],
    ["few have, further on", "7*", 2, [47, 67, 87]],
    ["all have", "kind*", 0, [1, 2, 3]],
    ["all have, further on", "kind*", 15_000, [15_001, 15_002, 15_003]],
    ["nobody has", "zebra*", 0, []],
  ])("that %s", async (_what, word, offset, ns) => {
    const search = wanted({ query: `title = "${word}" sortby n`, offset, limit: 3 });
    const { documents } = await made.read((tx) => items.search(tx, search));
    expect(documents.map(({ n }) => n)).toEqual(ns);
  });

  it("are not looked for in all rows where nobody has them", async () => {
    const search = wanted({ query: 'title = "zebra*" sortby n' });
    const plan = await made.read((tx) => items.explain(tx, search));
    // In the order of the sort all rows would be read, until a page is full.
    expect(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]).toBeLessThan(ROWS / 100);
  });
});

describe("a list", () => {
  const shape = { listName: "items", hasResultInfo: true };
  const printed = async (search: Search, withInfo = true): Promise<string> => {
    const pieces = await piecesWithin(made, (tx) =>
      listJson({ ...shape, hasResultInfo: withInfo }, items.searchTexts(tx, search)),
    );
    const parts: Uint8Array[] = [];
    for await (const piece of pieces) parts.push(piece);
    return Buffer.concat(parts).toString("utf8");
  };

  it.each<[TotalRecords, number, string]>([
    ["auto", 2, '"totalRecords":2,"resultInfo":{"totalRecords":2,"facets":[],"diagnostics":[]}}'],
    ["none", 10, '"resultInfo":{"facets":[],"diagnostics":[]}}'],
  ])("has its documents first, then their number: %s", async (totalRecords, limit, end) => {
    const text = await printed(wanted({ query: first(2), totalRecords, limit }));
    const list = JSON.parse(text) as { items: { n: number }[] };
    expect(list.items.map(({ n }) => n)).toEqual([1, 2]);
    expect(text.startsWith('{"items":[{')).toBe(true);
    expect(text.endsWith(`],${end}`)).toBe(true);
  });

  it("is the same from a cursor as read at once", async () => {
    const query = first(90);
    const [atOnce, byCursor] = [
      await printed(wanted({ query, limit: 100 }), false),
      await printed(wanted({ query, limit: 1000 }), false),
    ];
    expect(byCursor).toBe(atOnce);
    expect(await printed(wanted({ query, limit: 0 }), false)).toBe('{"items":[],"totalRecords":90}');
  });

  it("of everything is read as far as it is taken, and given up with its connection half-way", async () => {
    let rowsRead = 0;
    const pieces = await piecesWithin(made, (tx) =>
      listJson(shape, {
        documents: (async function* () {
          for await (const document of items.searchTexts(tx, wanted({ limit: 2_147_483_647 })).documents) {
            rowsRead += 1;
            yield document;
          }
        })(),
        total: () => Promise.resolve(null),
      }),
    );
    let bytes = 0;
    let most = 0;
    for await (const piece of pieces) {
      bytes += piece.length;
      if (bytes > (ROWS * ROW_BYTES) / 2) break;
      most = Math.max(most, rowsRead * ROW_BYTES - bytes);
    }
    expect(rowsRead).toBeGreaterThan(ROWS / 3);
    expect(most, "bytes that were read ahead").toBeLessThan(2 * 1024 * 1024);
    // The budget is one connection: this waits for ever if it was kept.
    expect(
      await made.read((tx) => tx.row(sql`select count(*)::int as n from pg_cursors where name <> ''`)),
    ).toEqual({
      n: 0,
    });
    const sessions = await query(
      made.opened.adminUrl,
      "select state from pg_stat_activity where datname = current_database() and usename like 'octavo_login%' and state <> 'idle'",
    );
    expect(sessions).toEqual([]);
  }, 120_000);

  it("that is refused before its first piece is refused as a whole", async () => {
    await expect(printed(wanted({ query: "nothing = x" }))).rejects.toMatchObject({
      status: 400,
      message: 'CQL: There is no index "nothing" (at 8)',
    });
    await expect(printed(wanted({ query: "n > ten" }))).rejects.toMatchObject({ status: 422 });
    await expect(printed(wanted({ query: "(title" }))).rejects.toMatchObject({ status: 400 });
  });
});

/** As jsonb prints an item: measured, not more than needed above. */
const ROW_BYTES = 80;

describe("pages by place", () => {
  it.each(["cql.allRecords=1 sortby title", "n > 0 sortby title/sort.descending n", "cql.allRecords=1"])(
    "give each row once while others come and go: %s",
    async (cql) => {
      const stay = new Set(
        (
          await made.read((tx) =>
            tx.rows<{ id: string }>(sql`select id from item where (jsonb ->> 'n')::int <= ${5000}`),
          )
        ).map(({ id }) => id),
      );
      const limited = cql.replace("cql.allRecords=1", "n <= 5000").replace("n > 0", "n <= 5000");
      const seen: string[] = [];
      let after: Place | null = null;
      do {
        const page = await made.read((tx) => items.page(tx, limited, after, 500));
        seen.push(...page.documents.map(({ id }) => id));
        after = JSON.parse(JSON.stringify(page.next)) as Place | null;
        await made.tx(async (tx) => {
          const mine = (n: number) => ({ title: `Kind ${n % KIND}`, n: -n });
          const [kept] = await tx.rows<{ id: string }>(
            sql`delete from item where id = (select id from item where (jsonb ->> 'n')::int < 0 limit 1) returning id`,
          );
          for (let n = 1; n < 5; n += 1) await items.create(tx, mine(seen.length + n), { userId: null });
          return kept;
        });
      } while (after !== null);
      const mine = seen.filter((id) => stay.has(id));
      expect(new Set(seen).size).toBe(seen.length);
      expect(mine).toHaveLength(stay.size);
      await made.tx((tx) => tx.run(sql`delete from item where (jsonb ->> 'n')::int < 0`));
    },
    60_000,
  );
});

describe("a query that costs too much", () => {
  it("is stopped, and tells so; the connection serves the next", async () => {
    const slow = await collectionDatabase(collections(items).steps ?? [], {
      budget: 1,
      statementTimeoutMs: 300,
    });
    const note = `${randomUUID().replaceAll("-", " ")} `.repeat(2500);
    for (let n = 0; n < 100; n += 1) {
      await slow.tx((tx) => items.create(tx, { title: "x", n, note }, { userId: null }));
    }
    for (const limit of [10, 1000]) {
      const searching = slow.read(async (tx) => {
        const found = items.searchTexts(tx, wanted({ query: "note = nothing", limit }));
        for await (const document of found.documents) return document;
        return null;
      });
      await expect(searching).rejects.toThrow(Refusal);
      await expect(searching).rejects.toMatchObject({ status: 422, errors: [{ code: "cql-too-slow" }] });
      expect((await slow.read((tx) => items.search(tx, wanted()))).documents).toHaveLength(10);
    }
    await slow.opened.close();
  }, 60_000);

  it("may be given up while it is counted, and is estimated then", async () => {
    const { total } = await made.read((tx) =>
      items.search({ ...withoutTime(tx) }, wanted({ query: first(5000), totalRecords: "exact" })),
    );
    expect(total).toMatchObject({ isEstimated: true });
  });
});

/** A transaction in which nothing is done in time. */
function withoutTime(tx: Parameters<typeof items.search>[0]): Parameters<typeof items.search>[0] {
  return {
    tenantId: tx.tenantId,
    rows: (statement) => tx.rows(statement),
    row: (statement) => tx.row(statement),
    stream: (statement, batchRows) => tx.stream(statement, batchRows),
    within: () => Promise.resolve(null),
  };
}
