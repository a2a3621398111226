import type { TimerClient } from "./timer-client.ts";
import type { FireOutcome } from "./timer-rows.ts";

/** A timer's row as an operator sees it; times are ISO. */
export interface TimerState {
  readonly timerId: string;
  readonly nextDue: string | null;
  readonly lastEndedAt: string | null;
  readonly lastOutcome: FireOutcome | null;
  /** Since when it runs, if it does. */
  readonly runningSince: string | null;
}

export interface PastFire {
  readonly due: string;
  readonly moduleId: string;
  readonly claimedAt: string;
  readonly endedAt: string | null;
  readonly outcome: FireOutcome | "running";
  readonly status: number | null;
  readonly message: string | null;
}

export async function readStates(client: TimerClient, tenantId: string): Promise<readonly TimerState[]> {
  const { rows } = await client.query<{
    timer_id: string;
    next_due: Date | null;
    last_ended_at: Date | null;
    last_outcome: FireOutcome | null;
    running_since: Date | null;
  }>(
    `select timer_id, next_due, last_ended_at, last_outcome, (
       select case when outcome is null then claimed_at end from octavo.timer_fire fire
       where fire.tenant_id = timer.tenant_id and fire.timer_id = timer.timer_id
       order by due desc limit 1) as running_since
     from octavo.timer where tenant_id = $1`,
    [tenantId],
  );
  return rows.map((row) => ({
    timerId: row.timer_id,
    nextDue: row.next_due?.toISOString() ?? null,
    lastEndedAt: row.last_ended_at?.toISOString() ?? null,
    lastOutcome: row.last_outcome,
    runningSince: row.running_since?.toISOString() ?? null,
  }));
}

/** Newest first. */
export async function readFires(
  client: TimerClient,
  tenantId: string,
  timerId: string,
): Promise<readonly PastFire[]> {
  const { rows } = await client.query<{
    due: Date;
    module_id: string;
    claimed_at: Date;
    ended_at: Date | null;
    outcome: FireOutcome | null;
    status: number | null;
    message: string | null;
  }>(
    `select due, module_id, claimed_at, ended_at, outcome, status, message from octavo.timer_fire
     where tenant_id = $1 and timer_id = $2 order by due desc limit 520`,
    [tenantId, timerId],
  );
  return rows.map((row) => ({
    due: row.due.toISOString(),
    moduleId: row.module_id,
    claimedAt: row.claimed_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    outcome: row.outcome ?? "running",
    status: row.status,
    message: row.message,
  }));
}
