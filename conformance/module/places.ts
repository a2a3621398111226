import { randomBytes } from "node:crypto";
import { type Fleet, Fleet as Started, type FleetOptions } from "@octavo/module-testing";
import { freshDatabase } from "@octavo/testing/fresh-database";
import { query } from "@octavo/testing/query";
import { pgbouncer, type PgBouncer, startPgBouncer } from "./start-pgbouncer.ts";

/** Where tenants' data are, and what is between: by configuration alone, the modules are the same. */
export interface PlaceOfData {
  readonly name: string;
  readonly databaseOfTenant: boolean;
  /** Server connections of the pooler; null: none is between. */
  readonly pooled: number | null;
}

export const places: readonly PlaceOfData[] = [
  { name: "one database", databaseOfTenant: false, pooled: null },
  { name: "a database each", databaseOfTenant: true, pooled: null },
  ...(pgbouncer === undefined
    ? []
    : [
        { name: "one database behind PgBouncer", databaseOfTenant: false, pooled: 15 },
        { name: "a database each behind PgBouncer", databaseOfTenant: true, pooled: 15 },
      ]),
];
if (pgbouncer === undefined) process.stderr.write("through PgBouncer is skipped: it is not installed\n");

export interface PlacedFleet {
  readonly fleet: Fleet;
  /** Of a superuser. */
  readonly adminUrl: string;
  /** Under which all instances connect. */
  readonly login: string;
  close(): Promise<void>;
}

export async function startAt(
  { databaseOfTenant, pooled }: PlaceOfData,
  options: Omit<FleetOptions, "databaseUrl">,
): Promise<PlacedFleet> {
  const database = await freshDatabase();
  const run = randomBytes(4).toString("hex");
  const direct = new URL(database.url);
  direct.username = `octavo_login_${run}`;
  direct.password = "secret";
  // Behind a pooler it is not there to be made: whoever asks with a login that is not there has to wait.
  if (pooled !== null)
    await query(database.url, `create role ${direct.username} login noinherit password 'secret'`);
  const bouncer: PgBouncer | null = pooled === null ? null : await startPgBouncer(direct.href, pooled);
  const end = async (): Promise<void> => {
    await bouncer?.stop();
    if (databaseOfTenant) await dropTenantDatabases(database.url, run);
    await database.drop();
  };
  try {
    const fleet = await Started.start({
      ...options,
      databaseUrl: database.url,
      env: {
        OCTAVO_DB_URL: bouncer?.through(direct.href) ?? direct.href,
        ...(bouncer !== null && { OCTAVO_DB_RESERVE: "off", OCTAVO_DB_PREPARE: "off" }),
        ...(databaseOfTenant && {
          OCTAVO_PLACEMENT: JSON.stringify({ default: { database: `octavo_test_${run}_{tenant}` } }),
        }),
        ...options.env,
      },
    });
    const close = async (): Promise<void> => {
      await fleet.close();
      await end();
    };
    return { fleet, adminUrl: database.url, login: direct.username, close };
  } catch (error) {
    await end();
    throw error;
  }
}

async function dropTenantDatabases(adminUrl: string, run: string): Promise<void> {
  const made = await query(
    adminUrl,
    `select datname from pg_database where datname like 'octavo_test_${run}_%'`,
  );
  for (const { datname } of made)
    await query(adminUrl, `drop database if exists "${String(datname)}" with (force)`);
}
