import { type Databases, type ModuleDatabase, openDatabases, type Place, sql } from "@octavo/database";
import { openMigrator } from "@octavo/migrations";
import { collections } from "@octavo/module-kit";
import { instance, instances, instanceTypes, types } from "./instances.ts";

export interface FilledDatabase {
  readonly databases: Databases;
  readonly db: ModuleDatabase;
  readonly place: Place;
  /** Of the login that requests are answered by. */
  readonly loginUrl: string;
}

const MODULE = "octavo-bench";
export const tenant = { tenantId: "north", work: "foreground" as const };
const AT_ONCE = 1000;

/** One tenant with so many instances. The tables are made first and the indexes last, as any migration does it, because that is faster. */
export async function fillDatabase(adminUrl: string, rows: number): Promise<FilledDatabase> {
  const url = new URL(adminUrl);
  url.username = "octavo_bench_login";
  url.password = "bench";
  const databases = await openDatabases({
    clusters: { main: { url: url.href, adminUrl } },
    budget: 1,
    statementTimeoutMs: 600_000,
  });
  const { provisioner } = databases;
  if (provisioner === null) throw new Error("an admin URL was given");
  await provisioner.provision(databases.home(MODULE));
  const place = databases.place(tenant.tenantId, MODULE);
  await provisioner.provision(place);
  const migrator = openMigrator({ provisioner, instanceId: "bench" });
  const steps = collections(instanceTypes, instances).steps ?? [];
  const migrate = async (version: string, some: typeof steps, from: string | null): Promise<void> => {
    const migrated = await migrator.migrate(
      place,
      { version: `${MODULE}-${version}`, steps: some },
      { from },
    );
    if (!migrated.ok) throw new Error(migrated.error.message);
  };
  await migrate(
    "1.0.0",
    steps.filter(({ kind }) => kind !== "index"),
    null,
  );
  const db = databases.of(MODULE);
  const nobody = { userId: null };
  await db.tx(tenant, (tx) => instanceTypes.upsert(tx, types, nobody, "all"));
  for (let from = 0; from < rows; from += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, rows - from) }, (_, n) => instance(from + n));
    await db.tx(tenant, (tx) =>
      tx.run(sql`insert into instance (id, jsonb)
      select (d ->> 'id')::uuid, d || '{"_version": 1}' from jsonb_array_elements(${JSON.stringify(batch)}::jsonb) as given(d)`),
    );
  }
  await migrate("1.0.1", steps, `${MODULE}-1.0.0`);
  await provisioner.run(place, { text: "vacuum analyze instance", values: [] });
  return { databases, db, place, loginUrl: url.href };
}
