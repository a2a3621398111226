import type { Databases, ModuleDatabase, Place, Provisioner } from "@octavo/database";
import type { Step } from "@octavo/migrations";
import { moduleDatabases } from "@octavo/testing/module-databases";
import { sql } from "@octavo/database";
import type { RunningModule } from "../definition/part.ts";
import { MODULE, runningModule } from "./running-module.ts";
import { homeSteps } from "../tenant/home-steps.ts";

export interface KitDatabases {
  readonly database: ModuleDatabase;
  readonly databases: Databases;
  readonly url: string;
  readonly adminUrl: string;
  /** The module as its parts see it; each call another one, as in another process. */
  running(): RunningModule;
  close(): Promise<void>;
}

/** A module's home, and tenants with these tables, enabled. */
export async function kitDatabases(
  tenants: readonly string[],
  steps: readonly Step[],
): Promise<KitDatabases> {
  const made = await moduleDatabases({ modules: [MODULE], tenants });
  const { databases, provisioner, url, adminUrl } = made;
  const database = databases.of(MODULE);
  await apply(provisioner, databases.home(MODULE), homeSteps);
  for (const tenantId of tenants) {
    await apply(provisioner, databases.place(tenantId, MODULE), steps);
    await database.home.tx((tx) =>
      tx.run(
        sql`insert into octavo_tenant (tenant_id, state, module_id) values (${tenantId}, 'enabled', ${MODULE})`,
      ),
    );
  }
  const running = (): RunningModule => runningModule(databases, databases.of(MODULE));
  return { database, databases, url, adminUrl, running, close: () => made.close() };
}

/** What a migrator would do with steps that only add. */
async function apply(provisioner: Provisioner, place: Place, steps: readonly Step[]): Promise<void> {
  await provisioner.tx(place, async (tx) => {
    for (const step of steps) {
      if (step.kind !== "expand") throw new Error(`a step of kind ${step.kind} is for the migrator`);
      for (const text of step.texts) await tx.run({ text, values: [] });
    }
  });
}
