import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { query } from "@octavo/testing/query";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOperatorInDatabase } from "./create-operator-in-database.ts";
import { gatewayInTest } from "./testing/gateway-in-test.ts";

const wanted = { name: "Rescue", roles: ["admin"] };
let database: FreshDatabase;

beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

describe("an operator made in the database", () => {
  it("signs in at a running gateway, and is in its audit as made by the database", async () => {
    const { gateway } = await gatewayInTest({ DATABASE_URL: database.url });
    const made = await createOperatorInDatabase(database.url, wanted);
    if (!made.ok) throw new Error(made.error.message);
    const { id, token } = made.value;
    const ask = (path: string) =>
      fetch(`${gateway.url}${path}`, { headers: { Authorization: `Bearer ${token}` } });
    let answer = await ask("/_/octavo/operators");
    // Nobody announces to this client that the gateway has followed; the test's own limit bounds it.
    while (answer.status === 401) answer = await ask("/_/octavo/operators");
    expect(await answer.json()).toContainEqual(expect.objectContaining({ id, ...wanted }));
    expect(await (await ask("/_/octavo/audit")).text()).toContain("system:database");
    expect(await query(database.url, "select token_hash from octavo.operator where name = 'Rescue'")).toEqual(
      [{ token_hash: expect.not.stringContaining(token) }],
    );
    // Its own connection to the registry is gone: it is no instance of the platform.
    expect(await query(database.url, "select url from octavo.instance")).toEqual([{ url: gateway.url }]);
    await gateway.close();
  });

  it("is made while no gateway runs, and found at the next start", async () => {
    await (await gatewayInTest({ DATABASE_URL: database.url })).gateway.close();
    const made = await createOperatorInDatabase(database.url, wanted);
    if (!made.ok) throw new Error(made.error.message);
    const { gateway } = await gatewayInTest({ DATABASE_URL: database.url });
    const headers = { Authorization: `Bearer ${made.value.token}` };
    expect((await fetch(`${gateway.url}/_/octavo/operators`, { headers })).status).toBe(200);
    await gateway.close();
  });

  it.each<[string, () => Promise<string>, "refused" | "unreachable", RegExp]>([
    ["is no URL", async () => "mysql://db/octavo", "refused", /must be a PostgreSQL URL/],
    ["holds no state", async () => database.url, "refused", /holds no state of Octavo: check the URL/],
    ["is not there", async () => `${database.url}_nobody`, "unreachable", /does not exist.*check its URL/],
    [
      "belongs to newer gateways",
      () => changed("update octavo.meta set value = '99' where name = 'active_protocol'"),
      "refused",
      /use protocol 99, this program knows/,
    ],
    [
      "holds an older schema",
      () =>
        changed(
          "update octavo.migration set version = -1 where version = (select max(version) from octavo.migration)",
        ),
      "refused",
      /upgrade them first/,
    ],
  ])("is refused where the database %s", async (_claim, url, kind, message) => {
    const made = await createOperatorInDatabase(await url(), wanted);
    expect(made).toMatchObject({
      ok: false,
      error: { kind, message: expect.stringMatching(message) },
    });
  });

  it("has a name", async () => {
    const made = await createOperatorInDatabase(database.url, { ...wanted, name: " " });
    expect(made).toMatchObject({ ok: false, error: { kind: "refused" } });
  });
});

/** The URL of a state that was changed so. */
async function changed(statement: string): Promise<string> {
  await (await gatewayInTest({ DATABASE_URL: database.url })).gateway.close();
  await query(database.url, statement);
  return database.url;
}
