import { name, type Place, type Provisioner, sql, TenantUnknown, type Transaction } from "@octavo/database";
import { err, ok, type Result } from "@octavo/result";
import { readLedger } from "../ledger/ledger.ts";
import type { LedgerRow } from "../ledger/ledger-row.ts";
import { hasLedger } from "../ledger/ledger-tables.ts";
import type { MigrationStop, Release } from "../migrator.ts";
import { planMigration } from "../plan/plan-migration.ts";
import { refuseSteps } from "../run/refuse-steps.ts";
import { type Predicted, predict, type TableSize, tableOf } from "./predict.ts";
import type { Preflight, PreflightWarning } from "./preflight.ts";
import { warningsOf } from "./warnings.ts";

/** What a migration of this place would do; changes nothing. */
export async function lookAhead(
  provisioner: Provisioner,
  place: Place,
  release: Release,
): Promise<Result<Preflight, MigrationStop>> {
  const refused = refuseSteps(release);
  if (refused !== null) return err(refused);
  const facts = await provisioner
    .tx(place, (tx) => factsOf(tx, release))
    .catch((error: unknown) => {
      if (error instanceof TenantUnknown) return NEW_TENANT;
      throw error;
    });
  const plan = planMigration(release.steps, facts.ledger, "migrate");
  if (!plan.ok) return plan;
  const predicted: Predicted = predict(plan.value.steps, facts.ledger, facts.sizes);
  return ok({
    from: facts.from,
    to: release.version,
    unknown: plan.value.unknown,
    warnings: facts.warnings,
    ...predicted,
  });
}

interface Facts {
  readonly from: string | null;
  readonly ledger: readonly LedgerRow[];
  readonly sizes: ReadonlyMap<string, TableSize>;
  readonly warnings: readonly PreflightWarning[];
}

const NEW_TENANT: Facts = { from: null, ledger: [], sizes: new Map(), warnings: [] };

async function factsOf(tx: Transaction, { steps }: Release): Promise<Facts> {
  if (!(await hasLedger(tx))) return NEW_TENANT;
  const target = await tx.row<{ target: string | null }>(sql`select target from octavo_migration`);
  const tables = [...new Set(steps.map(tableOf).filter((table) => table !== null))];
  return {
    from: target?.target ?? null,
    ledger: await readLedger(tx),
    sizes: await sizesOf(tx, tables),
    warnings: await warningsOf(tx),
  };
}

/** The planner's estimate; where it has none yet, one by the pages of the table. */
async function sizesOf(tx: Transaction, tables: readonly string[]): Promise<ReadonlyMap<string, TableSize>> {
  const sizes = new Map<string, TableSize>();
  for (const table of tables) {
    const size = await tx.row<TableSize>(
      sql`select (case when reltuples >= 0 then reltuples else pg_relation_size(oid) / 200 end)::float8 as rows,
          pg_total_relation_size(oid)::float8 as bytes
        from pg_class where oid = to_regclass(${name(table).quoted})`,
    );
    if (size !== null) sizes.set(table, size);
  }
  return sizes;
}
