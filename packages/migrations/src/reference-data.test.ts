import { type Place, type Statement, sql } from "@octavo/database";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  expand,
  type MigrationReport,
  type Migrator,
  openMigrator,
  referenceData,
  type ReferenceRow,
} from "./index.ts";

let opened: ModuleDatabases;
let migrator: Migrator;

beforeAll(async () => {
  opened = await moduleDatabases({ modules: [], tenants: [] });
  migrator = openMigrator({ provisioner: opened.provisioner, instanceId: "one" });
});
afterAll(() => opened.close());

const id = (n: number): string => `8a4d1a86-4c0b-4b0c-9a39-${String(n).padStart(12, "0")}`;
const kinds = expand(
  "kinds",
  sql`create table kind (id uuid primary key, jsonb jsonb not null);
    create unique index kind_name on kind ((jsonb ->> 'name'));
    create table item (id int primary key, kind uuid references kind)`,
);

async function ship(place: Place, version: number, rows: readonly ReferenceRow[]): Promise<MigrationReport> {
  const steps = [kinds, referenceData("shipped kinds", { table: "kind", rows })];
  const from = version === 1 ? null : `v${version - 1}`;
  const answer = await migrator.migrate(place, { version: `v${version}`, steps }, { from });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

const run = (place: Place, statement: Statement): Promise<unknown> =>
  opened.provisioner.tx(place, (tx) => tx.run(statement));

async function names(place: Place): Promise<Record<string, unknown>> {
  const rows = await opened.provisioner.tx(place, (tx) =>
    tx.rows<{ n: number; jsonb: object }>(
      sql`select right(id::text, 4)::int as n, jsonb - 'id' as jsonb from kind order by 1`,
    ),
  );
  return Object.fromEntries(rows.map(({ n, jsonb }) => [n, jsonb]));
}

const edit = (n: number, name: string) =>
  sql`update kind set jsonb = jsonb || jsonb_build_object('name', ${name}::text) where id = ${id(n)}`;

describe("shipped rows", () => {
  it("follow where nobody edited them; what the library wrote stays, and collisions are told", async () => {
    const place = opened.databases.place("shipped", "octavo-kinds");
    await ship(
      place,
      1,
      [1, 2, 3, 4].map((n) => ({ id: id(n), name: `kind ${n}` })),
    );
    await run(place, edit(2, "our kind"));
    await run(place, sql`delete from kind where id = ${id(3)}`);
    await run(
      place,
      sql`update kind set jsonb = jsonb || '{"_version": 4, "metadata": {"createdDate": "x"}}' where id = ${id(1)}`,
    );
    await run(
      place,
      sql`insert into kind values (${id(9)}, '{"name": "kind 5"}'), (${id(6)}, '{"name": "ours"}')`,
    );

    const shipped = [1, 2, 3, 4, 5, 6].map((n) => ({ id: id(n), name: `kind ${n}`, isNew: true }));
    const { collisions } = await ship(place, 2, shipped);
    expect(collisions.map(({ rowId, because }) => [rowId, because])).toEqual([
      [id(2), "edited"],
      [id(3), "removed"],
      [id(5), "refused"],
      [id(6), "own-row"],
    ]);
    expect(collisions[2]?.message).toContain("kind_name");
    expect(await names(place)).toEqual({
      1: { name: "kind 1", isNew: true, _version: 5, metadata: { createdDate: "x" } },
      2: { name: "our kind" },
      4: { name: "kind 4", isNew: true },
      6: { name: "ours" },
      9: { name: "kind 5" },
    });

    // What was told is not told again, unless what is shipped is another.
    expect(await ship(place, 3, shipped)).toMatchObject({
      alreadyDone: ["kinds", "shipped kinds"],
      collisions: [],
    });
    const next = shipped.map((row) => (row.id === id(4) ? { ...row, isNew: false } : row));
    const third = await ship(place, 4, next);
    expect(third.collisions.map(({ because }) => because)).toEqual(["refused", "own-row"]);
    expect((await names(place))[4]).toEqual({ name: "kind 4", isNew: false });
  });

  it("go back to what they were when the version that shipped them is undone, where nobody touched them since", async () => {
    const place = opened.databases.place("undone", "octavo-kinds");
    await ship(
      place,
      1,
      [1, 2].map((n) => ({ id: id(n), name: `kind ${n}` })),
    );
    const before = await names(place);
    const second = [1, 2, 3, 4, 5].map((n) => ({ id: id(n), name: `kind ${n}`, isNew: true }));
    await ship(place, 2, second);
    await run(place, edit(2, "ours"));
    await run(place, edit(4, "ours, too"));
    await run(place, sql`insert into item values (1, ${id(5)})`);
    expect(await migrator.undo(place)).toEqual({ ok: true, value: ["shipped kinds"] });
    expect(await names(place)).toEqual({
      ...before,
      2: { name: "ours", isNew: true },
      4: { name: "ours, too", isNew: true },
      5: { name: "kind 5", isNew: true }, // an item has it
    });
    // The next version merges with what the first one shipped.
    const { collisions } = await ship(place, 2, second);
    expect(collisions.map(({ rowId }) => rowId)).toEqual([id(2), id(4)]);
    expect((await names(place))[1]).toEqual({ name: "kind 1", isNew: true });
  });

  it("come in transactions of a hundred, and go on behind the last one", async () => {
    const place = opened.databases.place("many", "octavo-kinds");
    const rows = Array.from({ length: 250 }, (_, n) => ({ id: id(n), name: `kind ${n}` }));
    const stop = new AbortController();
    const seen: (number | undefined)[] = [];
    const stopping = openMigrator({
      provisioner: opened.provisioner,
      instanceId: "two",
      onEvent: ({ what, rows }) => {
        if (what === "batch") seen.push(rows);
        if (rows === 100) stop.abort();
      },
    });
    const release = {
      version: "v1",
      steps: [kinds, referenceData("shipped kinds", { table: "kind", rows })],
    };
    const stopped = await stopping.migrate(place, release, { from: null, signal: stop.signal });
    expect(stopped).toMatchObject({ error: { kind: "stopped", stepId: "shipped kinds" } });
    expect(Object.keys(await names(place))).toHaveLength(100);
    expect(await stopping.migrate(place, release, { from: null })).toMatchObject({ ok: true });
    expect(Object.keys(await names(place))).toHaveLength(250);
    expect(seen).toEqual([100, 200]);
  });
});
