import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { openConnection } from "@octavo/testing/open-connection";
import { query } from "@octavo/testing/query";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Place, type Provisioner, sql } from "./index.ts";

const MODULE = "octavo-raced";
let opened: ModuleDatabases;
beforeAll(async () => {
  opened = await moduleDatabases({ modules: [MODULE], tenants: [] });
});
afterAll(() => opened.close());

/** @returns what `act` came to, while somebody else had changed the same rows of the catalog and commits once it waits for them */
async function against<T>(rival: string, act: () => Promise<T>): Promise<T> {
  const other = await openConnection(opened.adminUrl);
  await other.query("begin");
  await other.query(rival);
  const acting = act();
  const isWaiting = `select count(*)::int as n from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`;
  await expect.poll(() => query(opened.adminUrl, isWaiting)).toEqual([{ n: 1 }]);
  await other.query("commit");
  await other.end();
  return acting;
}

const trashOf = (place: Place): string => `trash_of_${place.schema}`;

describe("what changes the roles of a cluster does it again after a lost race", () => {
  it.each<{
    name: string;
    tenant: string;
    rival: (place: Place, login: string) => string;
    act: (provisioner: Provisioner, place: Place) => Promise<unknown>;
  }>([
    {
      name: "withdrawing the login, which somebody else withdraws",
      tenant: "withdrawn",
      rival: ({ schema }, login) => `revoke ${schema} from ${login}`,
      act: (provisioner, place) => provisioner.withdraw(place),
    },
    {
      name: "moving to the trash, while somebody else withdraws the login",
      tenant: "purged",
      rival: ({ schema }, login) => `revoke ${schema} from ${login}`,
      act: (provisioner, place) => provisioner.moveToTrash(place),
    },
    {
      name: "restoring from the trash, while somebody else grants a table of it",
      tenant: "restored",
      rival: (place, login) => `grant select on ${trashOf(place)}.note to ${login}`,
      act: (provisioner, place) => provisioner.restoreFromTrash(place, trashOf(place)),
    },
  ])("$name", async ({ tenant, rival, act }) => {
    const { provisioner } = opened;
    const place = await opened.provision(tenant, MODULE);
    await provisioner.tx(place, (tx) => tx.run(sql`create table note (text text)`));
    if (tenant === "restored") {
      const trash = await provisioner.moveToTrash(place);
      await query(opened.adminUrl, `alter schema ${trash} rename to ${trashOf(place)}`);
    }
    await against(rival(place, new URL(opened.url).username), () => act(provisioner, place));
    const after = `select nspname = '${place.schema}' as "isThere", pg_has_role('${new URL(opened.url).username}', '${place.schema}', 'member') as "isServed"
      from pg_namespace where nspname ~ '${place.schema}$'`;
    const isRestored = tenant === "restored";
    expect(await query(opened.adminUrl, after)).toEqual([
      { isThere: tenant !== "purged", isServed: isRestored },
    ]);
  });
});
