import { columnsOf, instant, type TimerClient, type TimerKey } from "./timer-client.ts";

export type FireOutcome = "succeeded" | "failed" | "unknown";

/** What the database keeps of a timer. Times are milliseconds since 1970. */
export interface TimerRow extends TimerKey {
  readonly group: number;
  /** What `nextDue` was computed from. */
  readonly cadence: string;
  /** null: never, or paused. */
  readonly nextDue: number | null;
}

export interface FoundTimer extends TimerRow {
  /** A fire without an outcome: the newest, if it is one. */
  readonly openFire: { readonly due: number; readonly claimedAt: number } | null;
}

export async function readTimerRows(
  client: TimerClient,
  groups: readonly number[],
): Promise<readonly FoundTimer[]> {
  const { rows } = await client.query<{
    tenant_id: string;
    timer_id: string;
    group_number: number;
    cadence: string;
    next_due: Date | null;
    due: Date | null;
    claimed_at: Date | null;
  }>(
    `select timer.tenant_id, timer.timer_id, group_number, cadence, next_due, open.due, open.claimed_at
     from octavo.timer left join lateral (
       select newest.due, newest.claimed_at from (
         select due, claimed_at, outcome from octavo.timer_fire fire
         where fire.tenant_id = timer.tenant_id and fire.timer_id = timer.timer_id order by due desc limit 1) newest
       where newest.outcome is null) open on true
     where group_number = any($1)`,
    [groups],
  );
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    timerId: row.timer_id,
    group: row.group_number,
    cadence: row.cadence,
    nextDue: row.next_due?.getTime() ?? null,
    openFire:
      row.due === null || row.claimed_at === null
        ? null
        : { due: row.due.getTime(), claimedAt: row.claimed_at.getTime() },
  }));
}

export async function saveTimerRows(client: TimerClient, rows: readonly TimerRow[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `insert into octavo.timer (tenant_id, timer_id, group_number, cadence, next_due)
     select * from unnest($1::text[], $2::text[], $3::smallint[], $4::text[], $5::timestamptz[])
     on conflict (tenant_id, timer_id) do update
       set group_number = excluded.group_number, cadence = excluded.cadence, next_due = excluded.next_due`,
    [
      ...columnsOf(rows),
      rows.map(({ group }) => group),
      rows.map(({ cadence }) => cadence),
      rows.map(({ nextDue }) => (nextDue === null ? null : instant(nextDue))),
    ],
  );
}

/** With their history. */
export async function removeTimers(client: TimerClient, keys: readonly TimerKey[]): Promise<void> {
  if (keys.length === 0) return;
  for (const table of ["timer", "timer_fire"]) {
    await client.query(
      `delete from octavo.${table} using unnest($1::text[], $2::text[]) as gone (tenant_id, timer_id)
       where ${table}.tenant_id = gone.tenant_id and ${table}.timer_id = gone.timer_id`,
      [...columnsOf(keys)],
    );
  }
}

/** For products that a tenant has no more: who enables one again finds its timers as they are declared. */
export async function removeTimersOfProducts(
  client: TimerClient,
  tenantId: string,
  products: readonly string[],
): Promise<void> {
  if (products.length === 0) return;
  for (const table of ["timer", "timer_setting", "timer_fire"]) {
    // An id is product_number.
    await client.query(
      `delete from octavo.${table} where tenant_id = $1 and regexp_replace(timer_id, '_[0-9]+$', '') = any ($2)`,
      [tenantId, products],
    );
  }
}

/** For a tenant that goes: a later one of the same id does not inherit what was. */
export async function removeTimersOf(client: TimerClient, tenantId: string): Promise<void> {
  for (const table of ["timer", "timer_setting", "timer_fire"]) {
    await client.query(`delete from octavo.${table} where tenant_id = $1`, [tenantId]);
  }
}
