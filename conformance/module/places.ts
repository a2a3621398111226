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
  /** Other instances on the same data, beside these or after them. */
  readonly again: (
    pooled: PlaceOfData["pooled"],
    options: Omit<FleetOptions, "databaseUrl">,
  ) => Promise<PlacedFleet>;
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
  const data: Data = {
    adminUrl: database.url,
    loginUrl: direct.href,
    login: direct.username,
    placement: databaseOfTenant ? { default: { database: `octavo_test_${run}_{tenant}` } } : null,
  };
  const end = async (): Promise<void> => {
    if (databaseOfTenant) await dropTenantDatabases(database.url, run);
    await database.drop();
  };
  try {
    const placed = await startOn(data, pooled, options);
    const close = async (): Promise<void> => {
      await placed.close();
      await end();
    };
    return { ...placed, close };
  } catch (error) {
    await end();
    throw error;
  }
}

interface Data {
  readonly adminUrl: string;
  readonly loginUrl: string;
  readonly login: string;
  readonly placement: object | null;
}

async function startOn(
  data: Data,
  pooled: PlaceOfData["pooled"],
  options: Omit<FleetOptions, "databaseUrl">,
): Promise<PlacedFleet> {
  const { adminUrl, loginUrl, login, placement } = data;
  const bouncer: PgBouncer | null = pooled === null ? null : await startPgBouncer(loginUrl, pooled);
  try {
    const fleet = await Started.start({
      ...options,
      databaseUrl: adminUrl,
      env: {
        OCTAVO_DB_URL: bouncer?.through(loginUrl) ?? loginUrl,
        ...(bouncer !== null && { OCTAVO_DB_RESERVE: "off", OCTAVO_DB_PREPARE: "off" }),
        ...(placement !== null && { OCTAVO_PLACEMENT: JSON.stringify(placement) }),
        ...options.env,
      },
    });
    const close = async (): Promise<void> => {
      await fleet.close();
      await bouncer?.stop();
    };
    const again: PlacedFleet["again"] = (pooled, options) => startOn(data, pooled, options);
    return { fleet, adminUrl, login, again, close };
  } catch (error) {
    await bouncer?.stop();
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
