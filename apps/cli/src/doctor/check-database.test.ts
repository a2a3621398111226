import type { DatabaseFacts } from "@octavo/gateway";
import { err, ok } from "@octavo/result";
import { describe, expect, it } from "vitest";
import { judgeDatabase } from "./check-database.ts";

const sound: DatabaseFacts = {
  version: "17.2",
  name: "octavo",
  user: "me",
  isReadOnly: false,
  schema: { version: 3, newestKnown: 3, isChangeable: true },
  clockAheadMs: -4,
  connections: { free: 90, most: 100, perInstance: 9 },
};
const schema = (version: number | null, isChangeable: boolean): DatabaseFacts => ({
  ...sound,
  schema: { version, newestKnown: 3, isChangeable },
});

/** The verdict and both texts of one check. */
function finding(facts: DatabaseFacts, check: string): string {
  const found = judgeDatabase(ok(facts)).find((each) => each.check === check);
  return [found?.verdict, found?.says, found?.remedy].join("; ");
}

describe("the doctor on a database", () => {
  it("has nothing to mend where all is well", () => {
    expect(judgeDatabase(ok(sound)).map(({ verdict, check, says }) => [verdict, check, says])).toEqual([
      ["ok", "Database", "PostgreSQL 17.2, database octavo, as user me"],
      ["ok", "Schema", "octavo, version 3"],
      ["ok", "Clock", "that of the database, within 4 ms"],
      ["ok", "Connections", "90 of 100 are free; a gateway takes 9"],
    ]);
  });

  it("says why a gateway could not start on it", () => {
    expect(judgeDatabase(err("PostgreSQL 14.1 is too old: use 15 or newer"))).toMatchObject([
      { verdict: "fail", says: "DATABASE_URL: PostgreSQL 14.1 is too old: use 15 or newer" },
    ]);
  });

  it.each<[string, DatabaseFacts, string, RegExp]>([
    ["an empty one", schema(null, true), "Schema", /^ok; octavo will be made/u],
    [
      "an empty one, not ours",
      schema(null, false),
      "Schema",
      /^fail; .*; grant create on database octavo to me/u,
    ],
    ["an older schema", schema(2, true), "Schema", /^ok; octavo will be migrated from version 2 to 3/u],
    ["an older schema, not ours", schema(2, false), "Schema", /^fail; .*the user me may not; .*owner/u],
    ["our schema, not ours to change", schema(3, false), "Schema", /^ok; /u],
    [
      "a newer schema",
      schema(4, true),
      "Schema",
      /^warn; .*has version 4, .*up to 3; right while an upgrade/u,
    ],
    ["a standby", { ...sound, isReadOnly: true }, "Schema", /^fail; .*takes no writes; name the primary/u],
    ["a clock ahead", { ...sound, clockAheadMs: 2500 }, "Clock", /^warn; .*2\.5 s ahead of this machine's;/u],
    ["a clock behind", { ...sound, clockAheadMs: -60_000 }, "Clock", /^warn; .*60\.0 s behind this/u],
    [
      "little room",
      { ...sound, connections: { free: 8, most: 20, perInstance: 9 } },
      "Connections",
      /^warn; 8 of 20 are free, a gateway takes 9; raise max_connections/u,
    ],
  ])("judges %s", (_case, facts, check, expected) => {
    expect(finding(facts, check)).toMatch(expected);
  });
});
