import { sql, type Transaction } from "@octavo/database";
import type { PreflightWarning } from "./preflight.ts";

const OLD_SECONDS = 300;
const LAG_SECONDS = 10;

/** What would make a migration slow or hold it up. Of sessions of other logins the owner sees nothing but that they are there, unless it was
 * given pg_read_all_stats. */
export async function warningsOf(tx: Transaction): Promise<readonly PreflightWarning[]> {
  const facts = await tx.row<Facts>(FACTS);
  if (facts === null) return [];
  const warnings: PreflightWarning[] = facts.invalid.map((index) => ({
    kind: "invalid-index",
    message: `The index ${index} is INVALID: it costs writers and serves nobody. Its step builds it anew; one that no step knows is to be dropped.`,
  }));
  const oldest = Math.max(facts.oldest ?? 0, facts.prepared ?? 0);
  if (oldest > OLD_SECONDS)
    warnings.push({
      kind: "old-transaction",
      message: `A transaction is ${Math.round(oldest)} s old: an index that is built beside it waits for its end. Look for it in pg_stat_activity and pg_prepared_xacts.`,
    });
  if ((facts.lag ?? 0) > LAG_SECONDS)
    warnings.push({
      kind: "replica-lag",
      message: `A replica is ${Math.round(facts.lag ?? 0)} s behind; what is migrated comes on top of it.`,
    });
  if (facts.holder !== null)
    warnings.push({ kind: "held", message: `${facts.holder} is at work on this schema.` });
  if (facts.isPaused)
    warnings.push({
      kind: "paused",
      message: "An operator has paused it: nothing runs until it is resumed.",
    });
  return warnings;
}

interface Facts {
  readonly invalid: readonly string[];
  readonly oldest: number | null;
  readonly prepared: number | null;
  readonly lag: number | null;
  readonly holder: string | null;
  readonly isPaused: boolean;
}

const FACTS = sql`select
    array(select c.relname::text from pg_index i join pg_class c on c.oid = i.indexrelid
      where not i.indisvalid and c.relnamespace = current_schema()::regnamespace) as invalid,
    (select extract(epoch from max(clock_timestamp() - xact_start))::float8 from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()) as oldest,
    (select extract(epoch from max(clock_timestamp() - prepared))::float8 from pg_prepared_xacts
      where database = current_database()) as prepared,
    (select extract(epoch from max(replay_lag))::float8 from pg_stat_replication) as lag,
    case when held_until > clock_timestamp() then holder end as holder, is_paused as "isPaused"
  from octavo_migration`;
