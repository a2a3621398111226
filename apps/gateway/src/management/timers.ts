import { DECODE_PREFIX, isJsonObject, type JsonObject, type JsonValue } from "@octavo/json";
import { parseBody, RoutingEntry, TimerDescriptor } from "@octavo/management-api";
import { err, ok, type Result } from "@octavo/result";
import { printPatch, readPatch, type TimerPatch } from "@octavo/timers";
import type { Call, Refusal, Reply } from "./handler.ts";
import type { Handler, Platform } from "./platform.ts";
import { readBody } from "./read-body.ts";
import { notFound } from "./refusals.ts";
import { json, noContent } from "./reply.ts";
import { changeTimer, hasTimer, readTenantTimers, type TenantTimer } from "./timers-of-tenant.ts";

/** A tenant's timers as Okapi has them: ids are product_number, and what can be changed is when one fires. */

/** An unknown tenant has none, as in Okapi. */
export const listTimers: Handler = async (call, platform) => {
  const timers = await readTenantTimers(platform, call.params["tenantId"] ?? "");
  return timers.ok ? ok(json(200, timers.value.map(shown))) : timers;
};

export const getTimer: Handler = async (call, platform) => {
  const { tenantId = "", timerId = "" } = call.params;
  const timers = await readTenantTimers(platform, tenantId);
  if (!timers.ok) return timers;
  const found = timers.value.find(({ timer }) => timer.id === timerId);
  return found === undefined ? noTimer(platform, tenantId, timerId) : ok(json(200, shown(found)));
};

/** The body names the timer. */
export const patchTimer: Handler = async (call, platform) => {
  const body = readBody(call, readNamedPatch);
  return body.ok ? patch(call, platform, body.value.id, body.value.patch) : body;
};

export const patchTimerById: Handler = async (call, platform) => {
  const body = readBody(call, readEntryPatch);
  return body.ok ? patch(call, platform, call.params["timerId"] ?? "", body.value) : body;
};

function readNamedPatch(body: JsonValue): Result<{ id: string; patch: TimerPatch | null }, string> {
  const named = parseBody(TimerDescriptor, body);
  if (!named.ok) return named;
  const entry = isJsonObject(body) ? (body.get("routingEntry") ?? null) : null;
  if (entry === null) return err(`${DECODE_PREFIX}Missing field "routingEntry" at routingEntry`);
  const patch = readPatch(entry);
  return patch.ok ? ok({ id: named.value.id, patch: patch.value }) : err(DECODE_PREFIX + patch.error);
}

function readEntryPatch(body: JsonValue): Result<TimerPatch | null, string> {
  const entry = parseBody(RoutingEntry, body);
  if (!entry.ok) return entry;
  const patch = readPatch(body);
  return patch.ok ? patch : err(DECODE_PREFIX + patch.error);
}

async function patch(
  call: Call,
  platform: Platform,
  timerId: string,
  wanted: TimerPatch | null,
): Promise<Result<Reply, Refusal>> {
  const tenantId = call.params["tenantId"] ?? "";
  if (!hasTimer(platform.registry.snapshot, tenantId, timerId)) return noTimer(platform, tenantId, timerId);
  const text = wanted === null ? null : printPatch(wanted);
  const changed = await changeTimer(call, platform, { tenantId, timerId }, { kind: "patch", patch: text });
  return changed.ok ? ok(noContent) : changed;
}

/** Okapi looks the tenant up first, and takes what has no number at its end for no timer of anybody. */
function noTimer({ registry }: Platform, tenantId: string, timerId: string) {
  const isNone = !registry.snapshot.tenants.has(tenantId) || !/_[0-9]+$/u.test(timerId);
  return notFound(isNone ? tenantId : `${tenantId}_${timerId}`);
}

function shown({ timer }: TenantTimer): JsonObject {
  return new Map<string, JsonValue>([
    ["id", timer.id],
    ["routingEntry", timer.source],
    ["modified", timer.isPatched],
  ]);
}
