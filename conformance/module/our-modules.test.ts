import { Fleet, flow, replay } from "@octavo/module-testing";
import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** Our modules, and the one of the guide: with caches off, without a file that they may write. */

let database: FreshDatabase;
let fleet: Fleet;

beforeAll(async () => {
  database = await freshDatabase();
  const file = new URL("our-modules.ts", import.meta.url);
  fleet = await Fleet.start({ file, databaseUrl: database.url, caches: "off", files: "read-only" });
}, 120_000);
afterAll(async () => {
  await fleet.close();
  await database.drop();
});

interface Made {
  readonly id: string;
}

const label = flow("a tag is made, made again, renamed, found and deleted", async ({ call }) => {
  const { body: tag } = await call<Made>("POST", "/tags", { body: { label: "fragile" } });
  await call("POST", "/tags", { body: { label: "fragile" } }); // refused: it is there
  await call("PUT", `/tags/${tag.id}`, { body: { ...tag, label: "brittle" } });
  await call("GET", "/tags?query=label==brittle");
  await call("DELETE", `/tags/${tag.id}`);
  await call("GET", "/tags?query=cql.allRecords=1 sortby label");
});

// As docs/guide/testing.md has it.
const seat = flow("a seat is taken", async ({ call }) => {
  const { body: room } = await call<Made>("POST", "/reading-rooms", { body: { name: "Maps", seats: 2 } });
  await call("POST", `/reading-rooms/${room.id}/seats`);
  await call("GET", `/reading-rooms/${room.id}`);
});

describe("a module of ours answers alike, whoever serves and is killed:", () => {
  it.each([label, seat])(
    "$name",
    async (each) => {
      expect(await replay(fleet, each)).toEqual([]);
    },
    120_000,
  );
});
