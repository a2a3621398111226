import { columnsOf, instant, type TimerClient, type TimerKey } from "./timer-client.ts";
import type { FireOutcome } from "./timer-rows.ts";

/** What is written before a module is called. Its key is tenant, timer and due. */
export interface FireClaim extends TimerKey {
  readonly due: number;
  readonly moduleId: string;
  readonly epoch: number;
}

export interface FireEnd extends TimerKey {
  readonly due: number;
  readonly endedAt: number;
  readonly outcome: FireOutcome;
  /** Of the module's answer; null where there was none. */
  readonly status: number | null;
  readonly message: string | null;
  readonly nextDue: number | null;
}

const LONGEST_MESSAGE = 1000;

/** The caller holds the leases of these timers in this transaction.
 * @returns which of them are new: none that is not may be called */
export async function claimFires(
  client: TimerClient,
  claims: readonly FireClaim[],
  instanceId: string,
  nowMs: number,
): Promise<readonly (TimerKey & { readonly due: number })[]> {
  if (claims.length === 0) return [];
  const { rows } = await client.query<{ tenant_id: string; timer_id: string; due: Date }>(
    `insert into octavo.timer_fire (tenant_id, timer_id, due, module_id, epoch, instance_id, claimed_at)
     select claim.*, $6::uuid, $7::timestamptz
     from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::bigint[]) as claim
     on conflict (tenant_id, timer_id, due) do nothing returning tenant_id, timer_id, due`,
    [
      ...columnsOf(claims),
      claims.map(({ due }) => instant(due)),
      claims.map(({ moduleId }) => moduleId),
      claims.map(({ epoch }) => epoch),
      instanceId,
      instant(nowMs),
    ],
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, timerId: row.timer_id, due: row.due.getTime() }));
}

/** Outcomes, and when each timer is due next: one statement for all. A timer that meanwhile went gets none. */
export async function endFires(client: TimerClient, ends: readonly FireEnd[]): Promise<void> {
  if (ends.length === 0) return;
  await client.query(
    `with ended as (
       select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::integer[],
                            $7::text[], $8::timestamptz[])
         as ended (tenant_id, timer_id, due, ended_at, outcome, status, message, next_due)),
     written as (
       update octavo.timer_fire fire
       set ended_at = ended.ended_at, outcome = ended.outcome, status = ended.status, message = ended.message
       from ended
       where fire.tenant_id = ended.tenant_id and fire.timer_id = ended.timer_id and fire.due = ended.due)
     update octavo.timer
     set next_due = ended.next_due, last_ended_at = ended.ended_at, last_outcome = ended.outcome
     from ended where timer.tenant_id = ended.tenant_id and timer.timer_id = ended.timer_id`,
    [
      ...columnsOf(ends),
      ends.map(({ due }) => instant(due)),
      ends.map(({ endedAt }) => instant(endedAt)),
      ends.map(({ outcome }) => outcome),
      ends.map(({ status }) => status),
      // PostgreSQL's text holds no U+0000, and a module may answer whatever it likes.
      ends.map(({ message }) => message?.replaceAll("\0", "").slice(0, LONGEST_MESSAGE) ?? null),
      ends.map(({ nextDue }) => (nextDue === null ? null : instant(nextDue))),
    ],
  );
}

const KEPT = 20;
const KEPT_FAILURES = 500;

/** Keeps the last 20 fires of each timer, and its failures for 7 days (500 at most). */
export async function sweepFires(client: TimerClient, groups: readonly number[]): Promise<number> {
  const { rowCount } = await client.query(
    `delete from octavo.timer_fire using (
       select fire.tenant_id, fire.timer_id, fire.due, fire.outcome, fire.claimed_at,
         row_number() over (partition by fire.tenant_id, fire.timer_id order by fire.due desc) as place
       from octavo.timer_fire fire
       join octavo.timer on timer.tenant_id = fire.tenant_id and timer.timer_id = fire.timer_id
       where timer.group_number = any($1)) placed
     where timer_fire.tenant_id = placed.tenant_id and timer_fire.timer_id = placed.timer_id
       and timer_fire.due = placed.due and placed.place > $2
       and (placed.outcome = 'succeeded' or placed.place > $3
            or placed.claimed_at < clock_timestamp() - interval '7 days')`,
    [groups, KEPT, KEPT_FAILURES],
  );
  return rowCount ?? 0;
}
