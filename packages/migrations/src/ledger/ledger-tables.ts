import { name, type Place, type Provisioner, type Sql, sql, type Transaction } from "@octavo/database";
import { sqlStateOf } from "../run/sql-state.ts";

const TABLES = [
  sql`create table if not exists octavo_migration (
    is_only boolean primary key default true check (is_only),
    holder text,
    epoch bigint not null default 0,
    held_until timestamptz not null default '-infinity',
    target text,
    is_paused boolean not null default false
  )`,
  sql`create table if not exists octavo_step (
    step_id text primary key,
    position bigint generated always as identity,
    kind text not null,
    checksum text not null,
    state text not null check (state in ('running', 'failed', 'done', 'waiting')),
    attempt int not null,
    epoch bigint not null,
    version text not null,
    is_settled boolean not null default false,
    begun_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    progress jsonb not null default '{}',
    problem text
  )`,
  sql`create table if not exists octavo_shipped (
    step_id text not null,
    row_id uuid not null,
    hash text not null,
    before jsonb,
    before_hash text,
    is_touched boolean not null,
    primary key (step_id, row_id)
  )`,
  sql`insert into octavo_migration default values on conflict do nothing`,
];
const ATTEMPTS = 5;

/** Makes the ledger in a tenant's schema. The role of requests has no right to it. Several may do so at once: PostgreSQL lets one of them
 * fail, and it looks again. */
export async function makeLedger(provisioner: Provisioner, place: Place): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await provisioner.tx(place, async (tx) => {
        if (await hasLedger(tx)) return;
        for (const statement of TABLES) await tx.run(statement);
        await tx.run(revoked(place));
      });
      return;
    } catch (error) {
      const isRace = ["23505", "42P07", "42710", "40P01"].includes(sqlStateOf(error) ?? "");
      if (!isRace || attempt >= ATTEMPTS) throw error;
    }
  }
}

/** A schema that comes back from the trash comes with rights to all of its tables. */
export async function closeLedger(provisioner: Provisioner, place: Place): Promise<void> {
  await provisioner.tx(place, async (tx) => {
    if (await hasLedger(tx)) await tx.run(revoked(place));
  });
}

function revoked({ schema }: Place): Sql {
  return sql`revoke all on octavo_migration, octavo_step, octavo_shipped from ${name(schema)}`;
}

export async function hasLedger(tx: Transaction): Promise<boolean> {
  const found = await tx.row<{ is: boolean }>(
    sql`select to_regclass('octavo_shipped') is not null and current_schema() <> 'octavo_extensions' as is`,
  );
  return found?.is ?? false;
}
