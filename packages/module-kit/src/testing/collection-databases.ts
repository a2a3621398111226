import { randomUUID } from "node:crypto";
import type { DatabasesOptions, ModuleDatabase, ReadTransaction, Transaction } from "@octavo/database";
import type { Step } from "@octavo/migrations";
import { assert } from "@octavo/result";
import { type ModuleDatabases, moduleDatabases } from "@octavo/testing/module-databases";

/** A module's database with one tenant whose tables are made, for tests of collections. */
export interface CollectionDatabase {
  readonly db: ModuleDatabase;
  readonly opened: ModuleDatabases;
  readonly moduleName: string;
  tx<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  read<T>(work: (tx: ReadTransaction) => Promise<T>): Promise<T>;
}

const tenant = { tenantId: "north", work: "foreground" as const };

export async function collectionDatabase(
  steps: readonly Step[],
  options: Partial<DatabasesOptions> = {},
): Promise<CollectionDatabase> {
  const moduleName = `octavo-x${randomUUID().slice(0, 8)}`;
  const opened = await moduleDatabases({ modules: [moduleName], tenants: [tenant.tenantId] }, options);
  const place = opened.databases.place(tenant.tenantId, moduleName);
  for (const step of steps) {
    if (step.kind === "expand") {
      await opened.provisioner.tx(place, async (tx) => {
        for (const text of step.texts) await tx.run({ text, values: [] });
      });
    } else {
      assert(step.kind === "index", "a collection adds tables and indexes");
      const text = `create ${step.index.isUnique === true ? "unique " : ""}index ${step.index.definition}`;
      await opened.provisioner.run(place, { text, values: [] });
    }
  }
  const db = opened.databases.of(moduleName);
  return {
    db,
    opened,
    moduleName,
    tx: (work) => db.tx(tenant, work),
    read: (work) => db.read(tenant, work),
  };
}
