import { type Place, type Provisioner, sql, TenantUnknown, type Transaction } from "@octavo/database";
import { dueContracts, settleAll } from "./ledger/ledger.ts";
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
    settle: async (place) => void (await whereLedger(provisioner, place, settleAll)),
    undo: (place, { signal } = {}) => undo(options, place, signal ?? null),
    due: async (place, whenDays) => [
      ...((await whereLedger(provisioner, place, (tx) => dueContracts(tx, whenDays))) ?? []),
    ],
    contract: (place, release, whenDays) => contract(options, place, release, whenDays),
    restore: (place, stepId) => restoreContract(options, place, stepId),
    pause: async (place) => void (await whereLedger(provisioner, place, (tx) => setPaused(tx, true))),
    resume: async (place) => void (await whereLedger(provisioner, place, (tx) => setPaused(tx, false))),
  };
}

async function setPaused(tx: Transaction, isPaused: boolean): Promise<void> {
  await tx.run(sql`update octavo_migration set is_paused = ${isPaused}`);
}

/** @returns null without a ledger: there is nothing to be said of it */
async function whereLedger<T>(
  provisioner: Provisioner,
  place: Place,
  work: (tx: Transaction) => Promise<T>,
): Promise<T | null> {
  const done = provisioner.tx(place, async (tx) => ((await hasLedger(tx)) ? work(tx) : null));
  return done.catch((error: unknown) => {
    if (!(error instanceof TenantUnknown)) throw error;
    return null;
  });
}
