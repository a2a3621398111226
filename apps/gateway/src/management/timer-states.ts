import { fromPlain } from "@octavo/json";
import type { TimerFire, TimerHistory, TimerState } from "@octavo/management-api";
import { err, ok, type Result } from "@octavo/result";
import {
  cadenceOf,
  type PastFire,
  readFires,
  readSettings,
  readStates,
  type SettingChange,
  type TimerState as TimerRowState,
} from "@octavo/timers";
import type { Call, Refusal, Reply } from "./handler.ts";
import type { Handler, Platform } from "./platform.ts";
import { notFound, refusedWrite } from "./refusals.ts";
import { json, noContent } from "./reply.ts";
import { findTenant } from "./tenants.ts";
import { changeTimer, hasTimer, type TenantTimer, timersWith } from "./timers-of-tenant.ts";

/** How a tenant's timers stand, and what an operator does with one. */

export const listTimerStates: Handler = async (call, { registry }) => {
  const tenant = findTenant(registry.snapshot, call.params["tenantId"] ?? "");
  if (!tenant.ok) return tenant;
  const { id } = tenant.value;
  const read = await registry.read(async (client) => {
    const settings = await readSettings(client, id);
    return { settings, rows: await readStates(client, id) };
  });
  if (!read.ok) return err(refusedWrite(read.error));
  const rows = new Map(read.value.rows.map((row) => [row.timerId, row]));
  const timers = timersWith(registry.snapshot, id, read.value.settings);
  return ok(
    json(
      200,
      timers.map((timer) => fromPlain(stateOf(timer, rows.get(timer.timer.id)))),
    ),
  );
};

export const getTimerState: Handler = async (call, { registry }) => {
  const tenant = findTenant(registry.snapshot, call.params["tenantId"] ?? "");
  if (!tenant.ok) return tenant;
  const { id } = tenant.value;
  const timerId = call.params["timerId"] ?? "";
  const read = await registry.read(async (client) => {
    const settings = await readSettings(client, id);
    const rows = await readStates(client, id);
    return { settings, rows, fires: await readFires(client, id, timerId) };
  });
  if (!read.ok) return err(refusedWrite(read.error));
  const { settings, rows, fires } = read.value;
  const timer = timersWith(registry.snapshot, id, settings).find((each) => each.timer.id === timerId);
  if (timer === undefined) return notFound(timerId);
  const state = stateOf(
    timer,
    rows.find((row) => row.timerId === timerId),
  );
  const history: TimerHistory = { ...state, fires: fires.map(fireOf) };
  return ok(json(200, fromPlain(history)));
};

export const pauseTimer: Handler = (call, platform) =>
  change(call, platform, { kind: "pause", isPaused: true });

export const resumeTimer: Handler = (call, platform) =>
  change(call, platform, { kind: "pause", isPaused: false });

export const runTimer: Handler = (call, platform) => change(call, platform, { kind: "run" });

async function change(
  call: Call,
  platform: Platform,
  wanted: SettingChange,
): Promise<Result<Reply, Refusal>> {
  const { tenantId = "", timerId = "" } = call.params;
  const { snapshot } = platform.registry;
  const tenant = findTenant(snapshot, tenantId);
  if (!tenant.ok) return tenant;
  if (!hasTimer(snapshot, tenantId, timerId)) return notFound(timerId);
  const changed = await changeTimer(call, platform, { tenantId, timerId }, wanted);
  return changed.ok ? ok(noContent) : changed;
}

function stateOf({ timer, setting }: TenantTimer, row: TimerRowState | undefined): TimerState {
  const { id, module, entry, isPatched } = timer;
  const cadence = cadenceOf(entry);
  const isRunning = row?.runningSince != null;
  const rests = setting?.isPaused === true ? "paused" : cadence.kind === "never" ? "stopped" : "waiting";
  return {
    id,
    moduleId: module.id,
    method: entry.methods[0] ?? "POST",
    path: entry.path ?? entry.pathPattern ?? "",
    cadence: cadence.key,
    state: isRunning ? "running" : rests,
    modified: isPatched,
    ...(row?.nextDue != null && !isRunning && { nextDue: row.nextDue }),
    ...(setting?.runRequestedAt != null && {
      runRequestedAt: new Date(setting.runRequestedAt).toISOString(),
    }),
    ...(row?.runningSince != null && { runningSince: row.runningSince }),
    ...(row?.lastEndedAt != null && { lastEndedAt: row.lastEndedAt }),
    ...(row?.lastOutcome != null && { lastOutcome: row.lastOutcome }),
  };
}

function fireOf({ due, moduleId, claimedAt, endedAt, outcome, status, message }: PastFire): TimerFire {
  return {
    due,
    moduleId,
    startedAt: claimedAt,
    outcome,
    ...(endedAt !== null && { endedAt }),
    ...(status !== null && { status }),
    ...(message !== null && { message }),
  };
}
