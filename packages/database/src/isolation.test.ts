import { type Connection, openConnection } from "@octavo/testing/open-connection";
import { query } from "@octavo/testing/query";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ModuleDatabase, sql, type Transaction } from "./index.ts";
import { preambleText } from "./preamble.ts";

/** What somebody can do who gets text into a statement (an expression), or who writes the whole of it, or who has the process's login. The
 * secret is another tenant's; nobody here may read it. */
let opened: ModuleDatabases;
let db: ModuleDatabase;
const north = { tenantId: "north", work: "foreground" as const };
const SECRET = "south's secret";

beforeAll(async () => {
  opened = await moduleDatabases({ modules: ["octavo-secrets"], tenants: ["north", "south"] }, { budget: 1 });
  db = opened.databases.of("octavo-secrets");
  for (const [tenant, text] of [
    ["north", "own"],
    ["south", SECRET],
  ] as const) {
    await opened.provisioner.tx(opened.databases.place(tenant, "octavo-secrets"), async (tx) => {
      await tx.run(sql`create table note (text text not null)`);
      await tx.run(sql`insert into note values (${text})`);
    });
  }
});
afterAll(() => opened.close());

const south = "south_octavo_secrets";
/** The statement of a module that pastes what it was given into its text. */
const careless = (tx: Transaction, injected: string) =>
  tx.rows({ text: `select text from note where ${injected}`, values: [] });

describe("an expression that was injected", () => {
  it.each([
    ["takes no other role", `set_config('role', '${south}', true) is not null`, "42501"],
    [
      "takes no other role by a query within XML",
      `query_to_xml('select set_config(''role'', ''${south}'', true)', false, false, '') is not null`,
      "42501",
    ],
    [
      "sets no role in a query within XML",
      `query_to_xml('set local role ${south}', false, false, '') is not null`,
      "0A000",
    ],
    ["reads nothing of another schema", `exists (select from ${south}.note)`, "42501"],
    [
      "reads nothing of another schema within XML",
      `query_to_xml('select * from ${south}.note', false, false, '') is not null`,
      "42501",
    ],
    [
      "reads no other schema as a document",
      `schema_to_xml('${south}', false, false, '') is not null`,
      "42501",
    ],
    ["reads no files", "pg_read_file('/etc/passwd') is not null", "42501"],
    ["adds no second statement", `true; set role ${south}`, "42601"],
    ["ends no transaction", "true; commit", "42601"],
  ])("%s", async (_claim, injected, code) => {
    await expect(db.tx(north, (tx) => careless(tx, injected))).rejects.toMatchObject({ code });
  });

  it("leaves nothing behind for whoever has the connection next", async () => {
    await db
      .tx(north, (tx) => careless(tx, `set_config('search_path', '${south}', false) is not null`))
      .catch(() => null);
    expect(await whoami("south")).toEqual({ role: south, path: south, session: "login" });
  });

  it("sees the statements of nobody else", async () => {
    const rows = await db.read(north, (tx) =>
      tx.rows<{ query: string }>(
        sql`select query from pg_stat_activity where query like '%note%' and pid <> pg_backend_pid()`,
      ),
    );
    expect(rows).toEqual([]);
  });
});

async function whoami(tenantId: string): Promise<unknown> {
  return db.read({ ...north, tenantId }, (tx) =>
    tx.row(
      sql`select current_user::text as role, current_setting('search_path') as path, case when session_user like 'octavo\\_login%' then 'login' end as session`,
    ),
  );
}

describe("a role at run time", () => {
  it.each([
    ["no temporary table", "create temp table t (n int)", "42501"],
    ["no table of its own", "create table t (n int)", "42501"],
    ["no table in public", "create table public.t (n int)", "42501"],
    ["no function", "create function f() returns int language sql as 'select 1'", "42501"],
    ["no block of plpgsql", "do $$ begin perform 1; end $$", "42501"],
    ["no schema", "create schema s", "42501"],
    ["no change of a table", "alter table note add column n int", "42501"],
    ["no emptying", "truncate note", "42501"],
    ["no other role", `set role ${south}_owner`, "42501"],
    ["no role of a superuser", "set role pg_read_all_data", "42501"],
    ["no other session user", "set session authorization pg_monitor", "42501"],
  ])("may do %s", async (_claim, text, code) => {
    await asLogin(async (login) => {
      await login.query(opening("north"));
      await expect(login.query(text)).rejects.toMatchObject({ code });
      await login.query("rollback");
    });
  });

  it("gives no rights to others", async () => {
    await asLogin(async (login) => {
      await login.query(opening("north"));
      await login.query("grant select on note to public"); // the server warns, and does nothing
      await login.query("commit");
    });
    const may = "select has_table_privilege('public', 'north_octavo_secrets.note', 'select') as may";
    expect(await query(opened.adminUrl, may)).toEqual([{ may: false }]);
  });
});

describe("the login of a process", () => {
  it("may do nothing by itself, so that a forgotten or ended role opens nothing", async () => {
    await asLogin(async (login) => {
      const read = () => login.query(`select text from ${south}.note`);
      await expect(read()).rejects.toMatchObject({ code: "42501" });
      await login.query(opening("north"));
      await login.query("commit"); // as somebody might sneak in
      await expect(login.query("select text from note")).rejects.toMatchObject({ code: "42P01" });
      await expect(read()).rejects.toMatchObject({ code: "42501" });
    });
  });
});

describe("a connection that was left dirty", () => {
  /** As no module can: the pool's only connection, by hand. */
  const poison = async (dirty: (tx: Transaction) => Promise<unknown>): Promise<void> => {
    await db.tx(north, dirty).catch(() => null);
  };
  it.each<[string, (tx: Transaction) => Promise<unknown>]>([
    ["a failed transaction", (tx) => tx.rows(sql`select 1 / 0`)],
    [
      "a cursor that nobody closed",
      async (tx) => {
        const rows = tx.stream(sql`select generate_series(1, 1000)`);
        await rows[Symbol.asyncIterator]().next();
      },
    ],
    ["a statement that nobody awaited", async (tx) => void tx.rows(sql`select pg_sleep(0.1)`)],
    ["locks", (tx) => tx.rows(sql`select pg_advisory_xact_lock(1)`)],
    ["a notification", (tx) => tx.rows(sql`select pg_notify('changes', 'x')`)],
    [
      "an attempt that nobody ended",
      async (tx) => void tx.attempt(() => tx.rows(sql`select 1`)).catch(() => null),
    ],
  ])("serves the next tenant as a new one would: %s", async (_name, dirty) => {
    await poison(dirty);
    expect(await whoami("south")).toEqual({ role: south, path: south, session: "login" });
    const left = await db.read({ ...north, tenantId: "south" }, (tx) =>
      tx.row(sql`select
        (select count(*)::int from pg_cursors where name like 'octavo%') as cursors,
        (select count(*)::int from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks,
        (select count(*)::int from pg_listening_channels()) as channels,
        (select text from note) as text`),
    );
    expect(left).toEqual({ cursors: 0, locks: 0, channels: 0, text: SECRET });
    expect(opened.databases.gauges.used).toBe(0);
  });
});

describe("prepared statements", () => {
  const read = (tenantId: string) =>
    db.read({ ...north, tenantId }, (tx) => tx.rows<{ text: unknown }>(sql`select text from note`));

  it("are shared by tenants, and each reads its own table", async () => {
    for (let n = 0; n < 8; n += 1) {
      expect(await read("north")).toEqual([{ text: "own" }]);
      expect(await read("south")).toEqual([{ text: SECRET }]);
    }
  });

  it("follow a tenant whose table has changed its shape, while the others keep theirs", async () => {
    const place = opened.databases.place("north", "octavo-secrets");
    await opened.provisioner.tx(place, (tx) =>
      tx.run(sql`alter table note alter column text type jsonb using to_jsonb(text)`),
    );
    for (let n = 0; n < 3; n += 1) {
      expect(await read("north")).toEqual([{ text: "own" }]);
      expect(await read("south")).toEqual([{ text: SECRET }]);
    }
    await opened.provisioner.tx(place, (tx) =>
      tx.run(sql`alter table note alter column text type text using text #>> '{}'`),
    );
    expect(await read("north")).toEqual([{ text: "own" }]);
  });
});

function opening(tenantId: string): string {
  const { schema } = opened.databases.place(tenantId, "octavo-secrets");
  return preambleText({
    role: schema,
    path: [schema],
    isReadOnly: false,
    statementTimeoutMs: 1000,
    lockTimeoutMs: 0,
    idleTimeoutMs: 0,
  });
}

async function asLogin(work: (login: Connection) => Promise<void>): Promise<void> {
  const login = await openConnection(opened.url);
  try {
    await work(login);
  } finally {
    await login.end();
  }
}
