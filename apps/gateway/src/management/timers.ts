import type { ModuleDescriptor } from "@octavo/descriptor";
import { parseJson, type JsonObject, type JsonValue } from "@octavo/json";
import type { Snapshot } from "@octavo/registry";
import { assert, ok } from "@octavo/result";
import type { Call } from "./handler.ts";
import type { Handler } from "./platform.ts";
import { notFound, notImplemented } from "./refusals.ts";
import { json } from "./reply.ts";
import { enabledModules } from "./tenant-interfaces.ts";

/** A tenant's timers, from the _timer interfaces of its enabled modules. Ids are product_number, as in Okapi. */
interface Timer {
  readonly id: string;
  readonly routingEntry: JsonValue;
}

/** An unknown tenant has none, as in Okapi. */
export const listTimers: Handler = async (call, { registry }) =>
  ok(json(200, timersOf(registry.snapshot, call.params["tenantId"] ?? "").map(shown)));

export const getTimer: Handler = async (call, { registry }) => {
  const found = findTimer(call, registry.snapshot, call.params["timerId"] ?? "");
  return found.ok ? ok(json(200, shown(found.value))) : found;
};

export const patchTimer: Handler = async (call, { registry }) => {
  const timerId = call.params["timerId"];
  if (timerId !== undefined) {
    const found = findTimer(call, registry.snapshot, timerId);
    if (!found.ok) return found;
  }
  return notImplemented(
    "Timers cannot be changed yet: they keep the delay or schedule of their module's descriptor.",
  );
};

function findTimer(call: Call, snapshot: Snapshot, timerId: string) {
  const tenantId = call.params["tenantId"] ?? "";
  if (!snapshot.tenants.has(tenantId) || !/_[0-9]+$/u.test(timerId)) return notFound(tenantId);
  const timer = timersOf(snapshot, tenantId).find(({ id }) => id === timerId);
  return timer === undefined ? notFound(`${tenantId}_${timerId}`) : ok(timer);
}

function timersOf(snapshot: Snapshot, tenantId: string): readonly Timer[] {
  const tenant = snapshot.tenants.get(tenantId);
  if (tenant === undefined) return [];
  const timers = enabledModules(snapshot, tenant).flatMap(timersOfModule);
  return timers.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function timersOfModule(module: ModuleDescriptor): readonly Timer[] {
  const provided = module.provides.find(({ id }) => id === "_timer");
  if (provided === undefined) return [];
  return handlersAsSent(provided.source).map((routingEntry, index) => ({
    id: `${module.product}_${index}`,
    routingEntry,
  }));
}

/** The routing entries in the words of the descriptor. */
function handlersAsSent(source: string): readonly JsonValue[] {
  const parsed = parseJson(source);
  assert(parsed.ok && parsed.value instanceof Map, "an interface in the registry is a JSON object");
  const handlers: JsonValue | undefined = parsed.value.get("handlers");
  return Array.isArray(handlers) ? handlers : [];
}

function shown(timer: Timer): JsonObject {
  return new Map<string, JsonValue>([
    ["id", timer.id],
    ["routingEntry", timer.routingEntry],
    ["modified", false],
  ]);
}
