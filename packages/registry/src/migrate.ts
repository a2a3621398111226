import { createHash } from "node:crypto";
import { err, ok, type Result } from "@octavo/result";
import type { Client, Pool, PoolClient } from "pg";
import { failureOf, messageOf } from "./database-failure.ts";
import type { OpenError } from "./open-options.ts";
import { pause, jittered } from "./pause.ts";
import { type ProcessTime, processTime } from "./process-time.ts";

export interface Migration {
  /** Ascending. One that comes later may have a lower number than what was applied: each is asked for by itself. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** "octavo" as four bytes would do as well: any number that no other program on this database takes. */
const migratorLock = 0x0c7a_0001;
const lockTimeoutMs = 500;
const deadlineMs = 60_000;

/** Brings the schema to the newest version in `migrations`, each in its own transaction. Any number of instances may start
 * at once: one migrates, the others wait and find it done. */
export async function migrate(
  pool: Pool,
  migrations: readonly Migration[],
  onApplied: (migration: Migration) => void,
  time: ProcessTime = processTime,
): Promise<Result<void, OpenError>> {
  for (const migration of migrations) {
    const applied = await patiently(pool, time, (client) => applyOne(client, migration, migrations));
    if (!applied.ok) return applied;
    if (applied.value) onApplied(migration);
  }
  return ok(undefined);
}

/** A lock that is not free within 500 ms is waited for without holding anything: a queue of waiters behind a long reader
 * would stop everybody else. */
async function patiently<T>(
  pool: Pool,
  time: ProcessTime,
  work: (client: PoolClient) => Promise<Result<T, OpenError>>,
): Promise<Result<T, OpenError>> {
  const givesUpAt = time.now() + deadlineMs;
  for (;;) {
    let client: PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      return err({
        kind: "unreachable",
        message: `cannot reach the database to migrate it: ${messageOf(error)}`,
      });
    }
    try {
      const done = await work(client);
      await client.query(done.ok ? "commit" : "rollback");
      client.release();
      return done;
    } catch (error) {
      client.release(true);
      if (failureOf(error) !== "lock-timeout" || time.now() > givesUpAt) {
        return err({
          kind: "migration-failed",
          message: `migrating the schema octavo failed and was rolled back: ${messageOf(error)}`,
        });
      }
      await pause(time, jittered(time, 100));
    }
  }
}

/** @returns whether it was this call that applied it */
async function applyOne(
  client: PoolClient,
  migration: Migration,
  known: readonly Migration[],
): Promise<Result<boolean, OpenError>> {
  await client.query(`begin; set local lock_timeout = ${lockTimeoutMs}; set local statement_timeout = 0`);
  await client.query("select pg_advisory_xact_lock($1)", [migratorLock]);
  const ledger = await readLedger(client);
  const checked = checkLedger(ledger, known);
  if (!checked.ok) return checked;
  if (ledger.some((entry) => entry.version === migration.version)) return ok(false);
  await applyInside(client, migration);
  return ok(true);
}

/** In a transaction that is open and holds what it needs. */
export async function applyInside(client: Client | PoolClient, migration: Migration): Promise<void> {
  await client.query(migration.sql);
  await client.query("insert into octavo.migration (version, name, checksum) values ($1, $2, $3)", [
    migration.version,
    migration.name,
    checksumOf(migration),
  ]);
}

interface LedgerEntry {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

/** Makes the schema and the ledger where they are missing. */
export async function readLedger(client: Client | PoolClient): Promise<readonly LedgerEntry[]> {
  // Asked for first, because "create ... if not exists" needs the right to create even where nothing is missing.
  const found = await client.query<{ exists: boolean }>(
    "select to_regclass('octavo.migration') is not null as exists",
  );
  if (found.rows[0]?.exists !== true) {
    await client.query(`create schema if not exists octavo;
      create table octavo.migration (
        version integer primary key, name text not null, checksum text not null,
        applied_at timestamptz not null default clock_timestamp())`);
  }
  const rows = await client.query<LedgerEntry>(
    "select version, name, checksum from octavo.migration order by version",
  );
  return rows.rows;
}

/** What a newer program has applied is no hindrance: migrations only add until every gateway has been upgraded and the protocol
 * is raised, so that the program of before can be started again meanwhile (`checkProtocol` refuses it afterwards). */
function checkLedger(ledger: readonly LedgerEntry[], known: readonly Migration[]): Result<void, OpenError> {
  for (const entry of ledger) {
    const migration = known.find(({ version }) => version === entry.version);
    if (migration !== undefined && checksumOf(migration) !== entry.checksum) {
      return err({
        kind: "migration-changed",
        message:
          `migration ${entry.version} (${entry.name}) is not the one that was applied here: ` +
          "a released migration must not be edited; restore its text and add a new one",
      });
    }
  }
  return ok(undefined);
}

function checksumOf(migration: Migration): string {
  return createHash("sha256").update(migration.sql).digest("hex");
}
