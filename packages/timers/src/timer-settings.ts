import { columnsOf, type TimerClient, type TimerKey } from "./timer-client.ts";

/** What was changed of a timer by hand; it outlives upgrades and goes with its timer. */
export interface TimerSetting extends TimerKey {
  /** A TimerPatch as text; null: as the module declares it. */
  readonly patch: string | null;
  readonly isPaused: boolean;
  /** Somebody wants one run beside the regular ones, and has had none yet. */
  readonly runRequestedAt: number | null;
  /** A change whose timer this instance may not know yet has a higher one than its snapshot. */
  readonly revision: number;
}

/** @param tenantId null: of all tenants */
export async function readSettings(
  client: TimerClient,
  tenantId: string | null,
): Promise<readonly TimerSetting[]> {
  const { rows } = await client.query<{
    tenant_id: string;
    timer_id: string;
    patch: string | null;
    is_paused: boolean;
    run_requested_at: Date | null;
    revision: string;
  }>(
    `select tenant_id, timer_id, patch, is_paused, run_requested_at, revision from octavo.timer_setting
     where $1::text is null or tenant_id = $1 order by tenant_id, timer_id`,
    [tenantId],
  );
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    timerId: row.timer_id,
    patch: row.patch,
    isPaused: row.is_paused,
    runRequestedAt: row.run_requested_at?.getTime() ?? null,
    revision: Number(row.revision),
  }));
}

export type SettingChange =
  | { readonly kind: "patch"; readonly patch: string | null }
  | { readonly kind: "pause"; readonly isPaused: boolean }
  | { readonly kind: "run" };

/** @param revision of the snapshot in which the timer is
 * @returns whether it made a difference; wanting a run always does */
export async function changeSetting(
  client: TimerClient,
  { tenantId, timerId }: TimerKey,
  change: SettingChange,
  revision: number,
): Promise<boolean> {
  await client.query(
    `insert into octavo.timer_setting (tenant_id, timer_id, revision) values ($1, $2, $3)
     on conflict (tenant_id, timer_id) do nothing`,
    [tenantId, timerId, revision],
  );
  const [assignment, difference, value] = columnOf(change);
  const { rowCount } = await client.query(
    `update octavo.timer_setting set ${assignment}, revision = greatest(revision, $3::bigint)
     where tenant_id = $1 and timer_id = $2 and ${difference}`,
    [tenantId, timerId, revision, ...value],
  );
  return rowCount === 1;
}

function columnOf(change: SettingChange): readonly [string, string, readonly (string | boolean | null)[]] {
  switch (change.kind) {
    case "patch":
      return ["patch = $4", "patch is distinct from $4", [change.patch]];
    case "pause":
      return ["is_paused = $4", "is_paused <> $4", [change.isPaused]];
    case "run":
      return ["run_requested_at = date_trunc('milliseconds', clock_timestamp())", "true", []];
  }
}

/** Runs that were wanted and have begun; one that was wanted again meanwhile stays. */
export async function forgetRequests(
  client: TimerClient,
  begun: readonly (TimerKey & { readonly runRequestedAt: number })[],
): Promise<void> {
  if (begun.length === 0) return;
  await client.query(
    `update octavo.timer_setting setting set run_requested_at = null
     from unnest($1::text[], $2::text[], $3::timestamptz[]) as begun (tenant_id, timer_id, at)
     where setting.tenant_id = begun.tenant_id and setting.timer_id = begun.timer_id and run_requested_at <= begun.at`,
    [...columnsOf(begun), begun.map(({ runRequestedAt }) => new Date(runRequestedAt).toISOString())],
  );
}

/** Settings of timers that no module declares any more. @param revision at which that was seen */
export async function removeSettings(
  client: TimerClient,
  keys: readonly TimerKey[],
  revision: number,
): Promise<void> {
  if (keys.length === 0) return;
  await client.query(
    `delete from octavo.timer_setting setting using unnest($1::text[], $2::text[]) as gone (tenant_id, timer_id)
     where setting.tenant_id = gone.tenant_id and setting.timer_id = gone.timer_id and revision <= $3`,
    [...columnsOf(keys), revision],
  );
}
