import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { Client, type QueryResultRow } from "pg";
import { afterEach, beforeEach } from "vitest";
import type { RegistryOptions } from "../open-options.ts";
import { openOn, type OpenedForTest } from "./open-on.ts";

/** A database for each test, whose registries are closed after it. */
export interface TestDatabase {
  readonly url: string;
  open(options?: Partial<RegistryOptions>): Promise<OpenedForTest>;
  /** Runs SQL beside all registries. */
  query<R extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<readonly R[]>;
  /** Called after the registries were closed and before the database goes. */
  onEnd(end: () => Promise<unknown>): void;
}

export function databasePerTest(): TestDatabase {
  let database: FreshDatabase;
  let client: Client;
  let ends: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    database = await freshDatabase();
    client = new Client({ connectionString: database.url });
    // A test may cut every connection to the database, this one too: then what uses it next fails.
    client.on("error", () => undefined);
    await client.connect();
  });
  afterEach(async () => {
    for (const end of ends.toReversed()) await end();
    ends = [];
    await client.end();
    await database.drop();
  });
  return {
    get url() {
      return database.url;
    },
    async open(options = {}) {
      const opened = await openOn(database.url, options);
      ends.push(() => opened.registry.close());
      return opened;
    },
    async query(sql, values = []) {
      return (await client.query(sql, [...values])).rows;
    },
    onEnd(end) {
      ends.push(end);
    },
  };
}
