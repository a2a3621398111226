import type { ModuleDescriptor } from "@octavo/descriptor";
import { heldLeases, type Lease, type Snapshot, type Tenant } from "@octavo/registry";
import { cadenceOf, type Cadence } from "./cadence.ts";
import { type Timer, timersOf } from "./declared-timers.ts";
import { type FireEnd, endFires } from "./fires.ts";
import { groupOf } from "./group.ts";
import { settleTimer } from "./settle-timer.ts";
import { nameOf, type TimerClient, type TimerKey } from "./timer-client.ts";
import { parsePatch } from "./timer-patch.ts";
import { type FoundTimer, readTimerRows, removeTimers, saveTimerRows, type TimerRow } from "./timer-rows.ts";
import { readSettings, removeSettings, type TimerSetting } from "./timer-settings.ts";

/** A timer that this instance fires. */
export interface ArmedTimer extends TimerKey {
  readonly name: string;
  readonly group: number;
  readonly timer: Timer;
  readonly cadence: Cadence;
  /** What the row says of it. */
  readonly row: string;
  nextDue: number | null;
  runRequestedAt: number | null;
}

/** The timers of one group, as its holder keeps them; the rows are what another instance would take over. */
export interface ArmedGroup {
  readonly number: number;
  readonly timers: Map<string, ArmedTimer>;
  /** From what each tenant's timers were armed: while both are the same, nothing is to do. */
  readonly tenants: Map<string, { readonly tenant: Tenant; readonly settings: string }>;
  isLoaded: boolean;
}

export interface Arming {
  readonly snapshot: Snapshot;
  readonly nowMs: number;
  readonly leases: readonly Lease[];
  /** Whether this instance has a fire under way. */
  readonly isRunning: (name: string) => boolean;
  readonly onProblem: (because: string) => void;
}

/** Brings groups up to what modules declare and what was changed by hand; of groups that were just taken, reads the rows.
 * That needs no lock: whoever had the lease before can commit nothing since it was taken.
 * @returns whether the leases were held where something was written: otherwise nothing counts */
export async function armGroups(
  client: TimerClient,
  groups: readonly ArmedGroup[],
  arming: Arming,
): Promise<boolean> {
  const numbers = groups.filter(({ isLoaded }) => !isLoaded).map(({ number }) => number);
  const rows = numbers.length === 0 ? [] : await readTimerRows(client, numbers);
  const settings = Map.groupBy(await readSettings(client, null), ({ tenantId }) => tenantId);
  const tenants = Map.groupBy(arming.snapshot.tenants.values(), ({ id }) => groupOf(id));
  const work: Work = { save: [], remove: [], lost: [], forget: [] };
  for (const group of groups) {
    const found = rows.filter((row) => row.group === group.number);
    arm(group, tenants.get(group.number) ?? [], settings, found, arming, work);
  }
  if (isNothing(work)) return true;
  const held = await heldLeases(client, arming.leases);
  if (arming.leases.some(({ name }) => !held.has(name))) return false;
  await saveTimerRows(client, work.save);
  await endFires(client, work.lost);
  await removeTimers(client, work.remove);
  await removeSettings(client, work.forget, arming.snapshot.revision);
  return true;
}

interface Work {
  readonly save: TimerRow[];
  readonly remove: TimerKey[];
  readonly lost: FireEnd[];
  readonly forget: TimerKey[];
}

function isNothing({ save, remove, lost, forget }: Work): boolean {
  return save.length + remove.length + lost.length + forget.length === 0;
}

function arm(
  group: ArmedGroup,
  tenants: readonly Tenant[],
  settings: ReadonlyMap<string, readonly TimerSetting[]>,
  rows: readonly FoundTimer[],
  arming: Arming,
  work: Work,
): void {
  const found = new Map(rows.map((row) => [nameOf(row), row]));
  const present = new Set(tenants.map(({ id }) => id));
  for (const tenant of tenants) {
    const own = settings.get(tenant.id) ?? [];
    const settingsText = JSON.stringify(own);
    const before = group.tenants.get(tenant.id);
    if (group.isLoaded && before?.tenant === tenant && before.settings === settingsText) continue;
    try {
      armTenant(group, tenant, own, found, arming, work);
    } catch (error) {
      // A mistake of ours that one tenant's timers bring out must not stop the others'.
      const because = error instanceof Error ? error.message : String(error);
      arming.onProblem(`the timers of tenant ${tenant.id} cannot be armed: ${because}`);
    }
    group.tenants.set(tenant.id, { tenant, settings: settingsText });
  }
  for (const timer of [...group.timers.values(), ...rows]) {
    if (!present.has(timer.tenantId)) disarm(group, timer, work);
  }
  for (const tenantId of group.tenants.keys()) if (!present.has(tenantId)) group.tenants.delete(tenantId);
  group.isLoaded = true;
}

function armTenant(
  group: ArmedGroup,
  tenant: Tenant,
  settings: readonly TimerSetting[],
  rows: ReadonlyMap<string, FoundTimer>,
  arming: Arming,
  work: Work,
): void {
  const ofTimer = new Map(settings.map((setting) => [setting.timerId, setting]));
  const timers = timersOf(modulesOf(arming.snapshot, tenant), (timerId) => {
    const patch = ofTimer.get(timerId)?.patch ?? null;
    return patch === null ? null : parsePatch(patch);
  });
  const wanted = new Set<string>();
  for (const timer of timers) {
    wanted.add(timer.id);
    armTimer(group, tenant.id, timer, ofTimer.get(timer.id) ?? null, rows, arming, work);
  }
  for (const known of [...group.timers.values(), ...rows.values()]) {
    if (known.tenantId === tenant.id && !wanted.has(known.timerId)) disarm(group, known, work);
  }
  work.forget.push(...settings.filter(({ timerId }) => !wanted.has(timerId)));
}

function armTimer(
  group: ArmedGroup,
  tenantId: string,
  timer: Timer,
  setting: TimerSetting | null,
  rows: ReadonlyMap<string, FoundTimer>,
  { nowMs, isRunning }: Arming,
  work: Work,
): void {
  const key = { tenantId, timerId: timer.id };
  const name = nameOf(key);
  const armed = group.timers.get(name);
  const row = rows.get(name) ?? null;
  const openFire = row?.openFire ?? null;
  const isLost = openFire !== null && !isRunning(name);
  const known =
    armed !== undefined
      ? { cadence: armed.row, nextDue: armed.nextDue, openFire: null }
      : row === null
        ? null
        : { ...row, openFire: isLost ? openFire : null };
  const wanted = { name, cadence: cadenceOf(timer.entry), isPaused: setting?.isPaused ?? false };
  const settled = settleTimer(wanted, known, nowMs, armed === undefined && !isRunning(name));
  group.timers.set(name, {
    ...key,
    name,
    group: group.number,
    timer,
    cadence: wanted.cadence,
    row: settled.cadence,
    nextDue: settled.nextDue,
    runRequestedAt: setting?.runRequestedAt ?? null,
  });
  if (isLost) work.lost.push(lostFire(key, openFire.due, settled.nextDue, nowMs));
  if (known?.cadence !== settled.cadence || known.nextDue !== settled.nextDue) {
    work.save.push({ ...key, group: group.number, cadence: settled.cadence, nextDue: settled.nextDue });
  }
}

function lostFire(key: TimerKey, due: number, nextDue: number | null, nowMs: number): FireEnd {
  const message = "The gateway that called the module ended, or lost the database, before the call did.";
  return { ...key, due, endedAt: nowMs, outcome: "unknown", status: null, message, nextDue };
}

function disarm(group: ArmedGroup, { tenantId, timerId }: TimerKey, { remove }: Work): void {
  const key = { tenantId, timerId };
  group.timers.delete(nameOf(key));
  remove.push(key);
}

function modulesOf(snapshot: Snapshot, tenant: Tenant): readonly ModuleDescriptor[] {
  return tenant.enabled.flatMap((id) => snapshot.modules.get(id) ?? []);
}
