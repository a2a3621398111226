import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { query } from "./query.ts";
import "./one-postgres.ts"; // declares adminDatabaseUrl

export interface FreshDatabase {
  /** A superuser's URL of a database that nobody else knows. */
  readonly url: string;
  /** Ends all connections to it and removes it. */
  drop(): Promise<void>;
}

/** Makes an empty UTF-8 database in the PostgreSQL of this run. */
export async function freshDatabase(): Promise<FreshDatabase> {
  // PostgreSQL 15 and later know the strategy; a copy of files is faster than writing an empty database to the log.
  return createDatabase("TEMPLATE template0 ENCODING 'UTF8' STRATEGY file_copy");
}

/** Migrates one database when first asked, and clones it at each call: as empty as a new one, in a few milliseconds.
 *
 *     const registryDatabase = migratedTemplate((url) => migrate(url));
 *     const { url, drop } = await registryDatabase();
 *
 * One template per test file and per `migrate`; it goes with the server of the run.
 * @param migrate must have closed its connections when it resolves: PostgreSQL clones no database in use */
export function migratedTemplate(migrate: (url: string) => Promise<void>): () => Promise<FreshDatabase> {
  let template: Promise<string> | null = null;
  const prepare = async (): Promise<string> => {
    const { url } = await freshDatabase();
    await migrate(url);
    return new URL(url).pathname.slice(1);
  };
  return async () => {
    template ??= prepare();
    return createDatabase(`TEMPLATE ${await template} STRATEGY file_copy`);
  };
}

async function createDatabase(how: string): Promise<FreshDatabase> {
  const adminUrl = inject("adminDatabaseUrl");
  const name = `octavo_test_${randomBytes(8).toString("hex")}`;
  await query(adminUrl, `CREATE DATABASE ${name} ${how}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const drop = async (): Promise<void> => {
    await query(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  };
  return { url: url.href, drop };
}
