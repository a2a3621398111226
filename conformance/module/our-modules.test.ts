import { replay } from "@octavo/module-testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flowsOfLibraries } from "./library-flows.ts";
import { flowsOfPeople, otherFlows } from "./our-flows.ts";
import { type PlacedFleet, places, startAt } from "./places.ts";

/** Our modules, and the one of the guide, in three instances: with caches off and without a file that they may write. In the longer suite all tenants
 * are in one database; in a soak each in its own, too, and both behind PgBouncer, and an instance is killed after every request.
 * OCTAVO_TEST_DATABASE_URL selects the server: PostgreSQL 15 gives the answers of 18. */

const isFull = process.env["OCTAVO_SOAK"] !== undefined;
const wanted = places.filter(
  ({ pooled, databaseOfTenant }) => isFull || (pooled === null && !databaseOfTenant),
);
const hosts = [
  { name: "users and permissions", file: "our-people.ts", flows: flowsOfPeople },
  { name: "inventory and its storage", file: "our-library.ts", flows: flowsOfLibraries },
  { name: "other modules", file: "our-modules.ts", flows: otherFlows },
];
const cases = hosts.flatMap((host) => wanted.map((place) => ({ ...host, place, where: place.name })));

describe.each(cases)("$name, tenants in $where, answer alike, whoever serves and is killed:", (host) => {
  let placed: PlacedFleet;
  beforeAll(async () => {
    placed = await startAt(host.place, {
      file: new URL(host.file, import.meta.url),
      caches: "off",
      files: "read-only",
      // What killed instances have reserved is kept for them for a while: many are killed.
      env: { OCTAVO_DB_BUDGET: "4" },
    });
  }, 120_000);
  afterAll(() => placed.close(), 120_000);

  it.each(host.flows)(
    "$name",
    async (each) => {
      expect(await replay(placed.fleet, each, { seeds: 1, ...(!isFull && { kills: 4 }) })).toEqual([]);
    },
    isFull ? 1_800_000 : 600_000,
  );
});
