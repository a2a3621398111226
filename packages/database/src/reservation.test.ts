import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";
import { query } from "@octavo/testing/query";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BudgetRefused } from "./index.ts";
import { Connection } from "./connection.ts";
import { refusalOf, Reservation } from "./reservation.ts";

describe("the sum of all budgets", () => {
  it.each([
    { reserved: 0, wanted: 5, largest: 0, usable: 97, fits: true },
    { reserved: 87, wanted: 5, largest: 5, usable: 97, fits: true },
    { reserved: 88, wanted: 5, largest: 5, usable: 97, fits: false },
    { reserved: 80, wanted: 5, largest: 13, usable: 97, fits: false },
    { reserved: 0, wanted: 49, largest: 0, usable: 97, fits: false },
  ])(
    "fits with room for the largest once more: $wanted beside $reserved of $usable",
    ({ fits, wanted, ...sum }) => {
      expect(refusalOf({ ...sum, processes: 3 }, wanted) === null).toBe(fits);
    },
  );
});

describe("a reservation", () => {
  let opened: ModuleDatabases;
  let usable: number;
  beforeAll(async () => {
    opened = await moduleDatabases(
      { modules: ["octavo-reserved"], tenants: [] },
      { budget: 7, processName: "first" },
    );
    const [row] = await query(
      opened.adminUrl,
      "select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - coalesce(current_setting('reserved_connections', true)::int, 0) as n",
    );
    usable = Number(row?.["n"]);
  });
  afterAll(() => opened.close());
  const table = () =>
    query(opened.adminUrl, "select name, connections from octavo_connections.reservation order by name");

  it("is there while the process runs, and gone with it", async () => {
    const second = await opened.open({ budget: 3, processName: "second" });
    expect(await table()).toEqual([
      { name: "first", connections: 7 },
      { name: "second", connections: 3 },
    ]);
    const [state] = second.reservations;
    expect(state).toEqual({ cluster: "main", reserved: 3, reservedByAll: 10, processes: 2, usable });
    await second.close();
    expect(await table()).toEqual([{ name: "first", connections: 7 }]);
  });

  it("refuses a start that does not fit, with the sum, and leaves nothing of it", async () => {
    const wanted = usable - 10;
    const refused = opened.open({ budget: wanted });
    await expect(refused).rejects.toThrow(BudgetRefused);
    await expect(refused).rejects.toThrow(
      `7 + ${wanted} + ${wanted} is more than the ${usable} that the server gives: lower OCTAVO_DB_BUDGET`,
    );
    expect(await table()).toHaveLength(1);
  });

  it("lets one of many that start at once have the last room", async () => {
    const budget = Math.floor((usable - 7) / 3);
    const starts = await Promise.allSettled(
      [1, 2, 3, 4].map(() => opened.open({ budget, processName: "racer" })),
    );
    const running = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
    expect(running).toHaveLength(2);
    await Promise.all(running.map((databases) => databases.close()));
  });

  it("of a process that was killed counts until its lease is over, by the database's clock", async () => {
    const budget = Math.floor((usable - 7) / 2);
    const lease = (seconds: number) =>
      query(
        opened.adminUrl,
        `insert into octavo_connections.reservation values (gen_random_uuid(), 'killed', ${budget}, now() + interval '${seconds} seconds')`,
      );
    await lease(30);
    await expect(opened.open({ budget })).rejects.toThrow(BudgetRefused);
    await query(
      opened.adminUrl,
      "update octavo_connections.reservation set expires_at = now() - interval '1 second' where name = 'killed'",
    );
    const next = await opened.open({ budget, processName: "next" });
    expect((await table()).map(({ name }) => name)).toEqual(["first", "next"]);
    await next.close();
  });

  it("is renewed, and written again where it was lost", async () => {
    const connection = await Connection.open({ connectionString: opened.url }, false);
    const giveBack = (fate: "keep" | "close") => fate === "close" && void connection.send("ROLLBACK");
    const take = async () => ({ connection, giveBack });
    const reservation = new Reservation("renewed", 1, take, 10);
    await reservation.open();
    const row = () =>
      query(
        opened.adminUrl,
        "select expires_at > now() + interval '50 seconds' as is_fresh from octavo_connections.reservation where name = 'renewed'",
      );
    const renewed = () => expect.poll(row).toEqual([{ is_fresh: true }]);
    await query(
      opened.adminUrl,
      "update octavo_connections.reservation set expires_at = now() - interval '1 hour' where name = 'renewed'",
    );
    await renewed();
    await query(opened.adminUrl, "delete from octavo_connections.reservation where name = 'renewed'");
    await renewed();
    await expect
      .poll(() => reservation.state("main"))
      .toMatchObject({ reserved: 1, reservedByAll: 8, processes: 2 });
    await query(opened.adminUrl, "alter table octavo_connections.reservation rename to hidden");
    await expect.poll(() => reservation.state("main")).toMatchObject({ reserved: 0 });
    await query(opened.adminUrl, "alter table octavo_connections.hidden rename to reservation");
    await expect.poll(() => reservation.state("main")).toMatchObject({ reserved: 1 });
    await reservation.close();
    expect(await row()).toEqual([]);
    await connection.close();
  });

  it("is no reason not to start where nobody provisioned anything yet", async () => {
    const fresh = await moduleDatabases({ modules: [], tenants: [] });
    await query(fresh.adminUrl, "drop schema octavo_connections cascade");
    const login = await fresh.open({ clusters: { main: { url: fresh.url, adminUrl: null } } });
    expect(login.provisioner).toBeNull();
    await fresh.close();
  });
});
