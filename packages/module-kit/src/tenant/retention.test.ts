import { randomUUID } from "node:crypto";
import { type HomeDatabase, sql } from "@octavo/database";
import {
  contract,
  dropColumn,
  dropTable,
  expand,
  type Migrator,
  openMigrator,
  type Step,
} from "@octavo/migrations";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { query } from "@octavo/testing/query";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { homeSteps } from "./home-steps.ts";
import { noteInstance, removeInstance } from "./instance-rows.ts";
import { keepRetention, type RetentionTools } from "./retention.ts";
import { enableTenant } from "./tenant-rows.ts";

const MODULE = "octavo-kept";
const ONE = `${MODULE}-1.0.0`;
const TWO = `${MODULE}-2.0.0`;
const CONTRACT = "notes without colour";
const first: readonly Step[] = [
  expand(
    "note",
    "create table note (id int primary key, colour text)",
    "create table old_note (id int primary key)",
  ),
];
const second: readonly Step[] = [
  ...first,
  contract(CONTRACT, dropColumn("note", "colour"), dropTable("old_note")),
];
const tenants = ["east", "west"];

let made: ModuleDatabases;
let home: HomeDatabase;
let migrator: Migrator;
beforeAll(async () => {
  made = await moduleDatabases({ modules: [], tenants: [] });
  home = made.databases.of(MODULE).home;
  migrator = openMigrator({ provisioner: made.provisioner, instanceId: "operator" });
  await migrator.migrate(made.databases.home(MODULE), { version: "home", steps: homeSteps }, { from: null });
});
afterAll(() => made.close());

/** Each test begins with tenants that were moved to version 2 forty days ago. */
beforeEach(async () => {
  await home.tx(async (tx) => {
    await tx.run(sql`delete from octavo_instance`);
    await tx.run(sql`delete from octavo_lease`);
  });
  for (const tenantId of tenants) {
    const place = made.databases.place(tenantId, MODULE);
    await query(made.adminUrl, `drop schema if exists ${place.schema} cascade`);
    for (const trash of await trashOf(tenantId)) await query(made.adminUrl, `drop schema ${trash} cascade`);
    await migrator.migrate(place, { version: ONE, steps: first }, { from: null });
    await migrator.migrate(place, { version: TWO, steps: second }, { from: ONE });
    await query(
      made.adminUrl,
      `update ${place.schema}.octavo_step set begun_at = begun_at - interval '40 days'`,
    );
    await home.tx((tx) => enableTenant(tx, tenantId, TWO, []));
  }
});

/** An instance of the module, as it would look after retention. */
function instance(moduleId: string, more: Partial<RetentionTools> = {}): RetentionTools {
  const instanceId = randomUUID();
  return {
    moduleId,
    instanceId,
    steps: moduleId === ONE ? first : second,
    retention: { contractDays: 30, trashDays: 30 },
    home,
    provisioner: made.provisioner,
    migrator: openMigrator({ provisioner: made.provisioner, instanceId }),
    placeOf: async (tenantId) => made.databases.place(tenantId, MODULE),
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    signal: new AbortController().signal,
    ...more,
  };
}
const ignore = (): void => undefined;

/** It runs, and says so. */
async function registered(tools: RetentionTools): Promise<RetentionTools> {
  const { instanceId, moduleId, steps } = tools;
  const contracts = steps.filter(({ kind }) => kind === "contract").map(({ id }) => id);
  await home.tx((tx) => noteInstance(tx, { instanceId, moduleId, contracts }));
  return tools;
}

const inAll = tenants.map((tenantId) => `${tenantId}_octavo_kept: ${CONTRACT}`);
const columns = async (tenantId: string): Promise<readonly unknown[]> => {
  const rows = await query(
    made.adminUrl,
    `select attname from pg_attribute where attrelid = '${tenantId}_octavo_kept.note'::regclass
      and attnum > 0 and not attisdropped order by attnum`,
  );
  return rows.map(({ attname }) => attname);
};
const trashOf = async (tenantId: string): Promise<readonly string[]> => {
  const rows = await query(
    made.adminUrl,
    `select nspname from pg_namespace where nspname ~ '^trash_\\d{8}_${tenantId}_' order by 1`,
  );
  return rows.map(({ nspname }) => String(nspname));
};

describe("a contract whose retention is over", () => {
  it("waits for the last instance that does not know of it, and is done in all tenants then", async () => {
    const [old, next] = [await registered(instance(ONE)), await registered(instance(TWO))];
    const nothing = { contracts: [], removed: [] };
    expect(await keepRetention(next)).toEqual(nothing);
    expect(await keepRetention(old), "it has not what the tenants have").toEqual(nothing);
    expect(await columns("east")).toEqual(["id", "colour"]);
    await home.tx((tx) => removeInstance(tx, old.instanceId));
    expect(await keepRetention(next)).toEqual({ contracts: inAll, removed: [] });
    expect(await columns("east")).toEqual(["id", "octavo_trash_colour"]);
    expect(await trashOf("west")).toHaveLength(1);
  });

  it("waits an hour for one that was killed, by the database's clock", async () => {
    await registered(instance(ONE));
    const next = await registered(instance(TWO));
    const seen = (minutes: number) =>
      home.tx((tx) =>
        tx.run(
          sql`update octavo_instance set seen_at = now() - make_interval(mins => ${minutes}::int) where module_id = ${ONE}`,
        ),
      );
    await seen(59);
    expect(await keepRetention(next)).toMatchObject({ contracts: [] });
    await seen(61);
    expect(await keepRetention(next)).toMatchObject({ contracts: inAll });
  });

  it("is not done before its days are over, nor for a tenant that has gone back, and undo is left as it was", async () => {
    const next = await registered(instance(TWO, { retention: { contractDays: 41, trashDays: 30 } }));
    expect(await keepRetention(next)).toMatchObject({ contracts: [] });
    const east = made.databases.place("east", MODULE);
    expect(await migrator.undo(east), "nothing was settled by looking").toMatchObject({ ok: true });
    await home.tx((tx) => enableTenant(tx, "west", ONE, []));
    const impatient = instance(TWO, { retention: { contractDays: 1, trashDays: 30 } });
    expect(await keepRetention(impatient)).toEqual({ contracts: [], removed: [] });
  });

  it("is done once by many instances, each tenant by one of them", async () => {
    const all = await Promise.all([1, 2, 3, 4].map(() => registered(instance(TWO))));
    const rounds = await Promise.all(all.map((tools) => keepRetention(tools)));
    expect(rounds.flatMap((round) => round?.contracts ?? [])).toEqual(inAll);
    const attempts = await query(
      made.adminUrl,
      `select attempt from east_octavo_kept.octavo_step where step_id = '${CONTRACT}'`,
    );
    expect(attempts).toEqual([{ attempt: 1 }]);
  });

  it("is left to the next instance by one that was too slow: it touches no further tenant", async () => {
    const next = await registered(instance(TWO));
    const takenOver: unknown[] = [];
    const slow = instance(TWO, {
      placeOf: async (tenantId) => {
        await home.tx((tx) => tx.run(sql`update octavo_lease set expires_at = now()`));
        takenOver.push(await keepRetention(next));
        return made.databases.place(tenantId, MODULE);
      },
    });
    await registered(slow);
    expect(await keepRetention(slow)).toEqual({ contracts: [], removed: [] });
    expect(takenOver).toEqual([{ contracts: inAll, removed: [] }]);
  });
});

describe("the trash", () => {
  it("is emptied after its own retention: what contracts took away, and schemas that were purged, noted or not", async () => {
    const next = await registered(instance(TWO));
    await keepRetention(next);
    const west = made.databases.place("west", MODULE);
    await made.provisioner.moveToTrash(west); // killed before it was noted
    const [moved] = await trashOf("east");
    for (const schema of await trashOf("west"))
      await query(
        made.adminUrl,
        `alter schema ${schema} rename to ${schema.replace(/^trash_\d{8}/u, "trash_20200101")}`,
      );
    expect(await keepRetention(next)).toMatchObject({
      contracts: [],
      removed: [
        expect.stringMatching(/^trash_20200101_west/u),
        expect.stringMatching(/^trash_20200101_west/u),
      ],
    });
    expect(await trashOf("east")).toEqual([moved]);
    await query(
      made.adminUrl,
      `update east_octavo_kept.octavo_step set ended_at = now() - interval '31 days' where step_id = '${CONTRACT}'`,
    );
    expect(await keepRetention(next)).toMatchObject({ removed: [`east_octavo_kept: ${CONTRACT}`] });
    expect(await columns("east")).toEqual(["id"]);
  });
});
