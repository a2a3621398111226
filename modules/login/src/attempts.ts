import { expand, type ReadTransaction, sql, type Step, type Transaction } from "@octavo/module-kit";
import type { LockOut } from "./login-config.ts";

/** Wrong passwords, counted in the database: whichever instance they come to, in the order in which they are written down.
 *
 *     counted -> blocked (users is to be told) -> told (users knows: inactive) -> a password that is right, or wrong, after that: counted
 *
 * A subject is a user's id, or what stands for a name that nobody has: those are counted as well, so that answers tell nothing. */
export const attemptSteps: readonly Step[] = [
  expand(
    "table auth_attempts",
    `create table auth_attempts (
      subject text primary key,
      id uuid not null default gen_random_uuid(),
      attempt_count integer not null,
      last_attempt timestamptz not null,
      blocked_at timestamptz,
      told_at timestamptz
    )`,
  ),
  expand(
    "table auth_throttle",
    "create table auth_throttle (subject text primary key, failures integer not null, since timestamptz not null)",
  ),
];

export interface Attempts {
  readonly id: string;
  readonly attemptCount: number;
  readonly lastAttempt: string;
  readonly isBlocked: boolean;
  /** Blocked, and users has not been told yet. */
  readonly isPending: boolean;
}

/** @returns null where there was none */
export async function attemptsOf(tx: ReadTransaction, subject: string): Promise<Attempts | null> {
  return await tx.row<Attempts>(sql`
    select id::text as id, attempt_count as "attemptCount",
      to_char(last_attempt at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"') as "lastAttempt",
      blocked_at is not null as "isBlocked", blocked_at is not null and told_at is null as "isPending"
    from auth_attempts where subject = ${subject}`);
}

/** The database's clock, for `hasEnded`: when somebody began to sign in. */
export async function beginningOf(tx: ReadTransaction): Promise<string> {
  const row = await tx.row<{ now: string }>(sql`select clock_timestamp()::text as now`);
  return row?.now ?? "";
}

export type Failed = { readonly kind: "counted" | "blocked-now" | "blocked"; readonly count: number };

/** @param began what was known of the user is from then or later; a block since then holds */
export async function countFailure(
  tx: Transaction,
  subject: string,
  { began, lockOut }: { readonly began: string; readonly lockOut: LockOut },
): Promise<Failed> {
  if (await isBlockedSince(tx, subject, began)) return { kind: "blocked", count: 0 };
  const row = await tx.row<{ count: number }>(sql`
    insert into auth_attempts (subject, attempt_count, last_attempt) values (${subject}, 1, clock_timestamp())
    on conflict (subject) do update set last_attempt = clock_timestamp(), blocked_at = null, told_at = null,
      attempt_count = case
        when auth_attempts.last_attempt < clock_timestamp() - ${lockOut.timeoutMinutes}::integer * interval '1 minute' then 1
        else auth_attempts.attempt_count + 1 end
    returning attempt_count as count`);
  const count = row?.count ?? 0;
  if (lockOut.attempts === 0 || count < lockOut.attempts) return { kind: "counted", count };
  await tx.run(sql`
    update auth_attempts set attempt_count = 0, blocked_at = clock_timestamp(), told_at = null where subject = ${subject}`);
  return { kind: "blocked-now", count };
}

/** @returns false where the subject was blocked meanwhile: the right password comes too late */
export async function countSuccess(tx: Transaction, subject: string, began: string): Promise<boolean> {
  if (await isBlockedSince(tx, subject, began)) return false;
  await tx.run(sql`
    insert into auth_attempts (subject, attempt_count, last_attempt) values (${subject}, 0, clock_timestamp())
    on conflict (subject) do update set attempt_count = 0, last_attempt = clock_timestamp(), blocked_at = null, told_at = null`);
  return true;
}

/** users knows: from now on it says who is inactive. */
export async function noteTold(tx: Transaction, subject: string): Promise<void> {
  await tx.run(sql`
    update auth_attempts set told_at = clock_timestamp() where subject = ${subject} and blocked_at is not null`);
}

/** Locks the subject's row: what is written next to it is decided in turn. */
async function isBlockedSince(tx: Transaction, subject: string, began: string): Promise<boolean> {
  const row = await tx.row<{ blocked: boolean }>(sql`
    select blocked_at is not null and (told_at is null or told_at >= ${began}::timestamptz) as blocked
    from auth_attempts where subject = ${subject} for update`);
  return row?.blocked ?? false;
}
