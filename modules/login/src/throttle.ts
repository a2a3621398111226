import { type ReadTransaction, Refusal, sql, type Transaction } from "@octavo/module-kit";

/** A key with the wrong passwords that it may have within a minute. */
export interface Throttled {
  readonly subject: string;
  readonly mostPerMinute: number;
}

/** @returns 429 where one of them has had its share of this minute */
export async function throttled(tx: ReadTransaction, keys: readonly Throttled[]): Promise<Refusal | null> {
  for (const { subject, mostPerMinute } of keys) {
    const row = await tx.row<{ seconds: number }>(sql`
      select ceil(extract(epoch from since + interval '1 minute' - clock_timestamp()))::integer as seconds
      from auth_throttle where subject = ${subject} and failures >= ${mostPerMinute}::integer
        and since > clock_timestamp() - interval '1 minute'`);
    if (row !== null) return tooMany(Math.max(1, row.seconds));
  }
  return null;
}

/** Also forgets some of those whose minute is long over. */
export async function throttle(tx: Transaction, keys: readonly Throttled[]): Promise<void> {
  for (const { subject } of keys.toSorted((a, b) => (a.subject < b.subject ? -1 : 1))) {
    await tx.run(sql`
      insert into auth_throttle (subject, failures, since) values (${subject}, 1, clock_timestamp())
      on conflict (subject) do update set
        failures = case when auth_throttle.since > clock_timestamp() - interval '1 minute' then auth_throttle.failures + 1 else 1 end,
        since = case when auth_throttle.since > clock_timestamp() - interval '1 minute' then auth_throttle.since
          else clock_timestamp() end`);
  }
}

/** Names that nobody has are kept for a day, addresses and accounts for an hour: some go with each wrong password. */
export async function forgetSome(tx: Transaction): Promise<void> {
  await tx.run(sql`
    delete from auth_throttle where ctid in (
      select ctid from auth_throttle where since < clock_timestamp() - interval '1 hour' limit 20 for update skip locked)`);
  await tx.run(sql`
    delete from auth_attempts where ctid in (
      select ctid from auth_attempts where subject like 'name:%' and last_attempt < clock_timestamp() - interval '1 day'
      limit 20 for update skip locked)`);
}

function tooMany(retryAfterSeconds: number): Refusal {
  const message = `Too many attempts: try again in ${retryAfterSeconds} s`;
  return new Refusal(429, [{ message, code: "too-many-attempts", type: "error" }], {
    "retry-after": String(retryAfterSeconds),
  });
}
