import { type Databases, type ModuleDatabase, openDatabases, type Place } from "@octavo/database";
import { openMigrator } from "@octavo/migrations";
import type { Step } from "@octavo/module-kit";

export interface FilledDatabase {
  readonly databases: Databases;
  readonly db: ModuleDatabase;
  readonly place: Place;
  /** Of the login that requests are answered by. */
  readonly loginUrl: string;
}

export interface Filling {
  readonly moduleName: string;
  readonly steps: readonly Step[];
  /** Writes the rows. */
  readonly fill: (db: ModuleDatabase) => Promise<void>;
  readonly tables: readonly string[];
}

export const tenant = { tenantId: "north", work: "foreground" as const };
const AT_ONCE = 1000;

/** A URL of the server by which requests are answered; the login is made with the first home.
 * @param adminUrl of a superuser */
export function loginUrlOf(adminUrl: string): string {
  const url = new URL(adminUrl);
  url.username = "octavo_bench_login";
  url.password = "bench";
  return url.href;
}

/** One tenant of a module with its rows. Its indexes are made when the rows are there: that takes a fraction of the time. */
export async function fillDatabase(
  adminUrl: string,
  { moduleName, steps, fill, tables }: Filling,
): Promise<FilledDatabase> {
  const loginUrl = loginUrlOf(adminUrl);
  const databases = await openDatabases({
    clusters: { main: { url: loginUrl, adminUrl } },
    budget: 1,
    statementTimeoutMs: 600_000,
  });
  const { provisioner } = databases;
  if (provisioner === null) throw new Error("an admin URL was given");
  await provisioner.provision(databases.home(moduleName));
  const place = databases.place(tenant.tenantId, moduleName);
  await provisioner.provision(place);
  const migrator = openMigrator({ provisioner, instanceId: "bench" });
  const migrate = async (version: string, applied: readonly Step[], from: string | null): Promise<void> => {
    const release = { version: `${moduleName}-${version}`, steps: applied };
    const migrated = await migrator.migrate(place, release, { from });
    if (!migrated.ok) throw new Error(migrated.error.message);
  };
  const withoutIndexes = steps.filter(({ kind }) => kind !== "index");
  await migrate("1.0.0", withoutIndexes, null);
  const db = databases.of(moduleName);
  await fill(db);
  await migrate("1.0.1", steps, `${moduleName}-1.0.0`);
  for (const table of tables) {
    await provisioner.run(place, { text: `vacuum analyze ${table}`, values: [] });
  }
  return { databases, db, place, loginUrl };
}

/** Rows of documents that are made of their numbers. */
export async function fillTable(
  db: ModuleDatabase,
  table: string,
  rows: number,
  document: (n: number) => object,
): Promise<void> {
  const text = `insert into ${table} (id, jsonb) select (d ->> 'id')::uuid, d from jsonb_array_elements($1::jsonb) as given(d)`;
  for (let from = 0; from < rows; from += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, rows - from) }, (_, n) => document(from + n));
    await db.tx(tenant, (tx) => tx.run({ text, values: [JSON.stringify(batch)] }));
  }
}
