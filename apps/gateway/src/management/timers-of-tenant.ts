import { randomUUID } from "node:crypto";
import { announceRows, type Snapshot, writeAudit } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import {
  changeSetting,
  parsePatch,
  readSettings,
  type SettingChange,
  type Timer,
  timersOf,
  type TimerSetting,
} from "@octavo/timers";
import type { Call, Refusal } from "./handler.ts";
import type { Platform } from "./platform.ts";
import { refusedWrite } from "./refusals.ts";
import { enabledModules } from "./tenant-interfaces.ts";
import { intentOf } from "./write.ts";

export interface TenantTimer {
  readonly timer: Timer;
  /** null where nothing was ever changed of it. */
  readonly setting: TimerSetting | null;
}

/** A tenant's timers as they are now, at every instance: what was changed by hand is read, not remembered. */
export async function readTenantTimers(
  { registry }: Platform,
  tenantId: string,
): Promise<Result<readonly TenantTimer[], Refusal>> {
  if (!registry.snapshot.tenants.has(tenantId)) return ok([]);
  const settings = await registry.read((client) => readSettings(client, tenantId));
  if (!settings.ok) return err(refusedWrite(settings.error));
  return ok(timersWith(registry.snapshot, tenantId, settings.value));
}

export function timersWith(
  snapshot: Snapshot,
  tenantId: string,
  settings: readonly TimerSetting[],
): readonly TenantTimer[] {
  const tenant = snapshot.tenants.get(tenantId);
  if (tenant === undefined) return [];
  const ofTimer = new Map(settings.map((setting) => [setting.timerId, setting]));
  const timers = timersOf(enabledModules(snapshot, tenant), (timerId) => {
    const patch = ofTimer.get(timerId)?.patch ?? null;
    return patch === null ? null : parsePatch(patch);
  });
  return timers.map((timer) => ({ timer, setting: ofTimer.get(timer.id) ?? null }));
}

/** Whether a timer is there, which no row is needed for. */
export function hasTimer(snapshot: Snapshot, tenantId: string, timerId: string): boolean {
  return timersWith(snapshot, tenantId, []).some(({ timer }) => timer.id === timerId);
}

/** A row beside the snapshot, so no revision: read wherever it is asked for, and told to whoever fires the timer. It is in the
 * audit log like every other change. */
export async function changeTimer(
  call: Call,
  { registry, log }: Platform,
  key: { readonly tenantId: string; readonly timerId: string },
  change: SettingChange,
): Promise<Result<void, Refusal>> {
  const { revision } = registry.snapshot;
  const target = `${key.tenantId}/${key.timerId}`;
  const changed = await registry.transaction(async (client) => {
    const isDifferent = await changeSetting(client, key, change, revision);
    const outcome = isDifferent ? "changed" : "unchanged";
    await writeAudit(client, randomUUID(), intentOf(call, target), null, outcome);
    await announceRows(client);
  });
  if (changed.ok) return ok(undefined);
  if ("cause" in changed.error) log.error({ target, because: changed.error.cause }, "write failed");
  return err(refusedWrite(changed.error));
}
