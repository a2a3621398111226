import { createHash } from "node:crypto";
import { expand, Refusal, sql, type Step, type Transaction } from "@octavo/module-kit";

/** Requests of the last hour, counted in the database: at whichever instance they come. */
export const throttleStep: Step = expand(
  "table forgotten_requests",
  "create table forgotten_requests (subject text primary key, requests integer not null, since timestamptz not null)",
);

/** A key with the requests that it may have within an hour; 0: any number. */
export interface Throttled {
  readonly subject: string;
  readonly mostPerHour: number;
}

/** Counts a request for each key, in one order, so that two requests do not wait in a circle; some whose hour is long over are forgotten.
 * @returns seconds to wait where one of them has had its share, else null */
export async function takeTurn(tx: Transaction, keys: readonly Throttled[]): Promise<number | null> {
  let wait: number | null = null;
  for (const { subject, mostPerHour } of keys.toSorted((a, b) => (a.subject < b.subject ? -1 : 1))) {
    if (mostPerHour === 0) continue;
    const row = await tx.row<{ requests: number; seconds: number }>(sql`
      insert into forgotten_requests as kept (subject, requests, since) values (${subject}, 1, clock_timestamp())
      on conflict (subject) do update set
        requests = case when kept.since > clock_timestamp() - interval '1 hour' then kept.requests + 1 else 1 end,
        since = case when kept.since > clock_timestamp() - interval '1 hour' then kept.since else clock_timestamp() end
      returning requests, ceil(extract(epoch from since + interval '1 hour' - clock_timestamp()))::integer as seconds`);
    if (row !== null && row.requests > mostPerHour) wait = Math.max(wait ?? 1, row.seconds);
  }
  await tx.run(sql`
    delete from forgotten_requests where ctid in (
      select ctid from forgotten_requests where since < clock_timestamp() - interval '1 hour' limit 20 for update skip locked)`);
  return wait;
}

export function tooMany(retryAfterSeconds: number): Refusal {
  const message = `Too many requests: try again in ${retryAfterSeconds} s`;
  return new Refusal(429, [{ message, code: "too-many-requests" }], {
    "retry-after": String(retryAfterSeconds),
  });
}

/** What was typed, as a key of one length from which it cannot be read. */
export function keyOf(typed: string): string {
  return createHash("sha256").update(typed.trim().toLowerCase()).digest("base64url");
}
