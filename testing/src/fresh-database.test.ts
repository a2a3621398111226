import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { freshDatabase, migratedTemplate } from "./fresh-database.ts";
import { query } from "./query.ts";

describe("a fresh database", () => {
  it("is empty, UTF-8 and nobody else's", async () => {
    const [one, other] = [await freshDatabase(), await freshDatabase()];
    await query(one.url, "CREATE TABLE book (title text)");
    expect(await query(one.url, "SHOW server_encoding")).toEqual([{ server_encoding: "UTF8" }]);
    expect(await query(other.url, "SELECT to_regclass('book') AS book")).toEqual([{ book: null }]);
    await Promise.all([one.drop(), other.drop()]);
  });

  it("is gone after drop, also while somebody is connected", async () => {
    const database = await freshDatabase();
    const client = new Client({ connectionString: database.url });
    const lost = new Promise((resolve) => client.on("error", resolve));
    await client.connect();
    await database.drop();
    await lost;
    await expect(query(database.url, "SELECT 1")).rejects.toThrow("does not exist");
  });
});

describe("a migrated template", () => {
  it("is migrated once, and each clone has what the migration made", async () => {
    let migrations = 0;
    const migrated = migratedTemplate(async (url) => {
      migrations += 1;
      await query(url, "CREATE TABLE book (title text)");
    });
    const [one, other] = await Promise.all([migrated(), migrated()]);
    await query(one.url, "INSERT INTO book VALUES ('Emma')");
    expect(migrations).toBe(1);
    expect(await query(other.url, "SELECT count(*)::int AS books FROM book")).toEqual([{ books: 0 }]);
    await Promise.all([one.drop(), other.drop()]);
  });
});
