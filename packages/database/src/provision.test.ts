import { randomBytes } from "node:crypto";
import { freshDatabase } from "@octavo/testing/fresh-database";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { query } from "@octavo/testing/query";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabases, type Placement, type Provisioner, sql, TenantUnknown } from "./index.ts";

const north = { tenantId: "north", work: "foreground" as const };
const perTenant = (prefix: string): Placement => ({
  default: { cluster: "main", database: `${prefix}_{tenant}` },
  tenants: {},
  modules: {},
  pairs: [],
});

describe("provisioning", () => {
  let opened: ModuleDatabases;
  beforeAll(async () => {
    opened = await moduleDatabases({ modules: [], tenants: [] });
  });
  afterAll(() => opened.close());

  it("may be asked for by many at once and again, and comes to the same", async () => {
    const module = uniqueModule();
    const others = await Promise.all(
      [1, 2, 3].map(() =>
        opened.open({ clusters: { main: { url: opened.url, adminUrl: opened.adminUrl } } }),
      ),
    );
    const places = ["north", "south", "east"].map((tenant) => opened.databases.place(tenant, module));
    const asked = others.flatMap(({ provisioner }) =>
      places.map(async (place) => provisioner?.provision(place)),
    );
    expect(new Set((await Promise.all(asked)).map((warnings) => warnings?.length))).toEqual(new Set([0]));
    await opened.provisioner.tx(places[0] ?? opened.databases.home(module), (tx) =>
      tx.run(sql`create table kept (n int)`),
    );
    expect(await opened.provisioner.provision(places[0] ?? opened.databases.home(module))).toEqual([]);
    expect(
      await opened.databases.of(module).tx(north, (tx) => tx.run(sql`insert into kept values (1)`)),
    ).toBe(1);
  });

  it("says so where the login has the name of the module's own role", async () => {
    const module = uniqueModule();
    const login = new URL(opened.url);
    login.username = module.replaceAll("-", "_");
    const clusters = { main: { url: login.href, adminUrl: opened.adminUrl } };
    const asked = opened
      .open({ clusters })
      .then((databases) => databases.provisioner?.provision(databases.home(module)));
    await expect(asked).rejects.toThrow("give the login another name");
  });

  it("lets the owner change the schema and nobody's else, and no more end its transaction", async () => {
    const module = uniqueModule();
    await opened.provision("north", module);
    const south = await opened.provision("south", module);
    const tx = (text: string) =>
      opened.provisioner.tx(opened.databases.place("north", module), (tx) => tx.run({ text, values: [] }));
    await tx("create table t (text text)");
    await tx("create index on t using gin (text gin_trgm_ops)");
    await tx("create function touch() returns trigger language plpgsql as $$ begin return new; end $$");
    await expect(tx(`create table ${south.schema}.t ()`)).rejects.toMatchObject({ code: "42501" });
    await expect(tx("commit")).rejects.toThrow("cannot run");
    await expect(tx(`set local role ${south.schema}_owner`)).rejects.toThrow("cannot run");
    const [table] = await query(
      opened.adminUrl,
      `select tableowner from pg_tables where schemaname = 'north_${module.replaceAll("-", "_")}'`,
    );
    expect(table?.["tableowner"]).toBe(`north_${module.replaceAll("-", "_")}_owner`);
  });

  it("builds an index while the table is in use", async () => {
    const module = uniqueModule();
    const place = await opened.provision("north", module);
    await opened.provisioner.tx(place, (tx) => tx.run(sql`create table t (n int)`));
    await opened.provisioner.run(place, sql`create index concurrently t_n on t (n)`);
    expect(
      await query(
        opened.adminUrl,
        `select count(*)::int as n from pg_indexes where schemaname = '${place.schema}'`,
      ),
    ).toEqual([{ n: 1 }]);
  });

  it("keeps its session for the next piece of work, with nothing in it, and no longer than the process", async () => {
    const databases = await opened.open({
      clusters: { main: { url: opened.url, adminUrl: opened.adminUrl } },
    });
    const { provisioner } = databases;
    const place = databases.place("north", uniqueModule());
    await provisioner?.provision(place);
    const session = () =>
      provisioner?.tx(place, (tx) =>
        tx.row<{ pid: number; locks: number }>(
          sql`select pg_backend_pid() as pid, (select count(*)::int from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks`,
        ),
      );
    const first = await session();
    expect(first).toMatchObject({ locks: 0 });
    await provisioner?.run(place, sql`select pg_advisory_lock(1)`);
    expect(await session()).toEqual(first);
    await expect(provisioner?.run(place, sql`select 1 / 0`)).rejects.toThrow("division by zero");
    const second = await session();
    expect(second?.pid, "one in which something failed is closed").not.toBe(first?.pid);
    await databases.close();
    const left = () => query(opened.adminUrl, `select from pg_stat_activity where pid = ${second?.pid}`);
    await expect.poll(left).toEqual([]);
  });

  it("does not queue behind a table in use for long", async () => {
    const module = uniqueModule();
    const place = await opened.provision("north", module);
    await opened.provisioner.tx(place, (tx) => tx.run(sql`create table t (n int)`));
    const altering = opened.databases.of(module).read(north, async (tx) => {
      await tx.rows(sql`select n from t`);
      await expect(
        opened.provisioner.tx(place, (owner) => owner.run(sql`alter table t add column m int`), 20),
      ).rejects.toMatchObject({ code: "55P03" });
    });
    await altering;
  });

  it("takes a purged tenant's rows away from everybody, keeps them, and can give them back", async () => {
    const module = uniqueModule();
    const place = await opened.provision("north", module);
    const db = opened.databases.of(module);
    const rows = () => db.read(north, (tx) => tx.rows(sql`select n from t`));
    await opened.provisioner.tx(place, (tx) => tx.run(sql`create table t as select 1 as n`));
    expect(await rows()).toEqual([{ n: 1 }]);
    const trash = await opened.provisioner.moveToTrash(place);
    expect(trash).toMatch(new RegExp(`^trash_\\d{8}_${place.schema}$`, "u"));
    await expect(rows()).rejects.toThrow(TenantUnknown);
    expect(await query(opened.adminUrl, `select n from ${trash ?? ""}.t`)).toEqual([{ n: 1 }]);
    expect(await opened.provisioner.moveToTrash(place)).toBeNull();
    await opened.provisioner.restoreFromTrash(place, trash ?? "");
    expect(await rows()).toEqual([{ n: 1 }]);
  });

  it("gives each tenant a database where the placement says so, and nothing else changes for the module", async () => {
    const module = uniqueModule();
    const prefix = `octavo_test_${randomBytes(4).toString("hex")}`;
    const apart = await opened.open({
      clusters: { main: { url: opened.url, adminUrl: opened.adminUrl } },
      placement: perTenant(prefix),
      budget: 2,
    });
    const tenants = ["north", "south", "east"];
    for (const tenant of tenants) {
      const place = apart.place(tenant, module);
      await apart.provisioner?.provision(place);
      await apart.provisioner?.tx(place, (tx) =>
        tx.run(sql`create table t as select ${tenant}::text as tenant`),
      );
    }
    const visits = Array.from({ length: 12 }, async (_, n) => {
      const tenantId = tenants[n % 3] ?? "";
      expect(
        await apart
          .of(module)
          .read({ ...north, tenantId }, (tx) =>
            tx.row(sql`select tenant, current_database()::text as database from t`),
          ),
      ).toEqual({
        tenant: tenantId,
        database: `${prefix}_${tenantId}`,
      });
    });
    await Promise.all(visits);
    await expect(apart.of(module).read({ ...north, tenantId: "west" }, async () => null)).rejects.toThrow(
      TenantUnknown,
    );
    const { used, idle } = apart.gauges;
    expect(used + idle).toBeLessThanOrEqual(2);
    await apart.close();
    for (const tenant of tenants) await query(opened.adminUrl, `drop database ${prefix}_${tenant}`);
  });
});

describe("a provisioner that is no superuser", () => {
  it("separates tenants all the same, and says which doors it cannot close", async () => {
    const fresh = await freshDatabase();
    const suffix = randomBytes(4).toString("hex");
    const [admin, login] = [`octavo_admin_${suffix}`, `octavo_login_${suffix}`];
    await query(fresh.url, `create role ${admin} login password 'secret' createrole createdb`);
    await query(fresh.url, `grant create on database ${new URL(fresh.url).pathname.slice(1)} to ${admin}`);
    const as = (user: string): string => {
      const url = new URL(fresh.url);
      url.username = user;
      url.password = "secret";
      return url.href;
    };
    const heard: string[] = [];
    const clusters = { main: { url: as(login), adminUrl: as(admin) } };
    const databases = await openDatabases({ clusters, onWarning: (sentence) => heard.push(sentence) });
    const { provisioner } = databases as { readonly provisioner: Provisioner }; // an admin URL was given
    const module = uniqueModule();
    const [first, second] = [databases.place("north", module), databases.place("south", module)];
    const warnings = await provisioner.provision(first);
    expect(warnings.join("\n")).toMatch(/set_config cannot be revoked[^]*plpgsql cannot be revoked/u);
    await provisioner.provision(second);
    expect(heard, "each is told once").toEqual(warnings);
    for (const place of [first, second])
      await provisioner.tx(place, (tx) =>
        tx.run(sql`create table t as select ${place.schema}::text as name`),
      );
    const read = databases.of(module).read(north, (tx) => tx.rows(sql`select name from t`));
    expect(await read).toEqual([{ name: first.schema }]);
    const stranger = databases
      .of(module)
      .read(north, (tx) => tx.rows({ text: `select name from ${second.schema}.t`, values: [] }));
    await expect(stranger).rejects.toMatchObject({ code: "42501" });
    expect(await provisioner.moveToTrash(second)).toContain(second.schema);
    // Once a superuser has closed them there is nothing to say.
    await query(
      fresh.url,
      "revoke execute on function pg_catalog.set_config(text, text, boolean) from public",
    );
    await query(fresh.url, "revoke usage on language plpgsql from public");
    await query(
      fresh.url,
      `revoke temporary on database ${new URL(fresh.url).pathname.slice(1)} from public`,
    );
    expect(await provisioner.provision(first)).toEqual([]);
    await databases.close();
    await fresh.drop();
  });
});

/** Roles are the cluster's: a name of its own for each test. */
function uniqueModule(): string {
  return `octavo-x${randomBytes(4).toString("hex")}`;
}
