import { type Place, type Provisioner, sql, TenantUnknown, type Transaction } from "@octavo/database";
import { settleAll } from "./ledger/ledger.ts";
import { hasLedger } from "./ledger/ledger-tables.ts";
import type { Migrator, MigratorOptions } from "./migrator.ts";
import { lookAhead } from "./preflight/look-ahead.ts";
import { contract } from "./run/contract.ts";
import { migrate } from "./run/migrate.ts";
import { restoreContract } from "./run/restore-contract.ts";
import { undo } from "./run/undo.ts";

/** Opens what brings schemas from version to version; it holds nothing itself. */
export function openMigrator(options: MigratorOptions): Migrator {
  const { provisioner } = options;
  return {
    preflight: (place, release) => lookAhead(provisioner, place, release),
    migrate: (place, release, how) => migrate(options, place, release, how),
    settle: (place) => whereLedger(provisioner, place, settleAll),
    undo: (place, { signal } = {}) => undo(options, place, signal ?? null),
    contract: (place, release, whenDays) => contract(options, place, release, whenDays),
    restore: (place, stepId) => restoreContract(options, place, stepId),
    pause: (place) => whereLedger(provisioner, place, (tx) => setPaused(tx, true)),
    resume: (place) => whereLedger(provisioner, place, (tx) => setPaused(tx, false)),
  };
}

async function setPaused(tx: Transaction, isPaused: boolean): Promise<void> {
  await tx.run(sql`update octavo_migration set is_paused = ${isPaused}`);
}

/** Without a ledger there is nothing to be said of it. */
async function whereLedger(
  provisioner: Provisioner,
  place: Place,
  work: (tx: Transaction) => Promise<void>,
): Promise<void> {
  const done = provisioner.tx(place, async (tx) => {
    if (await hasLedger(tx)) await work(tx);
  });
  await done.catch((error: unknown) => {
    if (!(error instanceof TenantUnknown)) throw error;
  });
}
